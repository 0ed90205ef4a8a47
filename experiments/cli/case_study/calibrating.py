"""`walras paper --calibrate`: what the paper leaves open, fitted to what it prints."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click
from rich.markdown import Markdown

from ...archive.new_folder import claimed_folder
from ...paper.calibration.calibration_folder import calibration_document, write_calibration
from ...paper.calibration.calibration_report import calibration_report
from ...paper.calibration.inverse_problem import Calibration, calibrate
from ..microgrid.publishing import publish
from ..printing.columns import terminal
from ..progress import step_progress


def calibrate_and_tell(seed: int, out: Path | None, *, as_json: bool, quiet: bool) -> None:
    """Calibrate, keep the outcome in a new folder, and show it.

    Raises
    ------
    RunFolderError
        If something is in the folder's way.
    OSError
        If it cannot be written; the outcome is shown all the same.
    """
    with nullcontext() if out is None else claimed_folder(out) as claim:
        with step_progress(quiet=quiet) as told:
            calibration = calibrate(seed, told)
        show = partial(_show, calibration)
        if as_json:
            show = partial(click.echo, json.dumps(calibration_document(calibration), allow_nan=False))
        publish(claim, partial(write_calibration, calibration), show, quiet=quiet)


def _show(calibration: Calibration) -> None:
    terminal().print(Markdown(calibration_report(calibration)))
