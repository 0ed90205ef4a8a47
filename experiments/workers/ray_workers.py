"""Processes of a Ray, on one machine or several, which send back what they compute."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from traceback import format_exc
from typing import Any, TypeVar

from ...coordinator.executor import UnavailableError
from ...coordinator.executors.on_ray.session import connected, cores, imported_ray, last_line
from ...coordinator.executors.on_ray.signals_put_off import signals_put_off
from ...coordinator.executors.on_ray.worker_environment import worker_environment
from .task import LostWorkerError, Task

R = TypeVar("R")
T = TypeVar("T")

# When nothing has ended for so long it is looked whether anything can.
_LOOK_SECONDS = 30.0
# How often a task may be lost with its process.
MOST_LOSSES = 3


@dataclass(frozen=True)
class RayWorkers:
    """Tasks of Ray, one core each; results come back, and are kept here: no file system need be shared.

    No more tasks are sent than are computed at once, so that neither they nor their results pile up, however many there
    are. Ray itself repeats nothing: a task depends on what it is sent alone, and is sent again if its process is lost.

    Parameters
    ----------
    count : int, optional
        How many tasks are computed at once. Default: as many as Ray has cores.
    address : str, optional
        ``host:port`` of a Ray that runs somewhere. Default: the one that this process uses already, or else one that
        is started here and ended with the tasks.
    """

    count: int | None = None
    address: str | None = None

    def execute(self, tasks: Sequence[Task[Any, T]]) -> Generator[T, None, None]:
        """Compute tasks, and keep each result as soon as it is there.

        Raises
        ------
        UnavailableError
            If there is no Ray, or another version of walras is installed there.
        LostWorkerError
            If a task is lost several times; the message names it. If no core is left.
        Exception
            Whatever a task raises.
        """
        if not tasks:
            return
        with connected(self.address, self.count or len(os.sched_getaffinity(0))):
            yield from _Sent(min(self.count or cores(), len(tasks))).results(tasks)


@dataclass(frozen=True)
class _Attempt:
    task: Task[Any, Any]
    losses: int = 0


@dataclass(frozen=True)
class _Raised:
    """What a task raised, and where: an answer too, unlike what befalls its process."""

    error: Exception
    traceback: str


class _Sent:
    """Tasks that Ray computes at the moment."""

    def __init__(self, most: int) -> None:
        self._ray, self._most, self._ours = imported_ray(), most, version("walras")
        self._remote = self._ray.remote(_computed).options(
            num_cpus=1, max_retries=0, scheduling_strategy="SPREAD", runtime_env=worker_environment()
        )
        self._attempts: dict[Any, _Attempt] = {}

    def results(self, tasks: Sequence[Task[Any, T]]) -> Iterator[T]:
        """What keeping each result returns."""
        waiting = deque(map(_Attempt, tasks))
        try:
            self._send(waiting)
            while self._attempts:
                ready, _ = self._ray.wait(list(self._attempts), timeout=_LOOK_SECONDS)
                if not ready:
                    self._look_for_cores()
                    continue
                attempt = self._attempts.pop(ready[0])
                try:
                    result = self._ray.get(ready[0])
                except self._ray.exceptions.RayError as error:
                    waiting.appendleft(self._next(attempt, error))
                    self._send(waiting)
                    continue
                if isinstance(result, _Raised):
                    raise result.error from RuntimeError(result.traceback)
                # The process has its next task before this result is written.
                self._send(waiting)
                with signals_put_off():
                    told = attempt.task.keep(result)
                yield told
        finally:
            for reference in self._attempts:
                # It may have ended meanwhile, and Ray as well.
                with suppress(self._ray.exceptions.RayError, ValueError):
                    self._ray.cancel(reference, force=True)

    def _send(self, waiting: deque[_Attempt]) -> None:
        while waiting and len(self._attempts) < self._most:
            attempt = waiting.popleft()
            self._attempts[self._remote.remote(self._ours, attempt.task.compute)] = attempt

    def _look_for_cores(self) -> None:
        """Raise LostWorkerError if no machine of Ray computes, or all have left; those that are busy are waited for."""
        if not self._ray.cluster_resources().get("CPU", 0):
            raise LostWorkerError("Ray has no core to compute with")

    def _next(self, attempt: _Attempt, error: Exception) -> _Attempt:
        """The attempt to come after one that was lost."""
        if attempt.losses + 1 == MOST_LOSSES:
            asked = "; is walras installed there?" if isinstance(error, self._ray.exceptions.RayTaskError) else ":"
            raise LostWorkerError(
                f"{attempt.task.name} was lost with its worker {MOST_LOSSES} times{asked} {last_line(error)}"
            ) from error
        return replace(attempt, losses=attempt.losses + 1)


def _computed(theirs: str, compute: Callable[[], R]) -> R | _Raised:
    """Compute a task, in a process of Ray."""
    ours = version("walras")
    if ours != theirs:
        return _Raised(UnavailableError(f"walras {ours} is installed where Ray computes; this is walras {theirs}"), "")
    try:
        return compute()
    except Exception as error:  # raised by who asked
        return _Raised(error, format_exc())
