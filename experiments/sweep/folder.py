"""Sweep folders: every finished run in a place of its own, one process at a time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ..archive.keeping import locked, write_aside
from ..errors import RunFolderError
from .plan import Plan, PlannedRun

_PLAN = "sweep.json"
_RUNS = "runs"
_FAILURES = "failures"


@dataclass(frozen=True)
class SweepFolder:
    """Where the runs of a sweep are kept: a run folder each, or the reason why there is none."""

    path: Path

    def run_folder(self, run: PlannedRun) -> Path:
        """Where a finished run lies: a run folder as `--out` of `walras run` writes it, without figures."""
        return self.path / _RUNS / run.key

    def failure(self, run: PlannedRun) -> Path:
        """Where the reason lies why a run failed."""
        return self.path / _FAILURES / f"{run.key}.json"

    def is_finished(self, run: PlannedRun) -> bool:
        """Whether the run need not be computed any more."""
        return self.run_folder(run).exists() or self.failure(run).exists()


@contextmanager
def open_sweep_folder(path: Path, plan: Plan) -> Iterator[SweepFolder]:
    """Make a sweep folder, or take it up again, and keep other processes out as long as it is open.

    Raises
    ------
    RunFolderError
        If another process works on it, or it holds anything but this sweep.
    """
    if path.exists() and not path.is_dir():
        raise RunFolderError(f"{path} exists already and is no folder; name a new folder")
    path.mkdir(parents=True, exist_ok=True)
    with locked(path, "sweep"):
        _claim(path, plan)
        for name in (_RUNS, _FAILURES):
            (path / name).mkdir(exist_ok=True)
        for unfinished in (path / _RUNS).glob(".*"):
            shutil.rmtree(unfinished)
        yield SweepFolder(path)


def _claim(path: Path, plan: Plan) -> None:
    """Make sure that the folder is this sweep's; an empty one becomes it."""
    ours = {
        "walras": version("walras"),
        "executor": plan.executor,
        "monolith": plan.monolith,
        "runs": [{"key": run.key, "parameters": run.parameters} for run in plan.runs],
    }
    source = path / _PLAN
    if not source.exists():
        if {entry.name for entry in path.iterdir()} - {f".{_PLAN}.part"}:
            raise RunFolderError(f"{path} exists already and is no sweep folder; name a new folder")
        write_aside(source, lambda aside: aside.write_text(json.dumps(ours, indent=1), encoding="utf-8"))
    try:
        theirs = json.loads(source.read_text(encoding="utf-8"))
        their_keys = [run["key"] for run in theirs["runs"]]
        made_by = theirs["walras"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise RunFolderError(f"{source}: cannot be read: {error}") from error
    our_keys = [run.key for run in plan.runs]
    if their_keys != our_keys:
        common = len(set(their_keys) & set(our_keys))
        raise RunFolderError(
            f"{path} holds another sweep (walras {made_by}, {len(their_keys)} runs, {common} of them among the "
            f"{len(our_keys)} of this one); name a new folder"
        )
