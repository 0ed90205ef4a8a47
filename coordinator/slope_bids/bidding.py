"""The agents' side of slope bids: open a book, follow the prices, bid trades and slopes."""

from __future__ import annotations

import numpy as np

from ..announcement import Announcement, Responses
from ..bids import BidRequest, Book, SlopeBid
from ..market import FloatArray, Market
from .local_system import LocalSystem, local_assembly
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

    def __init__(self, market: Market) -> None:
        self._market = market
        self._agents = stack_agents(market)
        self._assembly = local_assembly(self._agents)
        self._count = len(market.agents)
        self._limits = np.bincount(self._agents.limit_agent, minlength=self._count)
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
        return book, np.ones(self._count)

    def _first_book(self, barrier_usd: float) -> Book:
        agents = self._agents
        quantities = np.zeros_like(agents.c)
        quantities[agents.up] = agents.up_at - agents.typical[agents.up]
        quantities[agents.low] = agents.low_at + agents.typical[agents.low]
        floor, ceiling = np.full_like(agents.c, -np.inf), np.full_like(agents.c, np.inf)
        floor[agents.low], ceiling[agents.up] = agents.low_at, agents.up_at
        both = np.flatnonzero(np.isfinite(ceiling - floor))
        width = ceiling[both] - floor[both]
        quantities[both] = floor[both] + np.minimum(agents.typical[both], width / 2)
        quantities[agents.fixed] = agents.fixed_at
        room = np.concatenate(
            [
                quantities[agents.low] - agents.low_at,
                agents.up_at - quantities[agents.up],
                np.maximum(agents.h - agents.G @ quantities, abs(agents.G) @ agents.typical / 10),
            ]
        )
        return Book(quantities, np.zeros_like(agents.b), room, barrier_usd / room)

    def _stepped(
        self, book: Book, prices: FloatArray, change: FloatArray, barrier_usd: float
    ) -> tuple[Book, FloatArray]:
        left = residuals(self._agents, book, prices)
        force = self._agents.from_trades @ change
        step = direction(self._agents, book, self._system(book), left, force, barrier_usd)
        return follow(self._agents, book, step, self._count)

    def _bid(self, book: Book, prices: FloatArray, progress: FloatArray) -> Responses:
        agents, system = self._agents, self._system(book)
        intended = agents.T @ intended_changes(agents, book, system, residuals(agents, book, prices))
        x = book.quantities
        costs = np.bincount(agents.variable_agent, weights=x * (agents.P @ x / 2 + agents.c), minlength=self._count)
        held = np.bincount(agents.limit_agent, weights=book.room * book.worth, minlength=self._count)
        return Responses(
            trades=agents.T @ x + agents.trade_offset,
            costs=costs + agents.constants,
            bid=SlopeBid(intended, system.slope, np.asarray(held, dtype=np.float64), self._limits, progress, book),
        )

    def _system(self, book: Book) -> LocalSystem:
        # The system of a bid is that of the next step: keep the last one.
        if self._last is None or self._last[0] is not book:
            self._last = (book, LocalSystem(self._agents, self._assembly, book))
        return self._last[1]
