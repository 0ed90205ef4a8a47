"""How far a market can be stretched before nothing clears (Assumption 2 of arXiv 2602.19310)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...agents.agent import Agent
from ...agents.arrays import FloatArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from ...agents.canonical.declared import canonicalise
from ...agents.consumer import Consumer
from ...agents.goods import Family
from ...agents.hyperscaler import Hyperscaler
from ...agents.producer import Producer
from ...coordinator.market import Market
from ...coordinator.programmes.linear_programme import linear_optimum
from ...coordinator.programmes.unsolved import InfeasibleProgrammeError
from .stacked_market import StackedMarket, clearing_matrix

# Factors are looked for up to this one; a market without workload serves any multiple.
LARGEST_FACTOR = 1e4


@dataclass(frozen=True)
class Limit:
    """The largest factor on some obligations of a market at which it still clears.

    Parameters
    ----------
    factor : float
        At most `LARGEST_FACTOR`.
    binding : tuple of (agent name, names of those it deals with)
        The obligations that end it, those that cost most first.
    """

    factor: float
    binding: tuple[tuple[str, tuple[str, ...]], ...]


def largest_workload(market: Market, stacked: StackedMarket) -> Limit | None:
    """Largest common factor on all workloads that lines, units and datacenters can serve.

    None if not even zero workload can be served. Raises UnsolvedProgrammeError if no solver can say.
    """
    return _largest_factor(market, stacked, _without_workload)


def largest_forward_position(market: Market, stacked: StackedMarket) -> Limit | None:
    """Largest common factor on all forward contracts that can be met at the market's workload.

    None if the market does not clear even without them. Raises UnsolvedProgrammeError if no solver can say.
    """
    return _largest_factor(market, stacked, _without_forward_contracts)


def _largest_factor(market: Market, full: StackedMarket, relieved: Callable[[Agent], Agent]) -> Limit | None:
    """Stretch the obligations from those of relieved agents to the market's own and beyond.

    The sides of the agents' constraints are affine in the factor and nothing else depends on it, so one linear
    programme over all agents' variables and the factor tells.
    """
    problems = []
    for agent, problem in zip(market.agents, market.problems, strict=True):
        other = relieved(agent)
        problems.append(problem if other is agent else canonicalise(other))
    lower, upper_side, equal_side = _sides(market, problems)
    bounded = np.flatnonzero(full.lower != lower)
    bound_rows = -sp.eye_array(len(full.c), format="csr")[bounded]
    upper_rows, equal_rows = sp.vstack([full.G, bound_rows]), sp.vstack([full.A, full.K])
    upper_side = np.concatenate([upper_side, -lower[bounded]])
    upper_slope = np.concatenate([full.h, -full.lower[bounded]]) - upper_side
    equal_slope = np.concatenate([full.b, -full.k]) - equal_side
    lower[bounded] = -np.inf
    try:
        solution = linear_optimum(
            np.append(np.zeros_like(full.c), -1.0),
            A_ub=_with_column(upper_rows, -upper_slope),
            b_ub=upper_side,
            A_eq=_with_column(equal_rows, -equal_slope),
            b_eq=equal_side,
            bounds=np.column_stack([np.append(lower, 0.0), np.append(full.upper, LARGEST_FACTOR)]),
        )
    except InfeasibleProgrammeError:
        return None
    pressure = np.abs(solution.ineqlin.marginals * upper_slope)
    ranked = [int(row) for row in np.argsort(-pressure, kind="stable") if pressure[row] > 1e-9]
    rows = sp.csr_array(upper_rows)
    rows.eliminate_zeros()
    return Limit(float(solution.x[-1]), tuple(_parties(market, full, rows[[row]]) for row in ranked))


def _sides(market: Market, problems: Sequence[CanonicalProblem]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Lower bounds, sides of inequalities, and of equalities with clearing, where problems stand for the agents."""
    lower, h, b, trade_offset = (
        np.concatenate([getattr(problem, name) for problem in problems]) for name in ("lower", "h", "b", "trade_offset")
    )
    return lower, h, np.concatenate([b, -(clearing_matrix(market) @ trade_offset)])


def _with_column(rows: Any, column: FloatArray) -> sp.csr_array:
    return sp.csr_array(sp.hstack([rows, sp.csr_array(column[:, None])], format="csr"))


def _parties(market: Market, stacked: StackedMarket, row: sp.csr_array) -> tuple[str, tuple[str, ...]]:
    """Whose constraint a row over all variables is, and with whom it contracts over them."""
    copies = np.unique(sp.csr_array(stacked.T[:, row.indices]).nonzero()[0])
    agent = market.agents[market.agent_of_copy[copies[0]]].name
    goods = [market.goods[market.good_of_copy[copy]] for copy in copies]
    contracts = [good for good in goods if good.family == Family.CONTRACT]
    others = (good.buyer if good.seller == agent else good.seller for good in contracts)
    return agent, tuple(dict.fromkeys(others))


def _without_workload(agent: Agent) -> Agent:
    return replace(agent, workload_mwh=np.zeros_like(agent.workload_mwh)) if isinstance(agent, Hyperscaler) else agent


def _without_forward_contracts(agent: Agent) -> Agent:
    if isinstance(agent, Producer) and agent.forward_contracts:
        void = (replace(f, at_least_mwh=np.zeros_like(f.at_least_mwh)) for f in agent.forward_contracts)
        return replace(agent, forward_contracts=tuple(void))
    if isinstance(agent, Consumer) and agent.forward_purchase_mwh is not None:
        return replace(agent, forward_purchase_mwh=np.zeros_like(agent.forward_purchase_mwh))
    return agent
