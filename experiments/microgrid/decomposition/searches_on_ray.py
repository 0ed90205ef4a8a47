"""Sites that search on Ray, on one machine or several."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from operator import itemgetter

from ....coordinator.executors.on_ray.session import connected
from ....coordinator.programmes.integer_programme import Incumbent
from ....coordinator.programmes.integer_searches import Asked, Search, SideBySide, solved
from ...workers.ray_workers import RayWorkers
from ...workers.task import Task


@contextmanager
def searches_on_ray(count: int | None, address: str | None) -> Iterator[SideBySide]:
    """Around a decomposition: yields what solves its sites' programmes, as tasks of one Ray that is left at the end.

    Parameters
    ----------
    count : int or None
        How many search at once; None for as many as Ray has cores.
    address : str or None
        ``host:port`` of a Ray that runs somewhere; None starts one in this machine.

    Raises
    ------
    UnavailableError
        If there is no Ray.
    LostWorkerError
        From what is yielded, if a search is lost with its process several times.
    """
    with connected(address, count or len(os.sched_getaffinity(0))):
        yield partial(_solved, RayWorkers(count, address))


def _solved(workers: RayWorkers, asked: Sequence[Asked], search: Search) -> list[Incumbent]:
    tasks = [Task(one.name, partial(solved, one, search), partial(_numbered, n)) for n, one in enumerate(asked)]
    return [found for _, found in sorted(workers.execute(tasks), key=itemgetter(0))]


def _numbered(number: int, found: Incumbent) -> tuple[int, Incumbent]:
    return number, found
