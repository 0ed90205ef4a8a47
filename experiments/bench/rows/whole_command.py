"""Whole commands: what somebody waits for who types one, from the start of its process to its exit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..problems.problems import OUTSIDE_GRIDS
from .memory import ProcessPeak

VERBS = ("run", "compare")
# Grids of which there is a scenario: as they come, without the limits that other rows give to their lines.
GRIDS = ("rts24", *OUTSIDE_GRIDS)
MECHANISM, EXECUTOR, TOLERANCE = "slope-bids", "batched", 1e-4
_CALL = (sys.executable, "-P", "-c", "from walras.experiments.cli import main; main()")
_POLL_SECONDS = 0.01


@dataclass(frozen=True)
class TimedCommand:
    """A command in a process of its own, measured.

    Parameters
    ----------
    grid : str
    verb : str
        `run` or `compare`.
    outcome : str
        Why the rounds ended, or what kept the command from saying so.
    exit_code : int or None
        None if it was not called, or was ended when its time was up.
    seconds : float
        On the clock, from the start of the process to its exit.
    cpu_seconds : float
        Of the processor, its children's too.
    peak_memory_mib : float or None
        Most memory that the process held; None where the system does not tell.
    rounds : int or None
        None if the command tells no result.
    rounds_seconds : float or None
        Of its rounds and their certificates, as the command itself counts them.
    """

    grid: str
    verb: str
    outcome: str
    exit_code: int | None = None
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_mib: float | None = None
    rounds: int | None = None
    rounds_seconds: float | None = None
    mechanism: str = MECHANISM
    executor: str = EXECUTOR
    tolerance: float = TOLERANCE

    @property
    def reached(self) -> bool:
        """Whether the command ended in time and converged."""
        return self.exit_code == 0

    @property
    def times_rounds(self) -> float | None:
        """Seconds of the command over those of its rounds."""
        return self.seconds / self.rounds_seconds if self.rounds_seconds else None


def timed_grid(grid: str, verb: str, budget_seconds: float) -> TimedCommand:
    """Measure a command on a grid of `GRIDS`; errors are told in its outcome."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = grid
        if grid in OUTSIDE_GRIDS:
            path = Path(folder) / f"{grid}.yaml"
            path.write_text(f"name: {grid}\ngrid: {{source: {grid}}}\n", encoding="utf-8")
            scenario = str(path)
        return timed_command(grid, verb, scenario, budget_seconds)


def timed_command(grid: str, verb: str, scenario: str, budget_seconds: float) -> TimedCommand:
    """Measure `walras run` or `walras compare` of a scenario.

    The process is ended when its time is up, and when this one is interrupted. Whoever measures has imported the
    package, so its bytecode is there.

    Parameters
    ----------
    scenario : str
        A built-in name or a file.
    budget_seconds : float
        For the whole process.
    """
    options = ["--mechanism", MECHANISM, "--executor", EXECUTOR, "--tolerance", f"{TOLERANCE:g}", "--json", "-q"]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        # A session of its own: what comes from the terminal is for this process to answer.
        with subprocess.Popen(
            [*_CALL, verb, scenario, *options], stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
        ) as process:
            peak = ProcessPeak(process.pid)
            try:
                while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
                    if time.perf_counter() - begin > budget_seconds:
                        return TimedCommand(grid, verb, f"ended after {budget_seconds:g} s", seconds=budget_seconds)
                    peak.look()
                    time.sleep(_POLL_SECONDS)
                process.returncode = os.waitstatus_to_exitcode(ended[1])
            finally:
                process.kill()
        seconds, usage = time.perf_counter() - begin, ended[2]
        told = _told(out, err, process.returncode)
    return TimedCommand(
        grid,
        verb,
        told.outcome,
        process.returncode,
        seconds,
        usage.ru_utime + usage.ru_stime,
        peak.mib,
        told.rounds,
        told.rounds_seconds,
    )


@dataclass(frozen=True)
class _Told:
    """What a command said."""

    outcome: str
    rounds: int | None = None
    rounds_seconds: float | None = None


def _told(out: IO[bytes], err: IO[bytes], exit_code: int) -> _Told:
    try:
        document = json.loads(_text(out))
        seconds = document["seconds"]
        outcome = document.get("monolith_failure", document["reason"])
        return _Told(outcome, document["rounds"], seconds["iterate"] + seconds["certify"])
    except (ValueError, KeyError):
        lines = _text(err).splitlines()
        return _Told(f"exit code {exit_code}" + (f": {lines[-1]}" if lines else ""))


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")
