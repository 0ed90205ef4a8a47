"""Repeats of something cheap, and a budget of seconds for something dear."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median_low
from typing import Generic, TypeVar

from ....coordinator.rounds import Round
from ....coordinator.stopping import StoppingRule

T = TypeVar("T")

REPEATS = 5
CHEAP_SECONDS = 0.5


@dataclass(frozen=True)
class Timed(Generic[T]):
    """What a call returned and what it took, on the clock and of the processor."""

    result: T
    wall_seconds: float
    cpu_seconds: float


def timed(call: Callable[[], T]) -> Timed[T]:
    """Call once."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = call()
    return Timed(result, time.perf_counter() - wall, time.process_time() - cpu)


def median_of_repeats(call: Callable[[], T]) -> Timed[T]:
    """The call of median time among five where one takes less than half a second, else the only one."""
    runs = [timed(call)]
    if runs[0].wall_seconds < CHEAP_SECONDS:
        runs += [timed(call) for _ in range(REPEATS - 1)]
    middle = median_low(run.wall_seconds for run in runs)
    return next(run for run in runs if run.wall_seconds == middle)


@dataclass(frozen=True)
class Deadline(StoppingRule):
    """A budget of time is spent; `at` is an instant of `time.perf_counter`."""

    at: float
    budget_seconds: float

    def reason(self, current: Round) -> str | None:
        """Look at the clock."""
        return f"{self.budget_seconds:g} s are spent" if time.perf_counter() >= self.at else None
