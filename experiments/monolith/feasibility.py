"""How much workload a market can serve at all (Assumption 2 of arXiv 2602.19310)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from ...agents import Agent, Hyperscaler, canonicalise
from ...coordinator import Market
from .mlcp import stack_problems

# Workloads are scaled up to this factor at most; a market without workload serves any multiple.
LARGEST_FACTOR = 1e4


def servable_factor(market: Market) -> float | None:
    """Largest common factor on all workloads that lines, units and datacenters can serve.

    The right-hand sides of the agents' constraints are affine in the workload, so one linear
    programme over all agents' variables and the factor tells.

    Returns
    -------
    float or None
        At most `LARGEST_FACTOR`; None if not even zero workload can be served.
    """
    problems = tuple(canonicalise(agent) for agent in market.agents)
    idle = tuple(
        canonicalise(_without_workload(agent)) if isinstance(agent, Hyperscaler) else problem
        for agent, problem in zip(market.agents, problems, strict=True)
    )
    full, empty = stack_problems(market, problems), stack_problems(market, idle)
    upper_side = empty.h
    equal_side = np.concatenate([empty.b, -empty.k])
    row_lower = np.concatenate([np.full(len(upper_side), -np.inf), equal_side])
    row_upper = np.concatenate([upper_side, equal_side])
    slope = np.concatenate([full.h, full.b, -full.k]) - row_upper
    rows = sp.hstack([sp.vstack([full.G, full.A, full.K]), sp.csr_array(-slope[:, None])], format="csr")
    solution = milp(
        c=np.append(np.zeros(len(full.c)), -1.0),
        constraints=LinearConstraint(rows, row_lower, row_upper),
        bounds=Bounds(np.append(full.lower, 0.0), np.append(full.upper, LARGEST_FACTOR)),
    )
    return float(solution.x[-1]) if solution.status == 0 else None


def _without_workload(hyperscaler: Hyperscaler) -> Agent:
    return replace(hyperscaler, workload_mwh=np.zeros_like(hyperscaler.workload_mwh))
