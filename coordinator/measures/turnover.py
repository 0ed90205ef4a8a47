"""The size of a market in dollars: what relative gaps are relative to."""

from __future__ import annotations

import numpy as np

from ...agents.arrays import FloatArray
from ..market import Market
from .imbalance import NEGLIGIBLE_VOLUME


def turnover_usd(market: Market, costs: FloatArray) -> float:
    """Benefits plus costs of production, from costs of shape (agents,) [$]."""
    return float(np.abs(costs[market.moves_money]).sum())


def least_turnover_usd(market: Market) -> float:
    """The turnover below which a market is taken not to trade [$]; relative gaps are then relative to it.

    Without it a market whose equilibrium is that nobody trades could never be certified.
    """
    return NEGLIGIBLE_VOLUME * float(np.linalg.norm(market.price_scale * market.volume_scale))
