"""Subgradient method: prices move against the imbalance by Polyak's step to an estimated least profit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ...agents.arrays import FloatArray
from ..announcement import Prices, Responses, prices_of_copies
from ..market import Market
from ..measures.turnover import least_turnover_usd, turnover_usd
from ..mechanism import Opening, not_answered, refuse_outside, relative_change


@dataclass(frozen=True, eq=False)
class SubgradientState:
    """The best prices so far, those on trial, and how much less all profits are thought to be somewhere.

    Parameters
    ----------
    prices : array of shape (goods,)
        Of all prices announced so far, those with the least total profit.
    next_prices : array of shape (goods,)
    profit_usd : float
        Least total profit, infinite before the first answer.
    reference_usd : float
        Least total profit when the estimate was last made.
    drop_usd : float
        By how much profits are thought to fall below that.
    path_usd : float
        How far prices have gone since, squares of lengths counted as in `Subgradient`.
    allocation : Responses
        Mean of the responses, the latest counting most.
    """

    market: Market
    prices: FloatArray
    next_prices: FloatArray
    profit_usd: float
    reference_usd: float
    drop_usd: float
    path_usd: float
    allocation: Responses
    dual_residual: float

    @property
    def announcement(self) -> Prices:
        """The prices on trial, alone, with the surcharges of the last trades."""
        return Prices(self.next_prices, self.market.surcharges(self.allocation.trades))


@dataclass(frozen=True)
class Subgradient:
    """Polyak's step with an estimated least value on the sum of all agents' profits, which is least at clearing prices.

    Nedic and Bertsekas, "Incremental subgradient methods for nondifferentiable optimization", SIAM J. Optimization
    12(1), 2001, Section 2.4, with the path-based estimate of Brannlund, 1993. The step would lead to a level if profits
    were linear: the least profit so far, less a drop. Where profits fall by half of it, the next level lies as much
    below; where prices have gone a long path without that, the drop is halved, and prices start from the best ones.
    Lengths count as price changes squared, times volume scale over price scale.

    The allocation is a mean of the responses, as in the volume algorithm: Barahona and Anbil, Math. Programming 87,
    2000. It clears in the limit; costs of means are at most means of costs.

    What an agent reveals: its best response to every price, and its cost.

    Parameters
    ----------
    drop : float
        The first one, as a share of turnover.
    path : float
        After which a drop is too large, in price scales of all goods together.
    weight : float
        Of the latest response in the mean.
    """

    drop: float = 0.01
    path: float = 0.1
    weight: float = 0.1
    name: ClassVar[str] = "subgradient"
    announces: ClassVar[type[Prices]] = Prices

    def __post_init__(self) -> None:
        """Refuse settings with which prices would not move, or never settle."""
        refuse_outside("drop", self.drop, 0, float("inf"))
        refuse_outside("path", self.path, 0, float("inf"))
        refuse_outside("weight", self.weight, 0, 1)

    def start(self, market: Market, opening: Opening) -> SubgradientState:
        """The opening's prices; of its trades the costs are not known."""
        return SubgradientState(
            market=market,
            prices=opening.prices,
            next_prices=opening.prices,
            profit_usd=float("inf"),
            reference_usd=float("inf"),
            drop_usd=0.0,
            path_usd=0.0,
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
        )

    def step(self, state: SubgradientState, responses: Responses) -> SubgradientState:
        """Go against the imbalance, or start again from the best prices with a smaller drop."""
        market = state.market
        profit_usd = float(prices_of_copies(market, state.announcement) @ responses.trades - responses.costs.sum())
        estimated = self._estimated(state, responses, profit_usd)
        improves = profit_usd < state.profit_usd
        prices = state.next_prices if improves else state.prices
        imbalance = market.imbalance(responses.trades)
        metric = market.price_scale / market.volume_scale
        squared = float(metric @ imbalance**2)
        drop_usd, path_usd, next_prices = estimated.drop_usd, estimated.path_usd, state.next_prices
        if path_usd > self.path**2 * float(market.price_scale @ market.volume_scale):
            drop_usd, path_usd, next_prices = drop_usd / 2, 0.0, prices
        elif squared > 0:
            length = max(profit_usd - estimated.reference_usd + drop_usd, 0.0) / squared
            next_prices = state.next_prices - length * metric * imbalance
            path_usd += length**2 * squared
        allocation = self._mean(state.allocation, responses) if np.isfinite(state.profit_usd) else responses
        scale_usd = max(turnover_usd(market, allocation.costs), least_turnover_usd(market))
        return replace(
            estimated,
            prices=prices,
            next_prices=next_prices,
            profit_usd=min(profit_usd, state.profit_usd),
            drop_usd=drop_usd,
            path_usd=path_usd,
            allocation=allocation,
            dual_residual=max(relative_change(market, prices - state.prices, prices), drop_usd / scale_usd),
        )

    def _estimated(self, state: SubgradientState, responses: Responses, profit_usd: float) -> SubgradientState:
        """With a new reference where profits have fallen far enough, or are known for the first time."""
        if not np.isfinite(state.profit_usd):
            turnover = max(turnover_usd(state.market, responses.costs), least_turnover_usd(state.market))
            return replace(state, reference_usd=profit_usd, drop_usd=self.drop * turnover)
        if profit_usd <= state.reference_usd - state.drop_usd / 2:
            return replace(state, reference_usd=profit_usd, path_usd=0.0)
        return state

    def _mean(self, allocation: Responses, responses: Responses) -> Responses:
        return Responses(
            (1 - self.weight) * allocation.trades + self.weight * responses.trades,
            (1 - self.weight) * allocation.costs + self.weight * responses.costs,
        )
