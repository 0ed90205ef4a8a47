"""Tasks side by side, in worker processes that end with their parent."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_keeping = threading.Lock()


@contextmanager
def kept_to_the_end() -> Iterator[None]:
    """Around what keeps the result of a task: a worker whose parent ends does so only afterwards."""
    with _keeping:
        yield


def execute(tasks: Sequence[Callable[[], T]], workers: int) -> Generator[T, None, None]:
    """Compute tasks in worker processes, begun in the order given.

    Parameters
    ----------
    tasks : sequence of callable
        Each can be pickled and keeps its own result.
    workers : int
        Number of processes.

    Yields
    ------
    T
        What each task returns as it ends, in the order of their ends.

    Raises
    ------
    BrokenProcessPool
        If a worker is killed.
    Exception
        Whatever a task raises.
    """
    if not tasks:
        return
    with _worker_pool(min(workers, len(tasks))) as pool:
        yield from (future.result() for future in as_completed(_submit_all(pool, tasks)))


@contextmanager
def _worker_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of fresh processes that end when this process ends, however it ends."""
    context = get_context("spawn")
    lifeline, held = context.Pipe(duplex=False)
    with lifeline, ProcessPoolExecutor(workers, context, _tie_to, (lifeline,)) as pool, held:
        yield pool


def _submit_all(pool: ProcessPoolExecutor, tasks: Sequence[Callable[[], T]]) -> list[Future[T]]:
    """Hand tasks to a pool; signals are left to this process."""
    # Workers start here and inherit the mask for life: Ctrl-C at a terminal reaches them too, and what ends a batch job
    # ends all its processes; but both are ours to answer.
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        return [pool.submit(task) for task in tasks]
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


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
