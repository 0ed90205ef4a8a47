"""Markets without a grid, put on a grid of one bus."""

import numpy as np

from walras.agents import GridOperator
from walras.coordinator import Market
from walras.network import Grid


def on_one_bus(market: Market, periods: int = 1) -> Market:
    """The same market with a grid operator who has nothing to carry."""
    grid = Grid((1,), 1, (), (), (), np.zeros(0), np.zeros(0))
    return Market((*market.agents, GridOperator("grid operator", grid, np.zeros((1, periods)), 1000.0)), market.scales)
