"""How many processes compute runs side by side, and by which executor."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ...coordinator.executor import Executor
from ...coordinator.executors.on_ray.on_ray import OnRay


@contextmanager
def side_by_side(executor: Executor, workers: int | None) -> Iterator[tuple[Executor, int]]:
    """Around many runs: what answers in each, and how many are computed at once.

    Workers of Ray share the agents of one run, so runs come one after the other, on a Ray that all of them share.
    """
    if not isinstance(executor, OnRay):
        yield executor, workers or len(os.sched_getaffinity(0))
        return
    with executor.shared() as reachable:
        yield reachable, 1
