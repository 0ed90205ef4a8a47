"""Processes of this machine, which end with their parent."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from .task import LostWorkerError, Task

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_keeping = threading.Lock()


@dataclass(frozen=True)
class LocalWorkers:
    """Fresh processes that compute tasks and keep their results themselves.

    Parameters
    ----------
    count : int
        How many at most.
    """

    count: int

    def execute(self, tasks: Sequence[Task[Any, T]]) -> Generator[T, None, None]:
        """Compute and keep tasks; one that is lost with its process is not tried again.

        Raises
        ------
        LostWorkerError
            If a process is killed.
        Exception
            Whatever a task raises.
        """
        if not tasks:
            return
        try:
            with _worker_pool(min(self.count, len(tasks))) as pool:
                yield from (future.result() for future in as_completed(_submit_all(pool, tasks)))
        except BrokenProcessPool as error:
            raise LostWorkerError("a worker was killed; is memory short?") from error


@contextmanager
def _worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of fresh processes that end when this process ends, however it ends."""
    context = get_context("spawn")
    lifeline, held = context.Pipe(duplex=False)
    with lifeline, ProcessPoolExecutor(workers, context, _tie_to, (lifeline,)) as pool, held:
        yield pool


def _submit_all(pool: ProcessPoolExecutor, tasks: Sequence[Task[Any, T]]) -> list[Future[T]]:
    """Hand tasks to a pool; signals are left to this process."""
    # Workers start here and inherit the mask for life: Ctrl-C at a terminal reaches them too, and what ends a batch job
    # ends all its processes; but both are ours to answer.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        return [pool.submit(_computed_and_kept, task) for task in tasks]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _computed_and_kept(task: Task[Any, T]) -> T:
    """Compute a task here; what is being kept is kept to the end, even if the parent ends meanwhile."""
    result = task.compute()
    with _keeping:
        return task.keep(result)


def _tie_to(lifeline: Connection[Any, Any]) -> None:
    """End this worker when the other end of the pipe closes: on an error, and when the parent is killed.

    What own code prints in it goes to stderr: stdout is for the parent's results.
    """
    sys.stdout = sys.stderr
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()


def _end_with(lifeline: Connection[Any, Any]) -> None:
    lifeline.poll(None)
    with _keeping:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        signal.raise_signal(signal.SIGTERM)
