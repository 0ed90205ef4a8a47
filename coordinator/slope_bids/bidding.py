"""The agents' side of slope bids: open a book, follow the prices, bid trades and slopes."""

from __future__ import annotations

import numpy as np

from ..announcement import Announcement, Responses
from ..bids import BidRequest, Book, SlopeBid
from ..market import FloatArray, Market
from ..stacked_matrices import StackedMatrices
from .feasibility import refuse_infeasible
from .local_system import LocalAssembly, LocalSystem
from .newton import direction, follow, intended_changes, residuals
from .stacked import stack_agents

# Steps at most that an agent takes on its own, at the first prices, before its first bid.
_OPENING_STEPS = 30
_CENTRED = 0.99


class Bidders:
    """All agents of a market, fused: their steps are independent, and computed together.

    The primal-dual interior-point step of Mehrotra ("On the implementation of a primal-dual interior
    point method", SIAM J. Optim. 2(4), 1992) without corrector, cut along the agents as in Zavala,
    Laird and Biegler ("Interior-point decomposition approaches for parallel solution of large-scale
    nonlinear parameter estimation problems", Chem. Eng. Sci. 63(19), 2008); but each agent goes as
    far as its own limits allow, so nobody waits for another.
    """

    def __init__(self, market: Market, matrices: StackedMatrices) -> None:
        self._market = market
        self._agents = stack_agents(market, matrices)
        self._assembly = LocalAssembly(self._agents.shape)
        self._limits = np.sum([limits.count for limits in self._agents.limits_of_agents], axis=0)
        self._last: tuple[Book, LocalSystem] | None = None

    def answer(self, announcement: Announcement, request: BidRequest) -> Responses:
        """Trades and costs after one step, with a bid for the next one."""
        prices = announcement.prices[self._market.good_of_copy]
        change = request.price_change[self._market.good_of_copy]
        if request.book is None:
            book, progress = self._opened(prices, request.barrier_usd)
        else:
            book, progress = self._stepped(request.book, prices - change, change, request.barrier_usd)
        return self._bid(book, prices, progress)

    def _opened(self, prices: FloatArray, barrier_usd: float) -> tuple[Book, FloatArray]:
        book, unchanged = self._first_book(barrier_usd), np.zeros_like(prices)
        for _ in range(_OPENING_STEPS):
            book, progress = self._stepped(book, prices, unchanged, barrier_usd)
            if progress.min(initial=1.0) >= _CENTRED:
                break
        refuse_infeasible(self._market, self._agents.matrices, self._agents.idle, book.quantities)
        return book, np.ones(len(self._limits))

    def _first_book(self, barrier_usd: float) -> Book:
        agents, typical = self._agents, self._agents.typical(self._market)
        lower, upper = agents.ranges()
        quantities = np.where(np.isfinite(lower), lower + typical, np.where(np.isfinite(upper), upper - typical, 0.0))
        both = np.flatnonzero(np.isfinite(lower) & np.isfinite(upper))
        quantities[both] = lower[both] + np.minimum(typical[both], (upper[both] - lower[both]) / 2)
        quantities[agents.fixed] = lower[agents.fixed]
        least_room = (abs(agents.matrices.inequality_rows) @ typical)[agents.limiting] / 10
        of_rows = (agents.matrices.rows @ quantities)[agents.limiting_rows]
        room = np.concatenate(
            [
                (quantities - lower)[agents.low],
                (upper - quantities)[agents.up],
                np.maximum(agents.matrices.h[agents.limiting] - of_rows, least_room),
            ]
        )
        return Book(quantities, np.zeros_like(agents.matrices.b), room, barrier_usd / room)

    def _stepped(
        self, book: Book, prices: FloatArray, change: FloatArray, barrier_usd: float
    ) -> tuple[Book, FloatArray]:
        left = residuals(self._agents, book, prices)
        force = self._agents.matrices.from_trades @ change
        step = direction(self._agents, book, self._system(book), left, force, barrier_usd)
        return follow(self._agents, book, step)

    def _bid(self, book: Book, prices: FloatArray, progress: FloatArray) -> Responses:
        agents, matrices, system = self._agents, self._agents.matrices, self._system(book)
        left = residuals(agents, book, prices)
        intended = matrices.T @ intended_changes(agents, book, system, left)
        held = np.zeros(len(self._limits))
        for values, by_agent in zip(agents.of_limits(book.room * book.worth), agents.limits_of_agents, strict=True):
            held += by_agent.sums(values)
        return Responses(
            trades=matrices.T @ book.quantities + matrices.trade_offset,
            costs=matrices.costs(book.quantities),
            bid=SlopeBid(
                intended=intended,
                slope=system.slope,
                held_usd=held,
                limits=self._limits,
                progress=progress,
                idle_goods=agents.idle.goods,
                reservation_change=agents.idle.price_change(left.force),
                book=book,
            ),
        )

    def _system(self, book: Book) -> LocalSystem:
        # The system of a bid is that of the next step: keep the last one.
        if self._last is None or self._last[0] is not book:
            self._last = (book, LocalSystem(self._agents, self._assembly, book))
        return self._last[1]
