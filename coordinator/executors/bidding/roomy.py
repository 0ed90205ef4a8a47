"""Agents whose limits leave no room are restated, so that all books can be kept within limits."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import FloatArray, IntArray
from ....agents.canonical.stacked_matrices import owners, stacked_matrices
from ...market import Market
from .all_agents import stack_market
from .implied import pinned
from .restated import restated
from .stacked_agents import StackedAgents, bounds_with_forced

# Who keeps this share of typical quantities from all limits has room, and is not asked.
_ROOM = 1e-6
_COMPLIANT = 1e-9
# Sides of inequalities below this share of what typical quantities make of the row count as this share.
_LEAST_SIDE = 1e-6


def roomy_agents(market: Market, agents: StackedAgents, quantities: FloatArray) -> StackedAgents:
    """The same agents, with those restated who have no room between their limits.

    Parameters
    ----------
    quantities : array of shape (variables,)
        From Newton steps, which find room wherever there is some: only who shows none is asked.
    """
    typical = agents.typical(market)
    # Without what clearing holds: who would leave a bound at another price must be heard.
    lower, upper = bounds_with_forced(agents.matrices)
    is_fixed = lower >= upper
    problems, changed = list(agents.matrices.problems), False
    for agent in _without_room(agents, quantities, typical).tolist():
        own = slice(*agents.matrices.variables[agent : agent + 2].tolist())
        found = pinned(problems[agent], lower[own], upper[own], typical[own])
        if found is not None:
            problems[agent], changed = restated(problems[agent], found, typical[own], is_fixed[own]), True
    return stack_market(market, stacked_matrices(problems)) if changed else agents


def _without_room(agents: StackedAgents, quantities: FloatArray, typical: FloatArray) -> IntArray:
    """Who is not shown to have room by these quantities."""
    matrices = agents.matrices
    lower, upper = agents.ranges()
    room = np.minimum(quantities - lower, upper - quantities)
    room[agents.fixed] = np.inf
    size = abs(matrices.rows) @ np.maximum(typical, np.abs(quantities))
    excess = matrices.rows @ quantities - np.concatenate([matrices.b, matrices.h])
    equalities = len(matrices.b)
    limiting = agents.limiting_rows
    # A small unit has many customers whose typical trades are beyond its capacity.
    side = np.clip(np.abs(matrices.h[agents.limiting]), _LEAST_SIDE * size[limiting], size[limiting])
    suspects = [
        owners(matrices.variables)[~(room > _ROOM * typical)],
        owners(matrices.equalities)[~(np.abs(excess[:equalities]) <= _COMPLIANT * size[:equalities])],
        owners(matrices.inequalities)[agents.limiting[~(-excess[limiting] > _ROOM * side)]],
    ]
    return np.unique(np.concatenate(suspects))
