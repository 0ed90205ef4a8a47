"""Who cannot comply with its own constraints: an interior-point method alone would never say."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import linprog

from ....agents.agent import AgentError
from ....agents.arrays import FloatArray
from ....agents.canonical.canonical_problem import CanonicalProblem
from ....agents.canonical.stacked_matrices import StackedMatrices, owners
from ...market import Market
from .held import IdleGoods

# What quantities may lack of a row, relative to its terms, before their agent is asked.
_COMPLIANT = 1e-9
_INFEASIBLE = 2


def refuse_infeasible(market: Market, matrices: StackedMatrices, idle: IdleGoods, quantities: FloatArray) -> None:
    """Make sure that every agent can comply, also without the goods that clearing leaves idle.

    Parameters
    ----------
    quantities : array of shape (variables,)
        From Newton steps, which lead to compliance wherever there is a way: only who does not comply is asked.

    Raises
    ------
    AgentError
        If no quantities satisfy all constraints of some agent, or none that the market can clear with.
    """
    suspects = _suspects(matrices, quantities)
    if not suspects:
        return
    held = idle.held(*matrices.bounds())
    for agent in suspects:
        name, problem = market.agents[agent].name, matrices.problems[agent]
        if _is_infeasible(problem, problem.lower, problem.upper):
            raise AgentError(f"agent {name} has no feasible trades: its constraints contradict each other")
        own = slice(matrices.variables[agent], matrices.variables[agent + 1])
        if _is_infeasible(problem, *(bounds[own] for bounds in held)):
            goods = {market.goods[good] for good in idle.goods}.intersection(problem.goods)
            raise AgentError(
                f"agent {name} cannot keep its constraints without trading {min(map(str, goods))}, "
                "of which nobody can be on the other side: the market cannot clear"
            )


def _suspects(matrices: StackedMatrices, quantities: FloatArray) -> list[int]:
    right = np.concatenate([matrices.b, matrices.h])
    excess = matrices.rows @ quantities - right
    equalities = len(matrices.b)
    np.abs(excess[:equalities], out=excess[:equalities])
    # What has overflowed does not comply.
    is_broken = ~(excess <= _COMPLIANT * (abs(matrices.rows) @ np.abs(quantities) + np.abs(right)))
    lower, upper = matrices.bounds()
    suspected = [
        owners(begins)[is_suspect]
        for begins, is_suspect in (
            (matrices.equalities, is_broken[:equalities]),
            (matrices.inequalities, is_broken[equalities:]),
            (matrices.variables, lower > upper),
        )
    ]
    return [int(agent) for agent in np.unique(np.concatenate(suspected))]


def _is_infeasible(problem: CanonicalProblem, lower: FloatArray, upper: FloatArray) -> bool:
    if (lower > upper).any():
        return True
    # The stubs of linprog know neither sparse matrices nor bounds in one array.
    G: Any = problem.G
    A: Any = problem.A
    bounds: Any = np.column_stack([lower, upper])
    found = linprog(np.zeros(len(problem.c)), G, problem.h, A, problem.b, bounds, method="highs")
    return int(found.status) == _INFEASIBLE
