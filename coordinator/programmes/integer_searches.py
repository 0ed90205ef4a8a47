"""Mixed-integer programmes solved side by side, in threads of this process."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import inf
from threading import Event

from ...agents.arrays import FloatArray
from .integer_programme import Incumbent, IntegerProgramme, solve_integer
from .unsolved import UnsolvedProgrammeError


@dataclass(frozen=True)
class Search:
    """How far and how many at a time.

    Parameters
    ----------
    gap : float
        Relative, of each programme's incumbent and bound.
    seconds : float
        Of wall-clock time for each.
    at_a_time : int
    is_short : bool
        As for `solve_integer`.
    """

    gap: float = 1e-6
    seconds: float = inf
    at_a_time: int = 1
    is_short: bool = False


@dataclass(frozen=True, eq=False)
class Asked:
    """A programme, whose it is, and a point to begin from, as for `solve_integer`."""

    name: str
    programme: IntegerProgramme
    start: FloatArray | None = None


def solve_side_by_side(asked: Sequence[Asked], search: Search) -> list[Incumbent]:
    """The incumbents of all programmes.

    Raises
    ------
    InfeasibleProgrammeError, UnsolvedProgrammeError
        As `solve_integer`, with the name of whose programme it is; the others are broken off.
    """
    broken_off = Event()
    with ThreadPoolExecutor(search.at_a_time) as threads:
        solve = partial(solve_integer, broken_off=broken_off, is_short=search.is_short)
        answers = [threads.submit(solve, one.programme, search.gap, search.seconds, one.start) for one in asked]
        try:
            return [_named(one.name, answer) for one, answer in zip(asked, answers, strict=True)]
        finally:
            # Where all have ended there is nothing left to break off.
            broken_off.set()
            for answer in answers:
                answer.cancel()


def _named(name: str, answer: Future[Incumbent]) -> Incumbent:
    try:
        return answer.result()
    except UnsolvedProgrammeError as error:
        raise type(error)(f"{name}: {error}") from error
