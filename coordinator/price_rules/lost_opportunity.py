"""What everybody loses by following a plan: the best profit at its prices, less that of the plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.arrays import BoolArray, FloatArray
from ..announcement import Prices, Responses, prices_of_copies
from ..executors.mixed_integer import BoundedResponses
from ..market import Market

# Of all that agents' costs and benefits add up to: who loses less is content.
_ROUNDING = 1e-8


@dataclass(frozen=True, eq=False)
class Lost:
    """Figures of every agent at prices.

    Parameters
    ----------
    prices : array of shape (goods,)
    paid_usd : array of shape (agents,)
        What it is paid for the plan's trades; negative where it pays. They add up to 0 where the plan clears.
    lost_usd : array of shape (agents,)
        Its lost opportunity cost, by the bound of its search: not less than it is.
    content_usd : float
        Who loses no more than that does not deviate.
    """

    prices: FloatArray
    paid_usd: FloatArray
    lost_usd: FloatArray
    content_usd: float

    @property
    def deviates(self) -> BoolArray:
        """Who would rather do something else, shape (agents,)."""
        return np.asarray(self.lost_usd > self.content_usd)

    @property
    def total_usd(self) -> float:
        """What all lose together: the dual value at these prices less the plan's benefit."""
        return float(self.lost_usd.sum())


def lost_at(market: Market, plan: Responses, prices: FloatArray, best: BoundedResponses) -> Lost:
    """What agents lose who follow a plan at prices.

    Parameters
    ----------
    market : Market
    plan : Responses
        Trades that clear, and costs.
    prices : array of shape (goods,)
    best : BoundedResponses
        What they would rather do at these prices.
    """
    worth = prices_of_copies(market, Prices(prices))
    profit = market.by_agent(worth * best.trades) - best.costs + best.shortfall_usd
    paid = market.by_agent(worth * plan.trades)
    return Lost(prices, paid, profit - (paid - plan.costs), _ROUNDING * float(np.abs(plan.costs).sum()))
