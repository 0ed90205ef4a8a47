"""The same market with another weight on cost, without declaring its agents anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from ...agents.agent import Agent
from ...agents.arrays import IntArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from ...agents.canonical.declared import Declared, DeclaredAgents
from ...agents.canonical.stacked_matrices import StackedMatrices
from ...agents.goods import Good
from ...agents.hyperscaler import Hyperscaler
from ...coordinator.market import Market

# What a market works out from declarations that does not depend on their costs.
_WITHOUT_COSTS = ("goods", "good_index", "good_of_copy", "agent_of_copy", "copies_of_agents", "trade_maps")


def weighing(agents: tuple[Agent, ...], alpha: float) -> tuple[Agent, ...]:
    """Agents whose hyperscalers all have one weight on cost."""
    return tuple(replace(agent, cost_weight=alpha) if isinstance(agent, Hyperscaler) else agent for agent in agents)


def weighed_market(market: Market, alpha: float, matrices: StackedMatrices) -> Market:
    """A market whose hyperscalers all have one weight on cost, and what is known of it.

    Parameters
    ----------
    market : Market
        The same with another weight.
    alpha : float
    matrices : StackedMatrices
        Those of all agents with this weight.
    """
    agents = weighing(market.agents, alpha)
    result = Market(agents, market.scales)
    known: dict[str, Any] = {name: getattr(market, name) for name in _WITHOUT_COSTS}
    result.__dict__.update(known, declared=_WithOtherCosts(market.declared, agents), matrices=matrices)
    return result


@dataclass(frozen=True, eq=False)
class _WithOtherCosts:
    """Agents that trade the goods of others, in that order."""

    known: Declared
    agents: tuple[Agent, ...]

    @property
    def goods(self) -> tuple[tuple[Good, ...], ...]:
        return self.known.goods

    @property
    def distinct_goods(self) -> tuple[Good, ...]:
        return self.known.distinct_goods

    @property
    def good_numbers(self) -> IntArray:
        return self.known.good_numbers

    @cached_property
    def problems(self) -> tuple[CanonicalProblem, ...]:
        return DeclaredAgents(self.agents).problems
