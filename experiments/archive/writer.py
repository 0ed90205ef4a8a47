"""Studies written to run folders, complete or absent."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from ..errors import RunFolderError
from ..study import Study
from .document import archive_document
from .frames import prices_frame, rounds_frame, trades_frame
from .run_folder import TABLES, RunFolder


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


def write_run_folder(study: Study, path: Path, draw: Callable[[RunFolder, Path], object]) -> RunFolder:
    """Write document, tables and figures aside and rename: a folder is complete or absent.

    Parameters
    ----------
    study : Study
    path : Path
    draw : callable
        Puts the figures of a run folder into a folder; see `walras.experiments.figures.drawing`.

    Raises
    ------
    RunFolderError
        If something is in the way.
    OSError
        If the folder cannot be written; nothing is left behind.
    """
    refuse_taken(path)
    made = _make_parents(path)
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
        try:
            folder = _fill(study, aside, draw)
            aside.chmod(0o755)
            aside.rename(path)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        for parent in made:
            parent.rmdir()
        raise OSError(f"{path} cannot be written: {error}") from error
    return replace(folder, path=path)


def _fill(study: Study, aside: Path, draw: Callable[[RunFolder, Path], object]) -> RunFolder:
    folder = RunFolder(
        aside, archive_document(study), rounds_frame(study.run), prices_frame(study.run), trades_frame(study.run)
    )
    (aside / "run.json").write_text(json.dumps(folder.document, indent=1, allow_nan=False), encoding="utf-8")
    for name, table in zip(TABLES, (folder.rounds, folder.prices, folder.trades), strict=True):
        table.to_parquet(aside / name, index=False)
    draw(folder, aside)
    return folder


def _make_parents(path: Path) -> list[Path]:
    """Make the missing parents of a path; returns those that were made, innermost first."""
    missing = [parent for parent in path.absolute().parents if not parent.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    return missing
