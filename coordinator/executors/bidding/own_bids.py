"""What agents bid each for itself, and the desk where they keep the books that they bid from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from ....agents.arrays import FloatArray
from ...announcement import BidRequest
from ...bids import Book


@dataclass(frozen=True, eq=False)
class OwnBids:
    """What every agent bids for itself, one agent after the other.

    Parameters
    ----------
    trades, intended : arrays of shape (copies,) and (copies, 2)
        As in `SlopeBid`, but of each agent's own copy.
    costs, held_usd : arrays of shape (agents,)
    flexibility, give, barrier, limit_weights : arrays
        As in `Slope`.
    force_of_held : array of shape (entries,)
        What a unit more of each variable that is held for idle goods would bring [$].
    """

    trades: FloatArray
    costs: FloatArray
    intended: FloatArray
    flexibility: FloatArray
    give: FloatArray
    barrier: FloatArray
    limit_weights: FloatArray
    held_usd: FloatArray
    force_of_held: FloatArray


class Desk(Protocol):
    """Where agents keep their books: in this process, or in others."""

    def stepped(self, book: Book, request: BidRequest) -> tuple[Book, FloatArray]:
        """The books after one step toward what is requested, and the length of each agent's, shape (agents,)."""
        ...

    def bids(self, book: Book) -> OwnBids:
        """What agents bid at their books."""
        ...

    def answered(self, book: Book, request: BidRequest) -> tuple[Book, FloatArray, OwnBids]:
        """A step, and the bids after it."""
        ...
