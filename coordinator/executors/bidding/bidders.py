"""The agents' side of slope bids: open a book, follow the prices, bid trades and slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.canonical.stacked_matrices import StackedMatrices
from ...announcement import BidRequest, Responses
from ...bids import Book, BookOpening, SlopeBid
from ...market import Market
from .infeasible import refuse_infeasible
from .local_system import LocalAssembly, LocalSystem
from .newton import Residuals, direction, follow, intended_changes, residuals
from .roomy import roomy_agents
from .stacked_agents import stack_agents
from .unbounded import refuse_unbounded

# Steps at most that an agent takes on its own, at the first prices, before its first bid.
_OPENING_STEPS = 30
# Steps this long no limit has hindered; where books are centred limits hold nearly what the barrier says.
_UNHINDERED = 0.99
_CENTRED = 0.1


@dataclass(frozen=True, eq=False)
class _Standing:
    """The agents' Newton equations at a book, and at its prices."""

    book: Book
    system: LocalSystem
    residual: Residuals


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
        self._last: _Standing | None = None
        self._is_open = False

    def answer(self, request: BidRequest) -> Responses:
        """Trades and costs after one step, with a bid for the next one."""
        if request.book is None:
            book, progress = self._opened(request)
        else:
            if not self._is_open:
                self._opened(_opening_of(request.book))
            change = self._revenue_gradient(request.price_change, request.surcharges - request.book.surcharges)
            book, progress = self._stepped(request.book, request, change)
        return self._bid(book, progress)

    def _opened(self, request: BidRequest) -> tuple[Book, FloatArray]:
        book, progress = self._settled(request)
        roomy = roomy_agents(self._market, self._agents, book.quantities)
        if roomy is not self._agents:
            self._agents, self._assembly, self._last = roomy, LocalAssembly(roomy.shape), None
            book, progress = self._settled(request)
        self._is_open = True
        return book, np.ones_like(progress)

    def _settled(self, request: BidRequest) -> tuple[Book, FloatArray]:
        """Books after some steps at the first prices, and the lengths of the last ones."""
        book = self._first_book(request)
        unchanged = np.zeros_like(book.quantities)
        # Duals of constraints that contradict each other grow without end; their agent is found below.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            for _ in range(_OPENING_STEPS):
                book, progress = self._stepped(book, request, unchanged)
                is_centred = (book.slack * book.dual).min(initial=np.inf) >= _CENTRED * request.barrier_usd
                if is_centred and progress.min(initial=1.0) >= _UNHINDERED:
                    break
        agents, market = self._agents, self._market
        refuse_infeasible(market, agents.matrices, agents.idle, book.quantities)
        gradient = self._revenue_gradient(book.prices, book.surcharges)
        refuse_unbounded(market, agents.matrices, book.quantities, agents.typical(market), gradient)
        return book, progress

    def _first_book(self, request: BidRequest) -> Book:
        agents, typical = self._agents, self._agents.typical(self._market)
        lower, upper = agents.ranges()
        has_lower, width = np.isfinite(lower), upper - lower
        # Distances and not differences: of bounds that are next to each other no quantity lies between.
        inside = np.minimum(typical, width / 2)
        quantities = np.where(has_lower, lower + inside, np.where(np.isfinite(upper), upper - inside, 0.0))
        quantities[agents.fixed] = lower[agents.fixed]
        above = np.where(has_lower, width - inside, inside)
        least_slack = (abs(agents.matrices.rows) @ typical)[agents.limiting_rows] / 10
        of_rows = (agents.matrices.rows @ quantities)[agents.limiting_rows]
        slack = np.concatenate(
            [
                inside[agents.low],
                above[agents.up],
                np.maximum(agents.matrices.h[agents.limiting] - of_rows, least_slack),
            ]
        )
        return Book(
            quantities=quantities,
            equality_dual=np.zeros_like(agents.matrices.b),
            slack=slack,
            dual=request.barrier_usd / slack,
            prices=request.prices,
            surcharges=request.surcharges,
            opening=BookOpening(request.prices, request.surcharges, request.barrier_usd),
        )

    def _stepped(self, book: Book, request: BidRequest, gradient_change: FloatArray) -> tuple[Book, FloatArray]:
        standing = self._standing(book)
        step = direction(self._agents, book, standing.system, standing.residual, gradient_change, request.barrier_usd)
        return follow(self._agents, book, step, request)

    def _bid(self, book: Book, progress: FloatArray) -> Responses:
        agents, matrices, standing = self._agents, self._agents.matrices, self._standing(book)
        limits = agents.limits_of_agents
        changes = intended_changes(agents, book, standing.system, standing.residual)
        intended = np.empty((len(self._market.goods), 2))
        # One column after the other: each is as long as all trades.
        for part, of_variables in zip(intended.T, changes.T, strict=True):
            part[:] = self._market.imbalance(matrices.T @ of_variables)
        del changes
        trades = matrices.T @ book.quantities
        trades += matrices.trade_offset
        return Responses(
            trades=trades,
            costs=matrices.costs(book.quantities),
            bid=SlopeBid(
                intended=intended,
                slope=standing.system.slope,
                held_usd=limits.sums(book.slack * book.dual),
                limits=limits.count,
                progress=progress,
                idle_goods=agents.idle.goods,
                idle_balance=agents.idle.balance,
                idle_weight=agents.idle.weight,
                reservation_change=agents.idle.price_change(standing.residual.stationarity),
                book=book,
            ),
        )

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


def _opening_of(book: Book) -> BidRequest:
    """What books were opened with, for agents that were not there, as in a run that goes on."""
    opening = book.opening
    none = np.zeros_like(opening.prices)
    return BidRequest(opening.prices, none, opening.barrier_usd, None, surcharges=opening.surcharges)
