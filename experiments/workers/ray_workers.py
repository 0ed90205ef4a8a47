"""Processes of a Ray, on one machine or several, which send back what they compute."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Generic, TypeVar

from ...coordinator.executor import UnavailableError
from ...coordinator.executors.on_ray.session import connected, cores, imported_ray, last_line
from ...coordinator.executors.on_ray.signals_put_off import signals_put_off
from ...coordinator.executors.on_ray.worker_environment import worker_environment
from .task import LostWorkerError, Task

R = TypeVar("R")
T = TypeVar("T")

_BEGIN_SECONDS = 60.0
_LOOK_SECONDS = 10.0
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
            If there is no Ray, or it does not begin, or another version of walras runs there.
        LostWorkerError
            If a task is lost several times; the message names it.
        Exception
            Whatever a task raises.
        """
        if not tasks:
            return
        with connected(self.address, self.count or len(os.sched_getaffinity(0))):
            yield from _Sent(min(self.count or cores(), len(tasks))).results(tasks)


@dataclass(frozen=True)
class _Attempt(Generic[R, T]):
    task: Task[R, T]
    losses: int = 0


class _Sent:
    """Tasks that Ray computes at the moment."""

    def __init__(self, most: int) -> None:
        self._ray, self._most = imported_ray(), most
        self._ours = version("walras")
        self._remote = self._ray.remote(_computed).options(
            num_cpus=1, max_retries=0, scheduling_strategy="SPREAD", runtime_env=worker_environment()
        )
        self._attempts: dict[Any, _Attempt[Any, Any]] = {}

    def results(self, tasks: Sequence[Task[Any, T]]) -> Iterator[T]:
        """What keeping each result returns."""
        waiting = deque(map(_Attempt, tasks))
        try:
            first = self._remote.remote(self._ours, _nothing)
            self._send(waiting)
            self._refuse_unless_begun(first)
            while self._attempts:
                ready, _ = self._ray.wait(list(self._attempts), timeout=_LOOK_SECONDS)
                if not ready:
                    self._look_for_cores()
                    continue
                attempt = self._attempts.pop(ready[0])
                try:
                    result = self._ray.get(ready[0])
                except self._ray.exceptions.RayError as error:
                    waiting.appendleft(self._lost(attempt, error))
                    self._send(waiting)
                    continue
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

    def _refuse_unless_begun(self, first: Any) -> None:
        """Make sure that processes come up, with this version of walras."""
        try:
            self._ray.get(first, timeout=_BEGIN_SECONDS)
        except self._ray.exceptions.GetTimeoutError as error:
            has = self._ray.cluster_resources().get("CPU", 0)
            raise UnavailableError(
                f"Ray began no task within {_BEGIN_SECONDS:.0f} s: it has {has:g} cores in all, and needs a free one"
            ) from error
        except self._ray.exceptions.RayError as error:
            if isinstance(cause := getattr(error, "cause", None), UnavailableError):
                raise cause from error
            raise UnavailableError(
                f"Ray cannot begin; is walras installed where it computes? {last_line(error)}"
            ) from error

    def _send(self, waiting: deque[_Attempt[Any, Any]]) -> None:
        while waiting and len(self._attempts) < self._most:
            attempt = waiting.popleft()
            self._attempts[self._remote.remote(self._ours, attempt.task.compute)] = attempt

    def _look_for_cores(self) -> None:
        """Raise LostWorkerError if all machines that compute have left; those that are busy are waited for."""
        if not self._ray.cluster_resources().get("CPU", 0):
            raise LostWorkerError("no machine is left in Ray that computes")

    def _lost(self, attempt: _Attempt[R, T], error: Exception) -> _Attempt[R, T]:
        """The attempt to come; what the task itself raised is raised here."""
        cause = getattr(error, "cause", None)
        if isinstance(cause, Exception) and not isinstance(cause, self._ray.exceptions.RayError):
            raise cause from error
        if attempt.losses + 1 == MOST_LOSSES:
            raise LostWorkerError(
                f"{attempt.task.name} was lost with its worker {MOST_LOSSES} times: {last_line(error)}"
            ) from error
        return replace(attempt, losses=attempt.losses + 1)


def _computed(theirs: str, compute: Callable[[], R]) -> R:
    """Compute a task, in a process of Ray."""
    ours = version("walras")
    if ours != theirs:
        raise UnavailableError(f"walras {ours} is installed where Ray computes; this is walras {theirs}")
    return compute()


def _nothing() -> None:
    """What a process does to show that it is there."""
