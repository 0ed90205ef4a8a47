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
        If the folder exists or cannot be written.
    """
    refuse_taken(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise RunFolderError(f"{path} cannot be written: {error}") from error
    try:
        folder = RunFolder(
            aside, archive_document(study), rounds_frame(study.run), prices_frame(study.run), trades_frame(study.run)
        )
        (aside / "run.json").write_text(json.dumps(folder.document, indent=1, allow_nan=False), encoding="utf-8")
        for name, table in zip(TABLES, (folder.rounds, folder.prices, folder.trades), strict=True):
            table.to_parquet(aside / name, index=False)
        draw(folder, aside)
        aside.chmod(0o755)
        aside.rename(path)
    except OSError as error:
        raise RunFolderError(f"{path} cannot be written: {error}") from error
    finally:
        if aside.exists():
            shutil.rmtree(aside)
    return replace(folder, path=path)
