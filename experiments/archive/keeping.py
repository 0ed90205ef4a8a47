"""Folders that are filled bit by bit: files complete or absent, one process at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import RunFolderError


def write_aside(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file under another name beside its place and rename it: it is complete or absent."""
    aside = path.with_name(f".{path.name}.part")
    try:
        write(aside)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def write_durably(path: Path, write: Callable[[Path], object]) -> None:
    """Do as `write_aside` does, and come back when the disk holds it: it outlives a loss of power, too."""

    def write_through(aside: Path) -> None:
        write(aside)
        _sync(aside)

    write_aside(path, write_through)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def try_lock(handle: int) -> bool:
    """Lock an open file or folder, unless another process holds it; the kernel gives the lock back with the handle."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def locked(path: Path, kind: str) -> Iterator[None]:
    """Keep other processes out of a folder; the kernel gives the lock back when the process ends, however it ends.

    Parameters
    ----------
    path : Path
    kind : str
        What the folder holds, for the message.

    Raises
    ------
    RunFolderError
        If another process holds the lock.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        if not try_lock(handle):
            raise RunFolderError(f"{path}: another process works on this {kind}; wait for its end")
        yield
    finally:
        os.close(handle)
