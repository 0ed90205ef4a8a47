"""New folders of results, complete or absent, whose places are claimed before anything is computed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import RunFolderError
from .keeping import try_lock

# Hidden beside its place until it is complete; what a killed process left there is nobody's.
_SUFFIX = ".walras-part"


@dataclass(frozen=True)
class Claim:
    """A place for a new folder that this process alone may fill.

    Parameters
    ----------
    path : Path
        The place, as the user named it.
    aside : Path
        An empty folder beside it.
    """

    path: Path
    aside: Path

    @contextmanager
    def filling(self) -> Iterator[Path]:
        """Yield the folder aside; when it has been filled it is renamed.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        try:
            yield self.aside
            self.aside.rename(self.path.resolve())
        except OSError as error:
            raise OSError(f"{self.path} cannot be written: {error}") from error


@contextmanager
def claimed_folder(path: Path) -> Iterator[Claim]:
    """Claim a place, and try it; what has not become a folder by the end leaves nothing behind.

    A claim ends with its process, however that ends, and what a killed process left half filled is cleared away.

    Raises
    ------
    RunFolderError
        If something is in the way, another process has claimed the place, or it cannot be written.
    """
    try:
        place = path.resolve()
        _refuse_taken(path, place)
        made = _make_parents(place)
    except OSError as error:
        raise RunFolderError(f"{path} cannot be made: {error.strerror}") from error
    try:
        aside = place.with_name(f".{place.name}{_SUFFIX}")
        handle = _take(path, aside)
        try:
            _refuse_taken(path, place)
            yield Claim(path, aside)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            os.close(handle)
    finally:
        _remove_empty(made)


def clear_abandoned(paths: Iterable[Path]) -> None:
    """Remove files, and folders that no living process fills."""
    for left in paths:
        if left.is_symlink() or not left.is_dir():
            left.unlink(missing_ok=True)
            continue
        handle = os.open(left, os.O_RDONLY)
        try:
            if try_lock(handle):
                shutil.rmtree(left)
        finally:
            os.close(handle)


def _refuse_taken(path: Path, place: Path) -> None:
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        raise RunFolderError(f"{path} exists already and is not an empty folder; name a new folder")
    present = next(parent for parent in place.parents if parent.exists())
    if not present.is_dir():
        raise RunFolderError(f"{path} cannot be made: {present} is no folder")
    if place.is_mount():
        raise RunFolderError(f"{path} is where a file system is mounted; name a new folder within")


def _take(path: Path, aside: Path) -> int:
    """Make the folder aside, or take over what a dead process left there; returns the handle that holds the lock."""
    try:
        while True:
            aside.mkdir(exist_ok=True)
            handle = os.open(aside, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            if not try_lock(handle):
                os.close(handle)
                raise RunFolderError(f"{path}: another process works on this folder; wait for its end")
            if aside.exists() and os.path.samestat(aside.stat(), os.fstat(handle)):
                clear_abandoned(aside.iterdir())
                return handle
            # Its last owner has renamed or removed it meanwhile.
            os.close(handle)
    except OSError as error:
        raise RunFolderError(f"{path} cannot be made: {error.strerror}") from error


def _make_parents(place: Path) -> list[Path]:
    """Make the missing parents of a place; returns those that were made, innermost first."""
    missing = [parent for parent in place.parents if not parent.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return
