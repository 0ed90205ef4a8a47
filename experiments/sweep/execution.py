"""The runs of a sweep, side by side in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import as_completed
from functools import partial

from ..workers import submit_all, worker_pool
from .folder import SweepFolder
from .plan import Plan, PlannedRun
from .work import compute


def execute(plan: Plan, runs: Sequence[PlannedRun], folder: SweepFolder, workers: int) -> Generator[str, None, None]:
    """Compute runs and keep them.

    Parameters
    ----------
    plan : Plan
    runs : sequence of PlannedRun
        Those of the plan that are to be computed.
    folder : SweepFolder
    workers : int
        Number of processes. The result of a run does not depend on it.

    Yields
    ------
    str
        The status of each run as it ends, in the order of their ends.

    Raises
    ------
    OSError
        If the folder cannot be written.
    BrokenProcessPool
        If a worker is killed; runs that are finished are kept.
    """
    if not runs:
        return
    with worker_pool(min(workers, len(runs))) as pool:
        tasks: list[Callable[[], str]] = [
            partial(compute, run, folder, plan.executor, monolith=plan.monolith) for run in runs
        ]
        yield from (future.result() for future in as_completed(submit_all(pool, tasks)))
