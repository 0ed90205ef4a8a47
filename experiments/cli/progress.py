"""Progress lines, silent when stderr is no terminal: of a run, of a sweep, of the case study, of the benchmark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

from ...coordinator.rounds import Round
from ...coordinator.run import Status


@contextmanager
def progress_line(max_rounds: int, *, quiet: bool) -> Iterator[Callable[[Round], None]]:
    """Yield a function that takes each round as it comes."""
    columns = (
        TextColumn("round {task.completed:>5.0f} of at most {task.total:.0f}"),
        BarColumn(bar_width=30),
        TextColumn("worst residual {task.fields[residual]:.1e}"),
    )
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("rounds", total=max_rounds, residual=float("inf"))

        def on_round(current: Round) -> None:
            residual = max(current.max_relative_imbalance, current.dual_residual)
            progress.update(task, completed=current.number, residual=residual)

        yield on_round


@contextmanager
def sweep_progress(runs: int, finished: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function that takes the status of each run as it ends."""
    columns = (
        TextColumn("run {task.completed:.0f} of {task.total:.0f}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[unsettled]} not converged or failed"),
    )
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("runs", total=runs, completed=finished, unsettled=0)

        def on_run(status: str) -> None:
            unsettled = progress.tasks[0].fields["unsettled"] + (status != Status.CONVERGED)
            progress.update(task, advance=1, unsettled=unsettled)

        yield on_run


@contextmanager
def paper_progress(markets: int, finished: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes how many markets have ended since it was called last."""
    columns = (
        TextColumn("market {task.completed:.0f} of {task.total:.0f}"),
        BarColumn(bar_width=30),
    )
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("markets", total=markets, completed=finished)
        yield lambda ended: progress.update(task, advance=ended)


@contextmanager
def validation_progress(hours: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Yield a function that takes how many hours are done since it was called last; every hour is done twice."""
    columns = (TextColumn("{task.percentage:>3.0f} % of the hours checked"), BarColumn(bar_width=30))
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("hours", total=2 * hours)
        yield lambda done: progress.update(task, advance=done)


@contextmanager
def bench_progress(measurements: int, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function that takes what is measured next."""
    columns = (
        TextColumn("method {task.completed:.0f} of {task.total:.0f}"),
        BarColumn(bar_width=30),
        TextColumn("{task.description}"),
    )
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("building", total=measurements)
        yield lambda step: progress.update(task, advance=1, description=step)


def _line(*columns: ProgressColumn, quiet: bool) -> Progress:
    """Columns and the time that has passed."""
    console = Console(stderr=True)
    # Before Rich 15 a disabled line still ends with a newline.
    console.quiet = quiet or not console.is_terminal
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=console.quiet)
