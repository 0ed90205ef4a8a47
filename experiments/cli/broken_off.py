"""Jobs that are broken off: what is finished is kept, and the user is told how to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path

import click

EXIT_FAILED = 1


@contextmanager
def broken_off_is_told(
    ctx: click.Context, finished: Callable[[], str], out: Path | None, *, of: Path | None = None
) -> Iterator[None]:
    """End the command with a message when Ctrl-C or the death of a worker ends the job.

    Parameters
    ----------
    ctx : click.Context
    finished : callable
        Says what is finished by then: "3 of 8 runs".
    out : Path, optional
        Where that is kept.
    of : Path, optional
        The file that the job is read from.
    """
    try:
        yield
    except (KeyboardInterrupt, BrokenProcessPool) as error:
        cause = "interrupted" if isinstance(error, KeyboardInterrupt) else "a worker was killed; is memory short?"
        kept = f"kept in {out}; the same command goes on from there" if out else "lost without --out"
        source = f"{of}: " if of else ""
        click.echo(f"error: {source}{cause}; {finished()} are finished and {kept}", err=True)
        ctx.exit(EXIT_FAILED)
