"""Slope bids: a market in which agents bid slopes, and prices take the Newton step these add up to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import ClassVar

import numpy as np

from ....agents.agent import AgentError
from ....agents.arrays import FloatArray
from ...announcement import BidRequest, Responses
from ...bids import SlopeBid
from ...market import Market
from ...measures.own_scale import turnovers_usd
from ...measures.turnover import least_turnover_usd
from ...mechanism import MADE_AGAIN, Opening, not_answered, refuse_outside, relative_change
from .clearing import ClearingSystem, netted_where_large
from .either_side import from_either_side
from .netting import netting

# Share of an agent's own turnover below which what its limits hold need not fall.
_ACCURACY_OF_AGENTS = 1e-9
# Shares of what is paid that do not clear: after less than the second, while prices hardly moved, more than the first
# in so many rounds in a row is a breakdown; for a few of them it happens on the way.
_LOST, _NEARLY_CLEAR, _NEARLY_SETTLED = 1e-2, 1e-6, 1e-3
_MOST_ROUNDS_LOST = 20
# Where all go this share of their steps and this share of what did not clear still does not, rounding is to blame.
# Less than a share of all that is paid is no matter.
_ALL_THE_WAY, _BLUNT, _EXACT = 0.99, 0.5, 1e-9
# How totals stand for other rows of the coordinator's system: digits that one way loses another may keep.
_NETS = (netted_where_large, partial(netting, from_either_side))


@dataclass(frozen=True, eq=False)
class SlopeBidsState:
    """Prices of the allocation, the next ones with a request for bids, and the structure of the slopes.

    `least_off` is the least share of what is paid that did not clear in a round after which prices hardly moved, and
    `rounds_lost` counts the last rounds in which much more did not. `off` is that share in the last round, and `turns`
    counts how often the coordinator's system was told in another way, since a solution had left as much; `traded` is
    what was traded of each good when it was last told.
    """

    market: Market
    prices: FloatArray
    announcement: BidRequest
    allocation: Responses
    dual_residual: float
    least_off: float
    rounds_lost: int
    round_number: int
    traded: FloatArray
    off: float = float("inf")
    turns: int = 0
    clearing: ClearingSystem | None = field(default=None, metadata=MADE_AGAIN)


@dataclass(frozen=True)
class SlopeBids:
    """Interior-point coordination: the rounds are the iterations of an interior-point method.

    **As a market.** In each round the coordinator announces prices and a barrier: the dollars that room
    times worth of each of an agent's limits is to have, so that trades answer prices smoothly
    even where marginal cost is constant. Each agent keeps a private book of its quantities and of
    what its limits are worth to it. It moves its book one Newton step toward the best response at
    these prices and this barrier, as far as its own limits allow, and bids: its trades, the change
    of trades that it intends next, and its slope, by how much its trades answer prices. The slopes
    of the two parties to a contract act in series, and the coordinator solves for the change of
    prices at which everybody's intended trades clear. The barrier falls as agents keep pace.

    **What an agent reveals.** Once, the shape of its slope (which variables share a total or a
    trade). In each round, trades and intended changes of its goods; one number for each variable,
    total, and limit (see `Slope`); the dollars held by its barrier, and by how many limits; how much of its
    step it went; of goods that nobody can be on the other side of, the price at which it would just begin to trade.
    Costs are only revealed as slopes and as the sum that every response tells. More than under
    ADMM: who sees all bids of an agent can work out what it holds in reserve.

    **As an algorithm.** A primal-dual interior-point method on the market's welfare problem, in
    which the agents' blocks are eliminated by the agents and the prices are what remains. Smoothed
    agents and Newton steps on prices: Necoara and Suykens, "Interior-point Lagrangian decomposition
    method for separable convex optimization", J. Optim. Theory Appl. 143(3), 2009. Elimination by
    blocks: Zavala, Laird and Biegler, Chem. Eng. Sci. 63(19), 2008; Petra, Schenk and Anitescu,
    Comput. Sci. Eng. 16(5), 2014 (PIPS-IPM). The rule for the barrier follows Mehrotra, SIAM J.
    Optim. 2(4), 1992, with the steps of the last round for those of a predictor, so there is one
    exchange a round. Unlike all of these, each agent has a step length of its own: what it could
    not follow stays as a residual in its book and as imbalance, which the next step takes up.

    Parameters
    ----------
    opening_barrier : float
        First barrier, in multiples of the median of price scale times volume scale.
    caution : float
        The barrier becomes ``(1 - mean progress) ** caution`` times the mean of room times worth.
    smallest_cut, largest_cut : float
        Bounds of that factor.
    longest_move : float
        Most that a price changes in a round, in multiples of its scale, so that no price overflows. Where
        demand is steep Newton's steps are long, and cut one by one they lead elsewhere.
    accuracy : float
        Share of what is traded, at typical prices, below which barriers need not fall: all limits together hold
        that much, and those of an agent little of its own turnover. Also the share of its volume scale below which
        a good counts as not traded, so that its price need not settle.
    """

    opening_barrier: float = 5.0
    caution: float = 2.0
    smallest_cut: float = 0.02
    largest_cut: float = 0.9
    longest_move: float = 1e9
    accuracy: float = 1e-12
    name: ClassVar[str] = "slope bids"
    announces: ClassVar[type[BidRequest]] = BidRequest

    def __post_init__(self) -> None:
        """Refuse settings under which the barrier does not fall."""
        refuse_outside("opening_barrier", self.opening_barrier, 0, float("inf"))
        refuse_outside("caution", self.caution, 0, float("inf"))
        refuse_outside("smallest_cut", self.smallest_cut, 0, 1)
        refuse_outside("largest_cut", self.largest_cut, 0, 1)
        refuse_outside("longest_move", self.longest_move, 0, float("inf"))
        refuse_outside("accuracy", self.accuracy, 0, 1)

    def start(self, market: Market, opening: Opening) -> SlopeBidsState:
        """The opening's prices; the agents open their books at them.

        Raises
        ------
        AgentError
            If the market discloses intensities: a surcharge falls steeply as trades do, and a Newton step that takes it
            for constant goes astray. Its slope would be that of a middleman between lender and takers, whose cost
            ``kappa e (q - V ln q)`` is no quadratic programme, as bids ask of every agent.
        """
        if market.disclosures:
            raise AgentError(
                "slope bids do not know ex ante disclosure: a surcharge changes with what is traded, and bids have no "
                "slope for it; use admm, or disclosure ex_post"
            )
        worth_usd = market.price_scale * market.volume_scale
        middle = len(worth_usd) // 2
        typical_usd = float(np.partition(worth_usd, middle)[middle]) if len(worth_usd) else 0.0
        barrier_usd = self.opening_barrier * typical_usd
        return SlopeBidsState(
            market=market,
            prices=opening.prices,
            announcement=BidRequest(opening.prices, np.zeros(len(market.goods)), barrier_usd, None),
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
            least_off=float("inf"),
            rounds_lost=0,
            round_number=0,
            traded=np.zeros(len(market.goods)),
        )

    def step(self, state: SlopeBidsState, responses: Responses) -> SlopeBidsState:
        """Change prices so that the intended trades clear.

        Raises
        ------
        FloatingPointError
            If hardly anything clears any more after nearly everything has: so many digits are lost to rounding where
            barriers are next to nothing.
        ValueError
            If the responses hold no bids.
        """
        market, bid = state.market, responses.bid
        if bid is None:
            raise ValueError("the responses hold no slope bids, which were asked for")
        is_alone = np.bincount(bid.idle_balance)[bid.idle_balance] == 1
        imbalance, traded = market.imbalance(responses.trades), market.imbalance(np.abs(responses.trades))
        # Not turnover: where demand is steep, benefits are a multiple of all that is ever paid.
        paid_usd = max(float(market.price_scale @ traded) / 2, least_turnover_usd(market))
        off = float(market.price_scale @ np.abs(imbalance)) / paid_usd if paid_usd else 0.0
        # Trades are linear: where everybody goes all the way, what does not clear then was lost by the solution.
        is_blunt = off > max(_BLUNT * state.off, _EXACT) and bid.progress.min(initial=1.0) >= _ALL_THE_WAY
        turns, clearing = (state.turns + 1, None) if is_blunt else (state.turns, state.clearing)
        traded_then = traded if is_blunt or state.round_number == 0 else state.traded
        if clearing is None:
            nets = _NETS[turns % len(_NETS)]
            clearing = ClearingSystem(market, bid.slope.shape, bid.idle_goods[is_alone], nets, traded_then)
        rounds_lost = state.rounds_lost + 1 if off > _LOST and state.least_off < _NEARLY_CLEAR else 0
        if rounds_lost > _MOST_ROUNDS_LOST:
            raise FloatingPointError(
                f"rounding: {off:.0e} of what is paid does not clear, after all but {state.least_off:.0e} did"
            )
        barrier_usd = self._barrier_usd(state, responses, bid, paid_usd)
        missing = -(bid.intended @ np.array([1.0, barrier_usd]) + imbalance)
        told = np.zeros(len(market.goods))
        told[bid.idle_goods[is_alone]] = bid.reservation_change[bid.idle_balance[is_alone]]
        newton = clearing.price_change(bid.slope, missing, told)
        longest = self.longest_move * market.price_scale
        change = np.minimum(np.maximum(newton, -longest), longest)
        change[bid.idle_goods] += _to_reservation(bid, change[bid.idle_goods])
        prices = state.announcement.prices
        next_prices = prices + change
        # Where a party cannot trade, any price that is low enough clears, and prices fall without end.
        is_traded = traded > self.accuracy * market.volume_scale
        dual_residual = relative_change(market, change * is_traded, next_prices * is_traded)
        return replace(
            state,
            prices=prices,
            announcement=BidRequest(next_prices, change, barrier_usd, bid.book),
            clearing=clearing,
            # Books and slopes are for the next round only.
            allocation=Responses(responses.trades, responses.costs),
            dual_residual=dual_residual,
            off=off,
            turns=turns,
            traded=traded_then,
            rounds_lost=rounds_lost,
            least_off=min(state.least_off, off) if dual_residual < _NEARLY_SETTLED else state.least_off,
            round_number=state.round_number + 1,
        )

    def _barrier_usd(self, state: SlopeBidsState, responses: Responses, bid: SlopeBid, paid_usd: float) -> float:
        market, limits = state.market, bid.limits
        lag: float = (1 - float(bid.progress.mean())) ** self.caution
        cut = min(max(lag, self.smallest_cut), self.largest_cut)
        # Everybody's own turnover bounds it too: what is nothing to the market may be all that a small agent is paid.
        every, of_each = max(int(limits.sum()), 1), np.maximum(limits, 1)
        own_usd = turnovers_usd(market, state.announcement.prices[market.good_of_copy], responses.trades)
        accurate_usd = min(
            self.accuracy * paid_usd / every, float((_ACCURACY_OF_AGENTS * own_usd / of_each).min(initial=np.inf))
        )
        return max(cut * float(bid.held_usd.sum()) / every, accurate_usd)


def _to_reservation(bid: SlopeBid, change: FloatArray) -> FloatArray:
    """What idle goods' changes of prices lack, along the weights of each balance, of their reservation prices."""
    weight, balance = bid.idle_weight, bid.idle_balance
    along = np.bincount(balance, weight * change) / np.bincount(balance, weight * weight)
    return np.asarray(weight * (bid.reservation_change - along)[balance])
