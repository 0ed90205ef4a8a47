"""What the agents' answers prove: no plan is worth more than they all have together at announced prices."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...agents.arrays import FloatArray
from ..announcement import Announcement, prices_of_copies
from ..executors.mixed_integer import BoundedResponses, MixedIntegerMarket
from ..market import Market


@dataclass(eq=False)
class DualBound:
    """Answers announcements, and keeps the prices of the least bound.

    Everett, "Generalized Lagrange multiplier method for solving problems of optimum allocation of resources",
    Operations Research 11(3), 1963; each site counts with the bound of its search, never with its response alone.

    Parameters
    ----------
    market : Market
    respond : MixedIntegerMarket
        What answers.

    Attributes
    ----------
    last_usd, best_usd : float
        Bound at the last prices, and the least one; infinite before the first answer.
    best_prices : array of shape (goods,)
        Where the least one is reached; zeros before the first answer.
    best_responses : BoundedResponses
        What was answered there.
    """

    market: Market
    respond: MixedIntegerMarket
    last_usd: float = field(default=float("inf"), init=False)
    best_usd: float = field(default=float("inf"), init=False)
    best_prices: FloatArray = field(init=False)
    best_responses: BoundedResponses = field(init=False)

    def __post_init__(self) -> None:
        """No prices are known."""
        self.best_prices = np.zeros(len(self.market.goods))

    def __call__(self, announcement: Announcement) -> BoundedResponses:
        """Responses of all agents."""
        responses = self.respond(announcement)
        self.last_usd = _dual_usd(self.market, announcement, responses)
        if self.last_usd < self.best_usd:
            self.best_usd, self.best_prices = self.last_usd, announcement.prices
            self.best_responses = responses
        return responses


def _dual_usd(market: Market, announcement: Announcement, responses: BoundedResponses) -> float:
    """What all agents have together, by the bounds of their searches."""
    income_usd = float(prices_of_copies(market, announcement) @ responses.trades)
    return income_usd + float((responses.shortfall_usd - responses.costs).sum())
