"""Quadratic agents by dense active sets: strictly convex ones at once, indifferent ones by proximal iterations."""

from __future__ import annotations

import daqp
import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.canonical.canonical_problem import CanonicalProblem
from .agent_units import LOOKED_FOR, ROUNDING, Limits
from .interior_point import by_clarabel

_EQUALITY = 5
# Curvature below this share of the largest is rounding.
_FLAT = 1e-9
# DAQP's proximal weight, where costs and curvatures are about one.
_PROXIMAL_WEIGHT = 1e-3
# Iterations at most for each variable and row, most agents take fewer than three; and what more may cost, in squares
# of their number. Who goes round in circles would take seconds up to DAQP's own limit, but few of many take it at all.
_MOST_ITERATIONS = 5
_MOST_WORK = 4_000_000


def is_flat(hessian: sp.csc_array) -> bool:
    """Whether a cost has no curvature in some direction, up to rounding."""
    curvatures = np.linalg.eigvalsh(hessian.toarray())
    return bool(curvatures[0] <= _FLAT * curvatures[-1])


class ActiveSet:
    """Strictly convex agents by DAQP, a dense dual active-set solver exact to rounding.

    The factorised Hessian is kept. Where agents are nearly indifferent DAQP may cycle; there, and wherever else
    it fails, Clarabel, an interior-point solver, takes over.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem, hessian: sp.csc_array) -> None:
        self._agent_name = agent_name
        self._problem = problem
        self._hessian = hessian
        self._limits = Limits(problem)
        dense = hessian.toarray()
        # Variables in units of their curvature: prices of goods differ by decades, which makes DAQP cycle.
        self._units = _curvature_units(dense)
        limits, n = self._limits, len(problem.c)
        rows = limits.rows.toarray() * self._units
        least, most = limits.least.copy(), limits.most.copy()
        least[:n] /= self._units
        most[:n] /= self._units
        self._sense = _sense(problem)
        self._daqp = daqp.Model()
        self._daqp.settings = {"primal_tol": 1e-9, "eps_prox": 0.0}
        hessian_in_units = self._units[:, None] * dense * self._units
        self._flag, _ = self._daqp.setup(hessian_in_units, problem.c * self._units, rows, most, least, self._sense)

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Minimise with this linear term."""
        flag = self._flag
        if flag >= 0:
            # Told the sense anew, DAQP forgets its last active set.
            self._daqp.update(f=linear * self._units, sense=self._sense)
            x, _, flag, _ = self._daqp.solve()
            if flag > 0:
                return np.asarray(x) * self._units
        return by_clarabel(self._agent_name, self._problem, self._hessian, linear, f"DAQP ends with flag {flag}, ")


class ProximalActiveSet:
    """Agents that are indifferent between some of their choices, by DAQP's proximal iterations.

    They go as far as costs over the proximal weight reach: set against what an agent can do at all, that must
    not be many decades, or its limits drown in rounding. So every problem is told in the agent's own units, and
    its answer held against the limits.
    """

    def __init__(self, agent_name: str, problem: CanonicalProblem, hessian: sp.csc_array) -> None:
        self._agent_name = agent_name
        self._problem = problem
        self._hessian = hessian
        self._limits = Limits(problem)
        self._dense = hessian.toarray()
        self._curvature = float(np.diag(self._dense).max())
        self._rows = self._limits.rows.toarray()
        self._sense = _sense(problem)
        numbers = len(self._sense)
        self._most_iterations = max(_MOST_ITERATIONS * numbers, min(_MOST_WORK // numbers**2, 10_000))

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Minimise with this linear term."""
        size = 0.0
        ended = "DAQP finds answers of ever another size, "
        for _ in range(LOOKED_FOR):
            units = self._limits.units(self._curvature, linear, size)
            model = daqp.Model()
            # Proximal iterations would go on from the last answer; setting up anew costs as much as some of them.
            model.settings = {
                "primal_tol": 1e-11,
                "eta_prox": 1e-12,
                "eps_prox": _PROXIMAL_WEIGHT,
                "iter_limit": self._most_iterations,
            }
            flag, _ = model.setup(
                self._dense * (units.size**2 / units.worth_usd),
                linear * (units.size / units.worth_usd),
                self._rows,
                self._limits.most / units.size,
                self._limits.least / units.size,
                self._sense,
            )
            if flag >= 0:
                x, _, flag, _ = model.solve()
            if flag <= 0:
                ended = f"DAQP ends with flag {flag}, "
                break
            answer = np.asarray(x) * units.size
            if not self._limits.are_units_of(answer, units, size):
                size = float(np.abs(answer).max())
                continue
            if self._limits.excess(answer, self._rows @ answer) <= ROUNDING * units.size:
                return self._limits.kept(answer)
            ended = "DAQP's answer is beyond a limit, "
            break
        return by_clarabel(self._agent_name, self._problem, self._hessian, linear, ended)


def _sense(problem: CanonicalProblem) -> np.ndarray:
    """What DAQP is told of variables and rows: which must be kept as equalities."""
    sense = np.zeros(len(problem.c) + len(problem.b) + len(problem.h), dtype=np.int32)
    sense[len(problem.c) : len(problem.c) + len(problem.b)] = _EQUALITY
    return sense


def _curvature_units(hessian: FloatArray) -> FloatArray:
    """Units in which every variable has the curvature 1; 1 where some variable has none of its own."""
    curvature = np.diag(hessian)
    if curvature.min() <= _FLAT * curvature.max():
        return np.ones(len(curvature))
    return np.asarray(1 / np.sqrt(curvature))
