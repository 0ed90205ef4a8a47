"""A CVXPY problem by the first of several solvers that solves it.

HiGHS is called through SciPy, which has a build of its own: `highspy` prints a banner from 1.16 on where CVXPY
sets it up.
"""

from __future__ import annotations

import warnings
from typing import Any

import cvxpy as cp
from cvxpy.error import SolverError

Solvers = tuple[tuple[str, dict[str, Any]], ...]


def solve_by_first(problem: cp.Problem, solvers: Solvers, **settings: bool) -> str:
    """Try solvers in order until one says that its answer is optimal.

    Parameters
    ----------
    problem : cvxpy.Problem
        Its variables have the values of that answer afterwards.
    solvers : tuple of (name, options)
    settings : bool
        Of CVXPY itself.

    Returns
    -------
    str
        Empty, or how each solver ended if none solves it.
    """
    outcomes = []
    for solver, options in solvers:
        try:
            with warnings.catch_warnings():
                # CVXPY warns of an inaccurate answer; here such an answer is refused.
                warnings.simplefilter("ignore", UserWarning)
                problem.solve(solver=solver, **settings, **options)
        except SolverError as error:
            outcomes.append(f"{solver}: {error}")
            continue
        if problem.status == cp.OPTIMAL:
            return ""
        outcomes.append(f"{solver} says {problem.status}")
    return "; ".join(outcomes)
