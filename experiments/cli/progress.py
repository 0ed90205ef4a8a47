"""Progress of runs, sweeps, the case study and the benchmark: a line at a terminal, elsewhere one every few seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from threading import Event, Thread

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn

from ...coordinator.rounds import Round
from ...coordinator.run import Status

# Where stderr is no terminal; what ends sooner says nothing.
EVERY_SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class RunProgress:
    """How far a run has come."""

    progress: Progress
    task: TaskID

    def on_round(self, current: Round) -> None:
        """Take a round as it comes."""
        residual = f"worst residual {max(current.max_relative_imbalance, current.dual_residual):.1e}"
        self.progress.update(self.task, completed=current.number, residual=residual, description="")

    def on_step(self, name: str) -> None:
        """Take the name of what is done next while the market is built."""
        self.on_phase(f"building the market: {name}")

    def on_phase(self, name: str) -> None:
        """Take the name of what is done beside rounds, until the next one comes."""
        self.progress.update(self.task, description=name)


@contextmanager
def progress_line(max_rounds: int, *, quiet: bool) -> Iterator[RunProgress]:
    """Yield what takes each round as it comes, and what is done before, between and after them."""
    columns = (
        TextColumn("round {task.completed:.0f} of at most {task.fields[most]}"),
        TextColumn("{task.fields[residual]}"),
        TextColumn("{task.description}"),
    )
    with _line(*columns, quiet=quiet) as progress:
        # Without a total, since the clock stands still once that is reached, and the last round is not the end.
        task = progress.add_task("building the market", total=None, most=max_rounds, residual="")
        yield RunProgress(progress, task)


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
def study_progress(parts: int, finished: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Yield a function to call as each part of a study ends."""
    columns = (
        TextColumn("part {task.completed:.0f} of {task.total:.0f}"),
        BarColumn(bar_width=30),
    )
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("parts", total=parts, completed=finished)
        yield lambda: progress.update(task, advance=1)


@contextmanager
def phase_progress(name: str, *, quiet: bool) -> Iterator[None]:
    """Around what has no parts to count."""
    with _line(TextColumn("{task.description}"), quiet=quiet) as progress:
        progress.add_task(name)
        yield


@contextmanager
def step_progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Yield a function that takes the name of the step that begins."""
    with _line(TextColumn("{task.description}"), quiet=quiet) as progress:
        task = progress.add_task("")
        yield lambda name: progress.update(task, description=name)


@contextmanager
def plan_progress(*, quiet: bool) -> Iterator[Callable[[str, float, float, float], None]]:
    """Yield a function that takes the name of a plan, seconds, benefit and bound."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.fields[found]}"))
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("stating the joint problem", found="")

        def told(name: str, _: float, benefit_usd: float, bound_usd: float) -> None:
            progress.update(task, description=f"{name}:", found=_found(benefit_usd, bound_usd))

        yield told


@contextmanager
def rolling_progress(
    slots: int, *, quiet: bool
) -> Iterator[tuple[Callable[[str, int, float], None], Callable[[str, float, float, float], None]]]:
    """Yield what takes a plan's name, slots that are settled and their benefit, and what `plan_progress` yields."""
    columns = (TextColumn("{task.description}"), TextColumn("{task.fields[found]}"))
    with _line(*columns, quiet=quiet) as progress:
        task = progress.add_task("planning ahead", found="")

        def settled(name: str, slot: int, benefit_usd: float) -> None:
            told = f"slot {slot} of {slots}, benefit {benefit_usd:,.0f} $"
            progress.update(task, description=f"{_in_words(name)}:", found=told)

        def planned(name: str, _: float, benefit_usd: float, bound_usd: float) -> None:
            progress.update(task, description=f"{_in_words(name)}:", found=_found(benefit_usd, bound_usd))

        yield settled, planned


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
        TextColumn("method {task.completed:.0f} of {task.fields[most]}"),
        BarColumn(bar_width=30),
        TextColumn("{task.description}"),
    )
    with _line(*columns, quiet=quiet) as progress:
        # One more than are counted as they begin: the clock goes on until the last one has ended.
        task = progress.add_task("building", total=measurements + 1, most=measurements)
        yield lambda step: progress.update(task, advance=1, description=step)


@contextmanager
def _line(*columns: ProgressColumn, quiet: bool) -> Iterator[Progress]:
    """Columns and the time that has passed."""
    console = Console(stderr=True)
    is_live = console.is_terminal and not quiet
    # Before Rich 15 a disabled line still ends with a newline.
    console.quiet = not is_live
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=not is_live) as progress:
        if quiet or is_live:
            yield progress
        else:
            with _lines_now_and_then(progress):
                yield progress


@contextmanager
def _lines_now_and_then(progress: Progress) -> Iterator[None]:
    """Write what the columns say to stderr, every few seconds."""
    ended = Event()

    def write() -> None:
        while not ended.wait(EVERY_SECONDS):
            try:
                click.echo(_text(progress), err=True)
            except (OSError, ValueError):
                # Nobody reads it; the command goes on.
                return

    writer = Thread(target=write, daemon=True)
    writer.start()
    try:
        yield
    finally:
        ended.set()
        writer.join()


def _in_words(name: str) -> str:
    return name.replace("_", " ")


def _found(benefit_usd: float, bound_usd: float) -> str:
    if not isfinite(benefit_usd):
        return ""
    return f"benefit {benefit_usd:,.0f} $" + (f", at most {bound_usd:,.0f} $" if isfinite(bound_usd) else "")


def _text(progress: Progress) -> str:
    columns = [column for column in progress.columns if isinstance(column, (TextColumn, TimeElapsedColumn))]
    texts = (column.render(task).plain for task in progress.tasks for column in columns)
    return ", ".join(text for text in texts if text)
