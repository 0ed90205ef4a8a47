"""Bare messages: the calls of a round, without any agents."""

from __future__ import annotations

import time
from statistics import median

import numpy as np

from ....agents.arrays import FloatArray
from ....coordinator.executors.compiled import Compiled
from ....coordinator.executors.on_ray.crew import Crew
from ....coordinator.market import Market
from .round_time import MessageTime

# Numbers to all workers together; a third as many come back, as in a round of ADMM.
NUMBERS = (0, 2**13, 2**17, 2**19)
_CALLS = 25


class Echo:
    """A worker that computes nothing."""

    def __init__(self, *_: object) -> None:
        self._answer = np.zeros(0)

    def begin(self) -> None:
        """Say that the process is there."""

    def keep(self, numbers: int) -> None:
        """What it will answer with."""
        self._answer = np.zeros(numbers)

    def answer(self, _: FloatArray) -> FloatArray:
        """As many numbers as it keeps."""
        return self._answer


def message_times(workers: int, machines: int, home: Market) -> list[MessageTime]:
    """Calls of some workers at once, with more and more numbers; Ray must be there.

    Parameters
    ----------
    home : Market
        Any small one: workers are begun with it.
    """
    crew = Crew(Echo, Compiled(), [home] * workers, patience_seconds=60.0)
    try:
        return [_message_time(crew, workers, machines, numbers) for numbers in NUMBERS]
    finally:
        crew.close()


def _message_time(crew: Crew, workers: int, machines: int, numbers: int) -> MessageTime:
    out, back = numbers // workers, numbers // 3 // workers
    crew.ask("keep", [(back,)] * workers)
    told = [(np.zeros(out),) for _ in range(workers)]
    crew.ask("answer", told)
    seconds = []
    for _ in range(_CALLS):
        begin = time.perf_counter()
        crew.ask("answer", told)
        seconds.append(time.perf_counter() - begin)
    return MessageTime(workers, machines, 8 * workers * (out + back), median(seconds))
