"""The desk of a shard: what runs in its worker where agents bid slopes."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.canonical.stacked_matrices import stacked_matrices
from ...announcement import BidRequest
from ...bids import Book
from ...market import Market
from ..bidding.desks import AgentsDesk
from ..bidding.own_bids import OwnBids
from ..bidding.stacked_agents import bounds_with_forced, stack_agents
from .desk_messages import DeskSetup, Step


class ShardDesk:
    """Answers from the books that it is given alone, whatever it was asked before.

    Parameters
    ----------
    home : Market
        Of the shard's agents alone.
    setup : DeskSetup
    """

    def __init__(self, home: Market, setup: DeskSetup) -> None:
        problems = [setup.restated.get(agent, problem) for agent, problem in enumerate(home.problems)]
        matrices = stacked_matrices(problems) if setup.restated else home.matrices
        bounds = setup.idle.held(*bounds_with_forced(matrices))
        self._desk = AgentsDesk(home, stack_agents(home, matrices, bounds, setup.idle, setup.steepness))
        self._last: Book | None = None

    def stepped(self, book: Book, request: BidRequest) -> Step:
        """A step from these books."""
        return self._step(*self._desk.stepped(self._known(book), request))

    def bids(self, book: Book) -> OwnBids:
        """The bids at these books."""
        return self._desk.bids(self._known(book))

    def answered(self, book: Book, request: BidRequest) -> tuple[Step, OwnBids]:
        """A step, and the bids after it."""
        moved, progress, own = self._desk.answered(self._known(book), request)
        return self._step(moved, progress), own

    def _step(self, moved: Book, progress: FloatArray) -> Step:
        self._last = moved
        return Step(moved.quantities, moved.equality_dual, moved.slack, moved.dual, progress)

    def _known(self, book: Book) -> Book:
        """The last books themselves if they are the same: their equations are factorised already."""
        last = self._last
        if last is None or not all(map(np.array_equal, _numbers(last), _numbers(book))):
            self._last = last = book
        return last


def _numbers(book: Book) -> tuple[FloatArray, ...]:
    return book.quantities, book.equality_dual, book.slack, book.dual, book.prices, book.surcharges
