"""Studies written to run folders, complete or absent."""

from __future__ import annotations

import json
from collections.abc import Callable
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
        folder = _fill(study, aside, draw, hour)
    return replace(folder, path=claim.path)


def _fill(study: Study, aside: Path, draw: Callable[[RunFolder, Path], object], hour: int | None) -> RunFolder:
    document = archive_document(study)
    folder = RunFolder(
        aside,
        document,
        study.run.to_dataframe(),
        prices_frame(study.run, shown_hour(document["result"], hour).period),
        trades_frame(study.run, study.decomposition.settlement.allocation),
    )
    (aside / "run.json").write_text(json.dumps(folder.document, indent=1, allow_nan=False), encoding="utf-8")
    for name, table in zip(TABLES, (folder.rounds, folder.prices, folder.trades), strict=True):
        table.to_parquet(aside / name, index=False)
    draw(folder, aside)
    return folder
