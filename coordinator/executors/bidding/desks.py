"""Desks: where agents keep their books, follow the prices by Newton steps, and say what they bid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ...announcement import BidRequest
from ...bids import Book
from ...market import Market
from .local_system import LocalAssembly, LocalSystem
from .newton import Residuals, direction, follow, intended_changes, residuals
from .own_bids import OwnBids
from .stacked_agents import StackedAgents


@dataclass(frozen=True, eq=False)
class _Standing:
    """The agents' Newton equations at a book, and at its prices."""

    book: Book
    system: LocalSystem
    residual: Residuals


class AgentsDesk:
    """The desk of some agents in this process: their steps are independent, and computed together.

    Parameters
    ----------
    market : Market
        Of these agents alone.
    agents : StackedAgents
    """

    def __init__(self, market: Market, agents: StackedAgents) -> None:
        self._market, self._agents = market, agents
        self._assembly = LocalAssembly(agents)
        self._last: _Standing | None = None

    def stepped(self, book: Book, request: BidRequest) -> tuple[Book, FloatArray]:
        """The books after one step, and the length of each agent's."""
        standing = self._standing(book)
        change = self._revenue_gradient(request.price_change, request.surcharges - book.surcharges)
        step = direction(self._agents, book, standing.system, standing.residual, change, request.barrier_usd)
        return follow(self._agents, book, step, request)

    def bids(self, book: Book) -> OwnBids:
        """What agents bid at their books."""
        agents, matrices, standing = self._agents, self._agents.matrices, self._standing(book)
        changes = intended_changes(agents, book, standing.system, standing.residual)
        intended = np.empty((matrices.T.shape[0], 2), order="F")
        # One column after the other: each is as long as all trades.
        for part, of_variables in zip(intended.T, changes.T, strict=True):
            part[:] = matrices.T @ of_variables
        del changes
        trades = matrices.T @ book.quantities
        trades += matrices.trade_offset
        slope = standing.system.slope
        return OwnBids(
            trades=trades,
            costs=matrices.costs(book.quantities),
            intended=intended,
            flexibility=slope.flexibility,
            give=slope.give,
            barrier=slope.barrier,
            limit_weights=slope.limit_weights,
            held_usd=agents.limits_of_agents.sums(book.slack * book.dual),
            force_of_held=standing.residual.stationarity[agents.idle.variables],
        )

    def answered(self, book: Book, request: BidRequest) -> tuple[Book, FloatArray, OwnBids]:
        """A step, and the bids after it."""
        moved, progress = self.stepped(book, request)
        return moved, progress, self.bids(moved)

    def _revenue_gradient(self, prices: FloatArray, surcharges: FloatArray) -> FloatArray:
        """``T' p``: what a unit more of each variable earns at prices of goods and surcharges of copies."""
        of_copies = prices[self._market.good_of_copy]
        of_copies += surcharges
        return np.asarray(self._agents.matrices.from_trades @ of_copies)

    def _standing(self, book: Book) -> _Standing:
        # A bid and the next step start from the same one.
        if self._last is None or self._last.book is not book:
            self._last = None
            residual = residuals(self._agents, book, self._revenue_gradient(book.prices, book.surcharges))
            self._last = _Standing(book, LocalSystem(self._agents, self._assembly, book), residual)
        return self._last
