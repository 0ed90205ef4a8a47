"""Who gains without limit at the first prices: its book would hold ever more, and no price could follow."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog

from ....agents.agent import AgentError
from ....agents.arrays import FloatArray
from ....agents.canonical.canonical_problem import CanonicalProblem
from ....agents.canonical.stacked_matrices import StackedMatrices, owners
from ...market import Market

# Who holds this many times what is typical is asked.
_MANY = 1e6
# Gains along a direction below this share of their terms are rounding.
_ROUNDING = 1e-9
_OPTIMAL = 0


def refuse_unbounded(
    market: Market,
    matrices: StackedMatrices,
    quantities: FloatArray,
    typical: FloatArray,
    revenue_gradient: FloatArray,
) -> None:
    """Make sure that every agent has a best response at the prices at which books are opened.

    Parameters
    ----------
    quantities : array of shape (variables,)
        From Newton steps, which grow without end where gains do: only who holds much is asked.
    typical : array of shape (variables,)
        Orders of magnitude.
    revenue_gradient : array of shape (variables,)
        What a unit more of each variable earns.

    Raises
    ------
    AgentError
        Names the agent and what it would trade ever more of.
    """
    is_much = ~(np.abs(quantities) <= _MANY * typical)
    for agent in np.unique(owners(matrices.variables)[is_much]).tolist():
        own = slice(*matrices.variables[agent : agent + 2].tolist())
        problem, name = matrices.problems[agent], market.agents[agent].name
        direction = _unbounded_direction(problem, revenue_gradient[own] - problem.c, typical[own])
        if direction is None:
            continue
        trades = problem.T @ direction
        largest = int(np.argmax(np.abs(trades))) if len(trades) else 0
        what = f"the more of {problem.goods[largest]} it trades" if np.any(trades) else "whatever it trades"
        raise AgentError(
            f"agent {name} gains without limit at the first prices, {what}: slope bids need trades that are bounded"
        )


def _unbounded_direction(problem: CanonicalProblem, gain: FloatArray, typical: FloatArray) -> FloatArray | None:
    """A direction that never meets a limit or curvature, and along which the agent gains; None if there is none."""
    units = sp.diags_array(typical)
    # The stubs of linprog know neither sparse matrices nor bounds in one array.
    level: Any = sp.vstack([problem.P, problem.A], format="csr") @ units
    limited: Any = problem.G @ units
    bounds: Any = np.column_stack([np.where(np.isfinite(problem.lower), 0.0, -1.0), np.isfinite(problem.upper) == 0])
    sides = np.zeros(limited.shape[0]), np.zeros(level.shape[0])
    found = linprog(-gain * typical, limited, sides[0], level, sides[1], bounds, method="highs")
    if found.status != _OPTIMAL:
        return None
    direction = np.asarray(found.x) * typical
    return direction if gain @ direction > _ROUNDING * (np.abs(gain) @ typical) else None
