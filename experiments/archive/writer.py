"""Studies written to run folders, complete or absent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ..results.shown_hour import shown_hour
from ..study import Study
from .document import archive_document
from .frames import prices_frame, trades_frame
from .new_folder import Claim, claimed_folder
from .run_folder import TABLES, RunFolder


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
        If something is in the way, or the place cannot be written.
    OSError
        If the folder cannot be written; nothing is left behind.
    """
    with claimed_folder(path) as claim:
        return fill_run_folder(study, claim, draw)


def fill_run_folder(
    study: Study, claim: Claim, draw: Callable[[RunFolder, Path], object], hour: int | None = None
) -> RunFolder:
    """Do as `write_run_folder` does, at a place that was claimed before.

    Parameters
    ----------
    study : Study
    claim : Claim
    draw : callable
    hour : int, optional
        Whose prices are kept round by round, counted from 1. Default: that in which nodal prices differ most.
    """
    with claim.filling() as aside:
        folder = _run_folder(study, aside, hour)
        _write(_content(folder), aside)
        draw(folder, aside)
    return replace(folder, path=claim.path)


def run_files(study: Study) -> dict[str, bytes]:
    """What the files of a run folder hold, by their names, figures left out: it can be sent and written elsewhere."""
    return _content(_run_folder(study, Path(), None))


def write_run_files(files: Mapping[str, bytes], path: Path) -> None:
    """Write what `run_files` gives into a new folder, which is complete or absent.

    Raises
    ------
    RunFolderError
        If something is in the way, or the place cannot be written.
    OSError
        If the folder cannot be written; nothing is left behind.
    """
    with claimed_folder(path) as claim, claim.filling() as aside:
        _write(files, aside)


def _run_folder(study: Study, path: Path, hour: int | None) -> RunFolder:
    document = archive_document(study)
    return RunFolder(
        path,
        document,
        study.run.to_dataframe(),
        prices_frame(study.run, shown_hour(document["result"], hour).period),
        trades_frame(study.run, study.decomposition.settlement.allocation),
    )


def _content(folder: RunFolder) -> dict[str, bytes]:
    files = {"run.json": json.dumps(folder.document, indent=1, allow_nan=False).encode()}
    for name, table in zip(TABLES, (folder.rounds, folder.prices, folder.trades), strict=True):
        files[name] = table.to_parquet(None, index=False)
    return files


def _write(files: Mapping[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).write_bytes(content)
