"""The verdict: one measure of how far any result is from solving the problem, whoever found it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ....coordinator.announcement import Responses
from ....coordinator.certificate import certify_if_possible
from ....coordinator.executor import Respond
from ....coordinator.market import Market
from ...settlement.stacked_market import StackedMarket


@dataclass(frozen=True)
class Verdict:
    """Relative gap, imbalance and infeasibility; a result that does not exist is infinitely far off."""

    relative_gap: float = float("inf")
    max_relative_imbalance: float = float("inf")
    infeasibility: float = float("inf")

    def reaches(self, tolerance: float) -> bool:
        """Whether all three are within the tolerance."""
        return max(self.relative_gap, self.max_relative_imbalance, self.infeasibility) <= tolerance


def verdict(
    market: Market, prices: FloatArray, allocation: Responses, respond: Respond, infeasibility: float
) -> Verdict:
    """Certify an allocation at prices by the regrets of all agents; where these cannot be told, the gap is infinite.

    Parameters
    ----------
    prices : array of shape (goods,)
    allocation : Responses
    respond : callable
        What an executor compiled, asked for pure best responses.
    infeasibility : float
        How far the allocation violates agents' own limits; regrets do not see this.
    """
    certificate = certify_if_possible(market, prices, allocation, respond)
    return Verdict(certificate.relative_gap, certificate.max_relative_imbalance, infeasibility)


def infeasibility(stacked: StackedMarket, x: FloatArray) -> float:
    """2-norm by which all agents' variables violate constraints and bounds, relative to that of their trades."""
    s = stacked
    violations = [
        s.A @ x - s.b,
        np.maximum(s.G @ x - s.h, 0.0),
        np.maximum(x - s.upper, 0.0),
        np.maximum(s.lower - x, 0.0),
    ]
    return relative_norm(np.concatenate(violations), s.T @ x + s.trade_offset)


def relative_norm(violation: FloatArray, trades: FloatArray) -> float:
    """Quotient of two 2-norms; where nothing is traded, the first one."""
    volume = float(np.linalg.norm(trades))
    return float(np.linalg.norm(violation)) / (volume if volume > 0 else 1.0)
