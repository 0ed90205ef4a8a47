"""All agents of a market, stacked, with what is to be found once for all of them."""

from __future__ import annotations

import numpy as np

from ....agents.canonical.stacked_matrices import StackedMatrices
from ...market import Market
from ...quasidefinite.quasidefinite import TOGETHER
from .idle import idle_goods
from .stacked_agents import StackedAgents, bounds_with_forced, stack_agents


def stack_market(market: Market, matrices: StackedMatrices) -> StackedAgents:
    """All agents of a market, with what depends on all of them."""
    lower, upper = bounds_with_forced(matrices)
    idle = idle_goods(market, matrices, lower, upper)
    return stack_agents(market, matrices, idle.held(lower, upper), idle, typical_steepness(market), TOGETHER)


def typical_steepness(market: Market) -> float:
    """The median of price over volume [$ per unit squared], 0 without goods."""
    return float(np.median(market.price_scale / market.volume_scale)) if len(market.goods) else 0.0
