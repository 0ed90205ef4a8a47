"""One quadratic programme by an interior-point method, where active sets fail."""

from __future__ import annotations

import clarabel
import numpy as np
import scipy.sparse as sp

from ...agents.agent import AgentError
from ...agents.arrays import FloatArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from .agent_units import ACCEPTED_EXCESS, Limits

# Clarabel's tolerance, and the gap between its objectives that is accepted, in the agent's units.
_TOLERANCE = 1e-9
_ACCEPTED_GAP = 1e-6


def by_clarabel(
    agent_name: str, problem: CanonicalProblem, hessian: sp.csc_array, linear: FloatArray, tried: str = ""
) -> FloatArray:
    """Variables that minimise a quadratic cost by an interior-point method, which does not mind indifference.

    Parameters
    ----------
    agent_name : str
    problem : CanonicalProblem
        The constraints.
    hessian, linear : sparse array of shape (n, n), array of shape (n,)
    tried : str
        How other solvers ended before, with a comma after each, for the error.

    Raises
    ------
    AgentError
        If there are none, or none are found; it names agent, solvers, and how they ended.
    """
    limits = Limits(problem)
    units = limits.units(float(hessian.diagonal().max(initial=0.0)), linear)
    identity = sp.eye_array(len(problem.c), format="csr")
    below, above = np.isfinite(problem.lower), np.isfinite(problem.upper)
    rows = sp.vstack([problem.A, problem.G, -identity[below], identity[above]], format="csc")
    bounds = np.concatenate([problem.b, problem.h, -problem.lower[below], problem.upper[above]]) / units.size
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.max_threads = 1
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = _TOLERANCE
    cones = [clarabel.ZeroConeT(len(problem.b)), clarabel.NonnegativeConeT(len(bounds) - len(problem.b))]
    solution = clarabel.DefaultSolver(
        sp.csc_matrix(sp.triu(hessian)) * (units.size**2 / units.worth_usd),
        linear * (units.size / units.worth_usd),
        sp.csc_matrix(rows),
        bounds,
        cones,
        settings,
    ).solve()
    gap = abs(solution.obj_val - solution.obj_val_dual)
    x = np.asarray(solution.x) * units.size
    size = max(units.size, float(np.abs(x).max(initial=0.0)))
    is_within = limits.excess(x, limits.rows @ x) <= ACCEPTED_EXCESS * size
    if not (gap <= _ACCEPTED_GAP * max(1.0, abs(solution.obj_val)) and is_within):
        raise AgentError(
            f"agent {agent_name} has no best response: {tried}Clarabel ends with {solution.status}; "
            "are its trades bounded and its constraints feasible?"
        )
    return limits.kept(x)
