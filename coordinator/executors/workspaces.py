"""Solver workspaces: one agent's problem, set up once and solved for many linear terms."""

from __future__ import annotations

from typing import Protocol

import daqp
import highspy
import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from ..programmes.silent_highs import SilentHighs, linear_model
from .interior_point import by_clarabel
from .polytopes.polytope import polytope
from .polytopes.projection import Projection

_DAQP_EQUALITY = 5
_DUAL_SIMPLEX, _PRIMAL_SIMPLEX = 1, 4
# Weight of DAQP's proximal iterations, relative to the largest curvature, where some directions have none.
_PROXIMAL_SHARE = 1e-3
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
    if problem.P.count_nonzero():
        return ActiveSet(agent_name, problem, problem.P)
    return Simplex(agent_name, problem)


def target_workspace(agent_name: str, problem: CanonicalProblem, rho: FloatArray) -> Workspace:
    """For prices and targets: the distance, weighted by rho of the agent's own copies, becomes part of the Hessian."""
    if not len(problem.c):
        return NoChoice()
    if len(problem.c) >= _LARGE and (rho > 0).all():
        shape = polytope(problem)
        if shape is not None:
            return Projection(agent_name, shape, rho)
    hessian = sp.csc_array(problem.P + problem.T.T @ sp.diags_array(rho, dtype=np.float64) @ problem.T)
    if not hessian.count_nonzero():
        return Simplex(agent_name, problem)
    return ActiveSet(agent_name, problem, hessian)


class NoChoice:
    """Agents without variables."""

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Nothing to choose."""
        return linear


class ActiveSet:
    """Quadratic agents by DAQP, a dense dual active-set solver exact to rounding.

    The factorised Hessian is kept. Where agents are nearly indifferent DAQP may cycle; there, and wherever else
    it fails, Clarabel, an interior-point solver, takes over.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem, hessian: sp.csc_array) -> None:
        self._agent_name = agent_name
        self._problem = problem
        self._hessian = hessian
        dense = hessian.toarray()
        # Variables in units of their curvature: prices of goods differ by decades, which makes DAQP cycle.
        self._units = _curvature_units(dense)
        dense = self._units[:, None] * dense * self._units
        upper = np.concatenate([problem.upper / self._units, problem.b, problem.h])
        lower = np.concatenate([problem.lower / self._units, problem.b, np.full(len(problem.h), -np.inf)])
        sense = np.zeros(len(upper), dtype=np.int32)
        sense[len(problem.upper) : len(problem.upper) + len(problem.b)] = _DAQP_EQUALITY
        rows = np.vstack([problem.A.toarray(), problem.G.toarray()]) * self._units
        self._sense = sense
        self._proximal_weight = _proximal_weight(dense)
        self._data = (dense, rows, upper, lower)
        self._daqp, self._flag = self._set_up(problem.c * self._units)

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Minimise with this linear term."""
        if self._proximal_weight:
            # Proximal iterations would go on from the last answer; setting up anew costs as much as some of them.
            self._daqp, self._flag = self._set_up(linear * self._units)
        elif self._flag >= 0:
            # Told the sense anew, DAQP forgets its last active set.
            self._daqp.update(f=linear * self._units, sense=self._sense)
        flag = self._flag
        if flag >= 0:
            x, _, flag, _ = self._daqp.solve()
            if flag > 0:
                return np.asarray(x) * self._units
        return by_clarabel(self._agent_name, self._problem, self._hessian, linear, f"DAQP ends with flag {flag}, ")

    def _set_up(self, linear: FloatArray) -> tuple[daqp.Model, int]:
        """A workspace of DAQP, and a flag below 0 if it refuses the problem."""
        hessian, rows, upper, lower = self._data
        model = daqp.Model()
        model.settings = {"primal_tol": 1e-9, "eta_prox": 1e-12, "eps_prox": self._proximal_weight}
        flag, _ = model.setup(hessian, linear, rows, upper, lower, self._sense)
        return model, int(flag)


class Simplex:
    """Linear agents by the primal simplex method of HiGHS: where only costs change a vertex stays feasible.

    Every search starts at the vertex that is best without prices. Where HiGHS finds no best vertex Clarabel, an
    interior-point solver, looks for a best point.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem) -> None:
        self._agent_name = agent_name
        self._problem = problem
        self._columns = np.arange(len(problem.c), dtype=np.int32)
        rows = sp.csc_array(sp.vstack([problem.A, problem.G], format="csc")) if len(problem.b) else problem.G
        at_least = np.concatenate([problem.b, np.full(len(problem.h), -np.inf)])
        at_most = np.concatenate([problem.b, problem.h])
        self._highs = SilentHighs()
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_strategy", _PRIMAL_SIMPLEX)
        self._highs.passModel(linear_model(problem.c, rows, (at_least, at_most), (problem.lower, problem.upper)))
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
            return np.asarray(self._highs.getSolution().col_value)
        tried = f"HiGHS ends with {self._highs.modelStatusToString(status)}, "
        return by_clarabel(self._agent_name, self._problem, self._problem.P, linear, tried)


def _curvature_units(hessian: FloatArray) -> FloatArray:
    """Units in which every variable has the curvature 1; 1 where some variable has none of its own."""
    curvature = np.diag(hessian)
    if curvature.min() <= 1e-9 * curvature.max():
        return np.ones(len(curvature))
    return np.asarray(1 / np.sqrt(curvature))


def _proximal_weight(hessian: FloatArray) -> float:
    """DAQP's proximal weight: none where the Hessian has curvature in all directions."""
    curvatures = np.linalg.eigvalsh(hessian)
    return 0.0 if curvatures[0] > 1e-9 * curvatures[-1] else _PROXIMAL_SHARE * float(curvatures[-1])
