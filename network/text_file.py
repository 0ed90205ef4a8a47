"""Text files that anybody may have written, read whole or refused in words."""

from __future__ import annotations

from pathlib import Path


class UnreadableError(ValueError):
    """A file holds no text that can be taken; the message says why, and leaves it to the reader to name the file."""


def read_text(path: Path, most_bytes: int) -> str:
    """Read a file of UTF-8 text; a byte order mark is passed over.

    Parameters
    ----------
    path : Path
    most_bytes : int
        Larger files are refused unread.

    Raises
    ------
    UnreadableError
        If there is no such file, it is a folder or a device, it is too large, or its bytes are no UTF-8.
    """
    try:
        if not path.is_file():
            raise UnreadableError(f"cannot be read: {'it is no file' if path.exists() else 'file is missing'}")
        size = path.stat().st_size
        if size > most_bytes:
            raise UnreadableError(f"has {size:,} bytes; at most {most_bytes:,} are read")
        content = path.read_bytes()
    except UnreadableError:
        raise
    except (OSError, ValueError) as error:
        raise UnreadableError(f"cannot be read: {error}") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"cannot be read: it is no UTF-8 text (byte {error.start})") from error
