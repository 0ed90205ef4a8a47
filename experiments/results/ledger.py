"""The ledger: who traded what at which price, looked up by agent and good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from ...agents.agent import Agent
from ...agents.arrays import FloatArray
from ...agents.goods import Good
from ...agents.grid_operator import GridOperator
from ...coordinator.announcement import Responses
from ...coordinator.market import Market

A = TypeVar("A", bound=Agent)


@dataclass(frozen=True, eq=False)
class Ledger:
    """Prices and an allocation of a market.

    Parameters
    ----------
    market : Market
    prices : array of shape (goods,)
    allocation : Responses
    """

    market: Market
    prices: FloatArray
    allocation: Responses

    def of_kind(self, kind: type[A]) -> list[A]:
        """All agents of a kind, in the order of the market."""
        return [agent for agent in self.market.agents if isinstance(agent, kind)]

    @property
    def grid_operator(self) -> GridOperator:
        """The one grid operator.

        Raises
        ------
        ValueError
            If the market has none or several.
        """
        operators = self.of_kind(GridOperator)
        if len(operators) != 1:
            raise ValueError(f"the market has {len(operators)} grid operators; nodal results need exactly one")
        return operators[0]

    @cached_property
    def _trades(self) -> dict[str, dict[Good, float]]:
        market, quantities = self.market, self.allocation.trades
        return {
            agent.name: dict(zip(goods, quantities[copies].tolist(), strict=True))
            for agent, goods, copies in zip(market.agents, market.goods_of_agents, market.copies_of_agents, strict=True)
        }

    def trades(self, agent: Agent) -> dict[Good, float]:
        """Signed quantities of an agent by good."""
        return self._trades[agent.name]

    def quantities(self, agent: Agent, goods: Iterable[Good], periods: int) -> FloatArray:
        """Signed quantities of some goods of an agent, hour by hour within each: shape (goods / periods, periods)."""
        trades = self.trades(agent)
        return np.array([trades[good] for good in goods]).reshape(-1, periods)

    def price(self, good: Good) -> float:
        """Price of a good, in $ per unit."""
        return float(self.prices[self.market.good_index[good]])

    def price_table(self, goods: Iterable[Good], periods: int) -> FloatArray:
        """Prices of some goods, hour by hour within each: shape (goods / periods, periods)."""
        return np.array([self.price(good) for good in goods]).reshape(-1, periods)
