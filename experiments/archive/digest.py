"""Short names that no other content has."""

from __future__ import annotations

from hashlib import sha256


def digest(content: bytes) -> str:
    """Twenty hexadecimal digits."""
    return sha256(content).hexdigest()[:20]
