"""The runs of a sweep, each computed and kept."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cvxpy.error import SolverError

from ...coordinator.executor import Executor
from ..archive.keeping import write_aside
from ..archive.writer import run_files, write_run_files
from ..own_parts.consent import named_code
from ..own_parts.own_code import told_with_place
from ..study import decompose, with_monolith
from ..workers.task import Task
from .plan import Plan, PlannedRun
from .sweep_folder import SweepFolder

FAILED = "failed"
# What numbers can do to one run. Agents, markets and scenarios that cannot be solved are ValueErrors.
_FAILURES = (ArithmeticError, MemoryError, RuntimeError, SolverError, ValueError)


@dataclass(frozen=True)
class Finished:
    """A run that came to an end: the files of its folder."""

    status: str
    files: dict[str, bytes]

    def keep(self, folder: Path, failure: Path) -> None:
        """Write the folder, complete or not at all."""
        write_run_files(self.files, folder)


@dataclass(frozen=True)
class Failed:
    """A run that has no result, and why."""

    reason: str
    seconds: float
    status: str = FAILED

    def keep(self, folder: Path, failure: Path) -> None:
        """Write the reason, complete or not at all."""
        document = json.dumps({"reason": self.reason, "seconds": self.seconds})
        write_aside(failure, lambda aside: aside.write_text(document, encoding="utf-8"))


def run_tasks(plan: Plan, folder: SweepFolder, executor: Executor | str) -> list[Task[Finished | Failed, str]]:
    """What is left to do of a sweep: each task keeps a run and tells its status, which is `FAILED` without a result."""
    return [
        Task(
            run.told,
            partial(_compute, run, executor, monolith=plan.monolith),
            partial(_keep, folder.run_folder(run), folder.failure(run)),
        )
        for run in folder.pending(plan.runs)
    ]


def _compute(run: PlannedRun, executor: Executor | str, *, monolith: bool) -> Finished | Failed:
    begin = time.perf_counter()
    own = named_code(run.scenario)
    # Own code may raise anything.
    failures = (Exception,) if own else _FAILURES
    try:
        study = decompose(run.scenario, case=run.case, executor=executor)
        if monolith:
            study = with_monolith(study)
    except failures as error:
        reason = told_with_place(error, own) if own else f"{type(error).__name__}: {'; '.join(str(error).splitlines())}"
        return Failed(reason, time.perf_counter() - begin)
    return Finished(str(study.run.status), run_files(study))


def _keep(folder: Path, failure: Path, outcome: Finished | Failed) -> str:
    outcome.keep(folder, failure)
    return outcome.status
