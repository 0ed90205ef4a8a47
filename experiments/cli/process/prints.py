"""What own modules print: it is no result."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout


@contextmanager
def prints_aside() -> Iterator[None]:
    """Around what runs own code: what it prints goes to stderr, since stdout is for results alone."""
    with redirect_stdout(sys.stderr):
        yield
