"""The progress line: rounds, the worst residual, the time; silent when stderr is no terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ...coordinator import Round


@contextmanager
def progress_line(max_rounds: int, *, quiet: bool) -> Iterator[Callable[[Round], None]]:
    """Yield a function that takes each round as it comes."""
    console = Console(stderr=True)
    columns = (
        TextColumn("round {task.completed:>5.0f} of at most {task.total:.0f}"),
        BarColumn(bar_width=30),
        TextColumn("worst residual {task.fields[residual]:.1e}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("rounds", total=max_rounds, residual=float("inf"))

        def on_round(current: Round) -> None:
            residual = max(current.max_relative_imbalance, current.dual_residual)
            progress.update(task, completed=current.number, residual=residual)

        yield on_round
