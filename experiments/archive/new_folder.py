"""New folders of results, complete or absent."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import RunFolderError


def refuse_taken(path: Path) -> None:
    """Make sure that a new run folder can be put there.

    Raises
    ------
    RunFolderError
        If something is in the way; nothing is ever overwritten.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise RunFolderError(f"{path} exists already and is not an empty folder; name a new folder")
    for parent in path.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise RunFolderError(f"{path} cannot be made: {parent} is no folder")
            break


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Yield an empty folder aside; when it has been filled it is renamed, and if that fails nothing is left.

    Raises
    ------
    RunFolderError
        If something is in the way.
    OSError
        If the folder cannot be written.
    """
    refuse_taken(path)
    made = _make_parents(path)
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            yield aside
            aside.chmod(0o755)
            aside.rename(path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        for parent in made:
            parent.rmdir()
        raise OSError(f"{path} cannot be written: {error}") from error


def _make_parents(path: Path) -> list[Path]:
    """Make the missing parents of a path; returns those that were made, innermost first."""
    missing = [parent for parent in path.absolute().parents if not parent.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    return missing
