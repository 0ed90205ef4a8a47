"""One quadratic programme by an interior-point method, where active sets fail."""

from __future__ import annotations

import clarabel
import numpy as np
import scipy.sparse as sp

from ...agents.agent import AgentError
from ...agents.arrays import FloatArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from .agent_units import ACCEPTED_EXCESS, LOOKED_FOR, AgentUnits, Limits, reach

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
    curvature, size = float(hessian.diagonal().max(initial=0.0)), 0.0
    for _ in range(LOOKED_FOR):
        units = limits.units(curvature, linear, size)
        x, gap, status = _in_units(problem, hessian, linear, units)
        largest = float(np.abs(x).max(initial=0.0))
        is_within = limits.excess(x, limits.rows @ x) <= ACCEPTED_EXCESS * max(units.size, largest)
        is_found = gap <= _ACCEPTED_GAP and is_within
        if is_found and limits.are_units_of(x, units, size):
            break
        size = largest if is_found else reach(curvature, linear)
    if not is_found:
        raise AgentError(
            f"agent {agent_name} has no best response: {tried}Clarabel ends with {status}; "
            "are its trades bounded and its constraints feasible?"
        )
    return limits.kept(x)


def _in_units(
    problem: CanonicalProblem, hessian: sp.csc_array, linear: FloatArray, units: AgentUnits
) -> tuple[FloatArray, float, str]:
    """Variables, the gap between Clarabel's objectives relative to them, and how it ends."""
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
    gap = abs(solution.obj_val - solution.obj_val_dual) / max(1.0, abs(solution.obj_val))
    return np.asarray(solution.x) * units.size, gap, str(solution.status)
