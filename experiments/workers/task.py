"""Tasks of a long job, and who computes them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

R = TypeVar("R")
T = TypeVar("T")


@dataclass(frozen=True)
class Task(Generic[R, T]):
    """A part of a job: what is computed can be sent, so that it is kept wherever the folder of the job lies.

    Parameters
    ----------
    name : str
        What messages call it.
    compute : callable
        Can be pickled; computes the result and touches no file of the job.
    keep : callable
        Can be pickled; takes the result, puts it into the folder of the job, complete or not at all, and returns what
        is told of it.
    """

    name: str
    compute: Callable[[], R]
    keep: Callable[[R], T]


class Workers(Protocol):
    """Processes that compute tasks side by side."""

    def execute(self, tasks: Sequence[Task[Any, T]]) -> Generator[T, None, None]:
        """Compute tasks, begun in the order given, and keep each result as soon as it is there.

        Yields
        ------
        T
            What keeping each result returns, in the order of their ends.

        Raises
        ------
        LostWorkerError
            If processes are lost, and the task with them.
        Exception
            Whatever a task raises.
        """


class LostWorkerError(RuntimeError):
    """A process that computed a task was lost; the message says how, and with which task if that is known."""
