"""Mechanisms that follow a map and ask nobody: what an acceleration does to them is known by hand."""

from dataclasses import dataclass, replace

import numpy as np
from cases import two_agents

from walras.coordinator import Market, NearTargets, Responses, cold_opening, not_answered

MARKET = two_agents.rising_cost().market
NOTHING = Responses(np.zeros(2), np.zeros(2))


@dataclass(frozen=True, eq=False)
class PointState:
    """A mechanism's state that is nothing but a vector."""

    market: Market
    point: np.ndarray
    dual_residual: float = 0.0

    @property
    def prices(self):
        return self.point

    @property
    def allocation(self):
        return not_answered(self.market, cold_opening(self.market))

    @property
    def announcement(self):
        return NearTargets(self.point, np.ones_like(self.point), self.point)


@dataclass(frozen=True)
class Mapped:
    """The mechanism that follows a map and asks nobody."""

    function: object
    first: tuple
    name = "mapped"
    announces = NearTargets

    def start(self, market, opening):
        return PointState(market, np.array(self.first, dtype=float))

    def step(self, state, responses):
        return replace(state, point=self.function(state.point))

    def coupling(self, state):
        return state.point

    def at_coupling(self, state, coupling):
        return replace(state, point=coupling)

    def is_same_map(self, before, after):
        return True


def states(mechanism, count):
    """The start and the states after `count` steps."""
    found = [mechanism.start(MARKET, cold_opening(MARKET))]
    for _ in range(count):
        found.append(mechanism.step(found[-1], NOTHING))
    return found
