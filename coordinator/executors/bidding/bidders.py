"""The agents' side of slope bids, as a market sees it: what is found for all of them at once, and their bids."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.canonical.stacked_matrices import StackedMatrices
from ...announcement import BidRequest, Responses
from ...bids import Book, BookOpening, Slope, SlopeBid
from ...market import Market
from .all_agents import stack_market
from .infeasible import refuse_infeasible
from .own_bids import Desk, OwnBids
from .roomy import roomy_agents
from .stacked_agents import StackedAgents
from .unbounded import refuse_unbounded

# Steps at most that an agent takes on its own, at the first prices, before its first bid.
_OPENING_STEPS = 30
# Steps this long no limit has hindered; where books are centred limits hold nearly what the barrier says.
_UNHINDERED = 0.99
_CENTRED = 0.1


class Bidders:
    """All agents of a market: each steps on its own, and what concerns all of them is found here, once.

    The primal-dual interior-point step of Mehrotra ("On the implementation of a primal-dual interior
    point method", SIAM J. Optim. 2(4), 1992) without corrector, cut along the agents as in Zavala,
    Laird and Biegler ("Interior-point decomposition approaches for parallel solution of large-scale
    nonlinear parameter estimation problems", Chem. Eng. Sci. 63(19), 2008); but each agent goes as
    far as its own limits allow, so nobody waits for another.

    Parameters
    ----------
    market : Market
    matrices : StackedMatrices
    new_desk : callable
        Gives agents the desk where their books are kept.
    """

    def __init__(self, market: Market, matrices: StackedMatrices, new_desk: Callable[[StackedAgents], Desk]) -> None:
        self._market, self._new_desk = market, new_desk
        self._agents = stack_market(market, matrices)
        self._desk = new_desk(self._agents)
        self._is_open = False

    def answer(self, request: BidRequest) -> Responses:
        """Trades and costs after one step, with a bid for the next one."""
        if request.book is None:
            book = self._opened(request)
            return self._bid(book, np.ones(len(self._market.agents)), self._desk.bids(book))
        if not self._is_open:
            self._opened(_opening_of(request.book))
        return self._bid(*self._desk.answered(request.book, request))

    def _opened(self, request: BidRequest) -> Book:
        book = self._settled(request)
        roomy = roomy_agents(self._market, self._agents, book.quantities)
        if roomy is not self._agents:
            self._agents, self._desk = roomy, self._new_desk(roomy)
            book = self._settled(request)
        self._is_open = True
        return book

    def _settled(self, request: BidRequest) -> Book:
        """Books after some steps at the first prices."""
        book = self._first_book(request)
        unchanged = replace(request, price_change=np.zeros_like(request.prices))
        # Duals of constraints that contradict each other grow without end; their agent is found below.
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            for _ in range(_OPENING_STEPS):
                book, progress = self._desk.stepped(book, unchanged)
                is_centred = (book.slack * book.dual).min(initial=np.inf) >= _CENTRED * request.barrier_usd
                if is_centred and progress.min(initial=1.0) >= _UNHINDERED:
                    break
        agents, market = self._agents, self._market
        refuse_infeasible(market, agents.matrices, agents.idle, book.quantities)
        of_copies = book.prices[market.good_of_copy] + book.surcharges
        gradient = np.asarray(agents.matrices.from_trades @ of_copies)
        refuse_unbounded(market, agents.matrices, book.quantities, agents.typical(market), gradient)
        return book

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

    def _bid(self, book: Book, progress: FloatArray, own: OwnBids) -> Responses:
        """The agents' own bids as one for the market."""
        agents = self._agents
        intended = np.empty((len(self._market.goods), 2))
        for of_goods, of_copies in zip(intended.T, own.intended.T, strict=True):
            of_goods[:] = self._market.imbalance(of_copies)
        return Responses(
            trades=own.trades,
            costs=own.costs,
            bid=SlopeBid(
                intended=intended,
                slope=Slope(agents.shape, own.flexibility, own.give, own.barrier, own.limit_weights),
                held_usd=own.held_usd,
                limits=agents.limits_of_agents.count,
                progress=progress,
                idle_goods=agents.idle.goods,
                idle_balance=agents.idle.balance,
                idle_weight=agents.idle.weight,
                reservation_change=agents.idle.price_change(own.force_of_held),
                book=book,
            ),
        )


def _opening_of(book: Book) -> BidRequest:
    """What books were opened with, for agents that were not there, as in a run that goes on."""
    opening = book.opening
    none = np.zeros_like(opening.prices)
    return BidRequest(opening.prices, none, opening.barrier_usd, None, surcharges=opening.surcharges)
