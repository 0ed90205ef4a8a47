"""Mixed-integer programmes solved side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
        In this process.
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


SideBySide = Callable[[Sequence[Asked], Search], list[Incumbent]]


def solve_side_by_side(asked: Sequence[Asked], search: Search) -> list[Incumbent]:
    """The incumbents of all programmes, by threads of this process.

    Raises
    ------
    InfeasibleProgrammeError, UnsolvedProgrammeError
        As `solved`; the others are broken off.
    """
    broken_off = Event()
    with ThreadPoolExecutor(search.at_a_time) as threads:
        answers = [threads.submit(solved, one, search, broken_off) for one in asked]
        try:
            return [answer.result() for answer in answers]
        finally:
            # Where all have ended there is nothing left to break off.
            broken_off.set()
            for answer in answers:
                answer.cancel()


def solved(one: Asked, search: Search, broken_off: Event | None = None) -> Incumbent:
    """The incumbent of one programme.

    Raises
    ------
    InfeasibleProgrammeError, UnsolvedProgrammeError
        As `solve_integer`, with the name of whose programme it is.
    """
    try:
        return solve_integer(
            one.programme, search.gap, search.seconds, one.start, broken_off=broken_off, is_short=search.is_short
        )
    except UnsolvedProgrammeError as error:
        raise type(error)(f"{one.name}: {error}") from error
