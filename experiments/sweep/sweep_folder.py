"""Sweep folders: every finished run in a place of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..archive.job_folder import Job, JobFolder, open_job_folder
from .kept_sweep import IDENTITY_FILE
from .plan import Plan, PlannedRun

_RUNS = "runs"
_FAILURES = "failures"


@dataclass(frozen=True)
class SweepFolder(JobFolder[PlannedRun]):
    """Where the runs of a sweep are kept: a run folder each, or the reason why there is none."""

    def run_folder(self, run: PlannedRun) -> Path:
        """Where a finished run lies: a run folder as `--out` of `walras run` writes it, without figures."""
        return self.path / _RUNS / run.key

    def failure(self, run: PlannedRun) -> Path:
        """Where the reason lies why a run failed."""
        return self.path / _FAILURES / f"{run.key}.json"

    def places(self, part: PlannedRun) -> tuple[Path, ...]:
        """A run is finished when it failed, too."""
        return self.run_folder(part), self.failure(part)


@contextmanager
def open_sweep_folder(path: Path, plan: Plan) -> Iterator[SweepFolder]:
    """Make a sweep folder, or take it up again, and keep other processes out as long as it is open.

    Raises
    ------
    RunFolderError
        If another process works on it, or it holds anything but this sweep.
    """
    with open_job_folder(path, _job(plan)):
        yield SweepFolder(path)


def _job(plan: Plan) -> Job:
    keys = [run.key for run in plan.runs]

    def difference(theirs: Any) -> str | None:
        their_keys, made_by = [run["key"] for run in theirs["runs"]], theirs["walras"]
        # Keys hold all that results follow from. Parameters do not count: what was fixed may now be listed as varied.
        if their_keys == keys:
            return None
        common = len(set(their_keys) & set(keys))
        return f"walras {made_by}, {len(their_keys)} runs, {common} of them among the {len(keys)} of this one"

    identity = {
        "walras": version("walras"),
        "executor": plan.executor,
        "monolith": plan.monolith,
        "runs": [{"key": run.key, "parameters": run.parameters} for run in plan.runs],
    }
    return Job("sweep", "sweep folder", (_RUNS, _FAILURES), IDENTITY_FILE, identity, difference)
