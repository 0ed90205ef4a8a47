"""Jobs that are broken off: what is finished is kept, and the user is told how to go on."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from ..workers.task import LostWorkerError

EXIT_FAILED = 1


@dataclass
class JobPlace:
    """Where a job keeps its parts.

    Parameters
    ----------
    path : Path
    is_lasting : bool
        Whether it outlives the command.
    how_to_go_on : str
        The command that takes it up again.
    """

    path: Path
    is_lasting: bool
    how_to_go_on: str


@contextmanager
def job_place(out: Path | None) -> Iterator[JobPlace]:
    """The folder that the user named, or else a temporary one, which lasts if the job is broken off half finished."""
    if out is not None:
        yield JobPlace(out, is_lasting=True, how_to_go_on="the same command")
        return
    path = Path(tempfile.mkdtemp(prefix="walras-"))
    place = JobPlace(path, is_lasting=False, how_to_go_on=f"the same command with --out {path}")
    try:
        yield place
    finally:
        if not place.is_lasting:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def broken_off_is_told(
    ctx: click.Context, finished: Callable[[], int], parts: str, place: JobPlace, *, of: Path | None = None
) -> Iterator[None]:
    """End the command with a message when a signal or the loss of workers ends the job.

    Parameters
    ----------
    ctx : click.Context
        Its object is the command's `Interrupts`.
    finished : callable
        How many parts are finished by then.
    parts : str
        How many there are, and of what: "8 runs".
    place : JobPlace
        Where they are kept; it lasts from then on if any is finished.
    of : Path, optional
        The file that the job is read from.
    """
    try:
        with ctx.obj.breakable():
            yield
    except (KeyboardInterrupt, LostWorkerError) as error:
        is_interrupted = isinstance(error, KeyboardInterrupt)
        cause = "interrupted" if is_interrupted else str(error)
        count = finished()
        place.is_lasting = place.is_lasting or count > 0
        kept = f" and kept in {place.path}; {place.how_to_go_on} goes on from there" if place.is_lasting else ""
        click.echo(f"error: {f'{of}: ' if of else ''}{cause}; {count} of {parts} are finished{kept}", err=True)
        ctx.exit(ctx.obj.exit_code if is_interrupted else EXIT_FAILED)
