"""The runs of a sweep, each computed and kept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial

from cvxpy.error import SolverError

from ...coordinator.executor import Executor
from ..archive.keeping import write_aside
from ..archive.workers import kept_to_the_end
from ..archive.writer import write_run_folder
from ..own_parts.consent import named_code
from ..own_parts.own_code import told_with_place
from ..study import decompose, with_monolith
from .plan import Plan, PlannedRun
from .sweep_folder import SweepFolder

FAILED = "failed"
# What numbers can do to one run. Agents, markets and scenarios that cannot be solved are ValueErrors.
_FAILURES = (ArithmeticError, MemoryError, RuntimeError, SolverError, ValueError)


def run_tasks(plan: Plan, folder: SweepFolder, executor: Executor | str) -> list[Callable[[], str]]:
    """What is left to do of a sweep: each task keeps a run and returns its status."""
    pending = folder.pending(plan.runs)
    return [partial(compute, run, folder, executor, monolith=plan.monolith) for run in pending]


def compute(run: PlannedRun, folder: SweepFolder, executor: Executor | str, *, monolith: bool) -> str:
    """Compute a run and put it into the sweep folder, complete or not at all.

    Parameters
    ----------
    run : PlannedRun
    folder : SweepFolder
    executor : Executor, or str
    monolith : bool
        Whether to solve the monolith beside the run.

    Returns
    -------
    str
        The status of the run, or `FAILED`: then the folder holds the reason.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    begin = time.perf_counter()
    own = named_code(run.scenario)
    # Own code may raise anything.
    failures = (Exception,) if own else _FAILURES
    try:
        study = decompose(run.scenario, executor=executor)
        if monolith:
            study = with_monolith(study)
    except failures as error:
        reason = told_with_place(error, own) if own else f"{type(error).__name__}: {'; '.join(str(error).splitlines())}"
        failure = {"reason": reason, "seconds": time.perf_counter() - begin}
        with kept_to_the_end():
            write_aside(folder.failure(run), lambda aside: aside.write_text(json.dumps(failure), encoding="utf-8"))
        return FAILED
    with kept_to_the_end():
        write_run_folder(study, folder.run_folder(run), _draw_nothing)
    return str(study.run.status)


def _draw_nothing(*_: object) -> None:
    """Figures of every run would take longer than the runs; `walras plot` draws those that are wanted."""
