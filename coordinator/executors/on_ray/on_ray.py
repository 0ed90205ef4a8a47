"""The executor on Ray: agents are answered side by side, in processes on one machine or several."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import ClassVar

from ...announcement import Announcement
from ...executor import Executor
from ...market import Market
from ..compiled import Compiled
from .ray_answers import RayAnswers
from .session import address_here, connected


@dataclass(frozen=True)
class OnRay:
    """Shards of agents in persistent processes, each answered by another executor: the same rounds, bit for bit.

    A process declares and compiles its agents itself, and is sent the numbers of their goods alone, in one call a
    round. One that dies, hangs or leaves with its machine is replaced, and asked the same once more. This pays where
    a round computes for tens of milliseconds; closed forms of one machine take less than a message.

    Slope bids are asked from desks in the processes, whoever `inner` is; books are sent to and fro, and goods that
    nobody can trade and agents without room are found here, once. Large blocks have the same bits where linear
    algebra has one thread here too, as commands see to.

    Parameters
    ----------
    inner : Executor
        What answers within a shard.
    workers : int, optional
        How many processes, one core each. Default: all cores that Ray has to give.
    address : str, optional
        ``host:port`` of a Ray that runs somewhere. Default: the one that this process uses already, or else one that
        is started here and ended with the run.
    patience_seconds : float
        How long an answer may take before its process counts as lost.

    Raises
    ------
    ValueError
        If a number is none that it may be.
    """

    inner: Executor = field(default_factory=Compiled)
    workers: int | None = None
    address: str | None = None
    patience_seconds: float = 600.0
    name: ClassVar[str] = "ray"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.workers is not None and self.workers < 1:
            raise ValueError(f"workers is {self.workers}; at least 1 is needed")
        if not self.patience_seconds > 0:
            raise ValueError(f"patience_seconds is {self.patience_seconds}; a number above 0 is needed")

    @property
    def answers(self) -> frozenset[type[Announcement]]:
        """What the inner one answers."""
        return self.inner.answers

    def session(self) -> AbstractContextManager[None]:
        """Around all that needs Ray: it takes seconds to start."""
        return connected(self.address, self.workers or len(os.sched_getaffinity(0)))

    @contextmanager
    def shared(self) -> Iterator[OnRay]:
        """Around other processes that use one Ray: yields what they need for it, with its address."""
        if self.address is not None:
            yield self
            return
        with self.session():
            yield replace(self, address=address_here())

    def compile(self, market: Market) -> RayAnswers:
        """Start the workers, which declare and compile their agents; Ray too, if there is no session around it."""
        return RayAnswers(market, self.inner, self.session(), self.workers, self.patience_seconds)
