"""A linear programme by the simplex method, and by an interior-point method where that fails."""

from __future__ import annotations

from typing import Any

from scipy.optimize import OptimizeResult, linprog

from ...agents.arrays import FloatArray
from .unsolved import InfeasibleProgrammeError, UnsolvedProgrammeError

# SciPy's names of what HiGHS picks by itself, and of its interior-point method.
_METHODS = ("highs", "highs-ipm")
_OPTIMAL, _INFEASIBLE = 0, 2


def linear_optimum(costs: FloatArray, **constraints: Any) -> OptimizeResult:
    """What SciPy's `linprog` finds.

    Parameters
    ----------
    costs : array of shape (n,)
    constraints
        `A_ub`, `b_ub`, `A_eq`, `b_eq` and `bounds` of `linprog`, whose stubs know dense matrices only.

    Raises
    ------
    InfeasibleProgrammeError
        If the simplex method says that no point satisfies the constraints.
    UnsolvedProgrammeError
        If neither method finds an optimum.
    """
    solve: Any = linprog
    outcomes = []
    for method in _METHODS:
        found: OptimizeResult = solve(costs, method=method, **constraints)
        if found.status == _OPTIMAL and found.x is not None:
            return found
        outcomes.append(f"{method}: {found.message}")
        if found.status == _INFEASIBLE:
            raise InfeasibleProgrammeError("; ".join(outcomes))
    raise UnsolvedProgrammeError("; ".join(outcomes))
