"""Solver workspaces: one agent's problem, set up once and solved for many linear terms."""

from __future__ import annotations

from typing import Protocol

import highspy
import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from ..programmes.silent_highs import SilentHighs, linear_model
from .active_sets import ActiveSet, ProximalActiveSet, is_flat
from .agent_units import Limits
from .interior_point import by_clarabel
from .polytopes.polytope import polytope
from .polytopes.projection import Projection

_DUAL_SIMPLEX, _PRIMAL_SIMPLEX = 1, 4
# Of limits, in the agent's units, and of gains, in $ per unit of a variable; HiGHS takes no smaller one.
_TOLERANCE = 1e-10
# Variables from which on sparse factors are faster than DAQP's dense ones.
_LARGE = 100


class Workspace(Protocol):
    """One agent in a solver."""

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Variables that minimise the agent's cost with this linear term, shape (n,).

        Parameters
        ----------
        linear : array of shape (n,)
        near : array of shape (goods of the agent,), optional
            Trades that the answer may be close to. What is found does not depend on it, but for rounding.

        Raises
        ------
        AgentError
            If the problem is infeasible or unbounded, or no solver finds its solution.
        """
        ...


def pure_workspace(agent_name: str, problem: CanonicalProblem) -> Workspace:
    """For prices alone: the workspace that suits the agent's cost."""
    if not len(problem.c):
        return NoChoice()
    return _by_curvature(agent_name, problem, problem.P)


def target_workspace(agent_name: str, problem: CanonicalProblem, rho: FloatArray) -> Workspace:
    """For prices and targets: the distance, weighted by rho of the agent's own copies, becomes part of the Hessian."""
    if not len(problem.c):
        return NoChoice()
    if len(problem.c) >= _LARGE and (rho > 0).all():
        shape = polytope(problem)
        if shape is not None:
            return Projection(agent_name, shape, rho)
    hessian = sp.csc_array(problem.P + problem.T.T @ sp.diags_array(rho, dtype=np.float64) @ problem.T)
    return _by_curvature(agent_name, problem, hessian)


def _by_curvature(agent_name: str, problem: CanonicalProblem, hessian: sp.csc_array) -> Workspace:
    if not hessian.count_nonzero():
        return Simplex(agent_name, problem)
    return (
        ProximalActiveSet(agent_name, problem, hessian) if is_flat(hessian) else ActiveSet(agent_name, problem, hessian)
    )


class NoChoice:
    """Agents without variables."""

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Nothing to choose."""
        return linear


class Simplex:
    """Linear agents by the primal simplex method of HiGHS: where only costs change a vertex stays feasible.

    Every search starts at the vertex that is best without prices. Where HiGHS finds no best vertex Clarabel, an
    interior-point solver, looks for a best point. The tolerances of HiGHS are absolute, and what a small agent
    needs may be below them: so variables are told in the agent's own units.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem) -> None:
        self._agent_name = agent_name
        self._problem = problem
        self._columns = np.arange(len(problem.c), dtype=np.int32)
        rows = sp.csc_array(sp.vstack([problem.A, problem.G], format="csc")) if len(problem.b) else problem.G
        limits, n = Limits(problem), len(problem.c)
        self._size = limits.units(0.0, problem.c).size
        least, most = limits.least / self._size, limits.most / self._size
        self._highs = SilentHighs()
        self._highs.setOptionValue("primal_feasibility_tolerance", _TOLERANCE)
        self._highs.setOptionValue("dual_feasibility_tolerance", _TOLERANCE)
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)
        self._highs.passModel(linear_model(problem.c, rows, (least[n:], most[n:]), (least[:n], most[:n])))
        self._highs.run()
        self._first_vertex = self._highs.getBasis()

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Minimise with this linear term."""
        # Where several vertices are best, which one is found depends on where the search starts.
        self._highs.clearSolver()
        if self._first_vertex.valid:
            self._highs.setBasis(self._first_vertex)
        self._highs.changeColsCost(len(self._columns), self._columns, linear)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            # Rarely a start from a vertex fails where one from nothing does not (HiGHS issue 1561), and the
            # primal method takes limits for none that are far away.
            self._highs.clearSolver()
            self._highs.setOptionValue("simplex_strategy", _DUAL_SIMPLEX)
            self._highs.run()
            self._highs.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)
        status = self._highs.getModelStatus()
        if status == highspy.HighsModelStatus.kOptimal:
            return np.asarray(self._highs.getSolution().col_value) * self._size
        tried = f"HiGHS ends with {self._highs.modelStatusToString(status)}, "
        return by_clarabel(self._agent_name, self._problem, self._problem.P, linear, tried)
