"""Mixed-integer programmes solved side by side, in threads of this process."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import inf
from threading import Event

from ...agents.arrays import FloatArray
from .integer_programme import Incumbent, IntegerProgramme, solve_integer


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
    """

    gap: float = 1e-6
    seconds: float = inf
    at_a_time: int = 1


def solve_side_by_side(
    programmes: Sequence[IntegerProgramme], starts: Sequence[FloatArray | None], search: Search
) -> list[Incumbent]:
    """The incumbents of all programmes.

    Parameters
    ----------
    programmes : sequence of IntegerProgramme
    starts : sequence of array of shape (n,), or None
        As for `solve_integer`.
    search : Search

    Raises
    ------
    InfeasibleProgrammeError, UnsolvedProgrammeError
        As `solve_integer`; the others are broken off.
    """
    broken_off = Event()
    with ThreadPoolExecutor(search.at_a_time) as threads:
        asked = [
            threads.submit(solve_integer, programme, search.gap, search.seconds, start, None, broken_off)
            for programme, start in zip(programmes, starts, strict=True)
        ]
        try:
            return [one.result() for one in asked]
        finally:
            # Where all have ended there is nothing left to break off.
            broken_off.set()
            for one in asked:
                one.cancel()
