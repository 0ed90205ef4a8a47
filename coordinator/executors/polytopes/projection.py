"""Answers near targets within a polytope."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray, IntArray
from ..interior_point import by_clarabel
from .admitted_limits import AdmittedLimits
from .polytope import Polytope

# Rounding of a row's value, relative to its limit and to its entries times the largest variable.
_ROUNDING = 1e-12
# Limits that one pass may admit; from there on they double.
_ADMITTED_AT_LEAST = 10


class Projection:
    """Least weighted distance of trades from targets within a polytope, for one rho and any linear term.

    Limits are admitted as they are needed (relaxation; Geoffrion, "Elements of large-scale mathematical
    programming", Management Science 16(11), 1970). The answer without limits takes two sparse triangular
    solves, and that within the admitted ones a search in no more dimensions than there are of these.
    Where it breaks no other limit, it is the answer. The next search starts with the limits admitted before.

    Parameters
    ----------
    agent_name : str
    polytope : Polytope
    rho : array of shape (trades,)
        Above 0.
    """

    def __init__(self, agent_name: str, polytope: Polytope, rho: FloatArray) -> None:
        self._agent_name = agent_name
        self._polytope = polytope
        self._rho = rho
        blocks = range(int(polytope.block_of_variable.max()) + 1)
        self._admitted = [AdmittedLimits(polytope, rho, block) for block in blocks]
        self._searches = 0

    def solve(self, linear: FloatArray) -> FloatArray:
        """Variables x that minimise ``rho @ (T x)**2 / 2 + linear @ x``, shape (variables,).

        Raises
        ------
        AgentError
            If the polytope is empty.
        """
        p = self._polytope
        unlimited = p.map.solve(p.map.solve(-linear, trans="T") / self._rho)
        room = p.limit - p.rows @ unlimited
        rounding = _ROUNDING * (np.abs(p.limit) + p.row_size * np.abs(unlimited).max())
        self._searches += 1
        # Every pass but the last admits limits that were not admitted before.
        while True:
            x = self._within_admitted(unlimited, room)
            if x is None:
                return by_clarabel(self._agent_name, p.problem, self._hessian, linear)
            excess = p.rows @ x - p.limit
            excess[excess <= rounding] = 0.0
            for limits in self._admitted:
                excess[limits.rows] = 0.0
            broken = np.flatnonzero(excess)
            if not len(broken):
                return x
            block = p.block_of_row[broken]
            for index in np.unique(block):
                self._admit_worst(self._admitted[index], broken[block == index], excess)

    def _admit_worst(self, limits: AdmittedLimits, broken: IntArray, excess: FloatArray) -> None:
        """Where one limit is broken its neighbours mostly are, and keeping one may do for all."""
        by_excess = broken[np.argsort(-excess[broken] / self._polytope.row_size[broken])]
        limits.admit(by_excess[: max(_ADMITTED_AT_LEAST, len(limits.rows))], self._searches)

    def _within_admitted(self, unlimited: FloatArray, room: FloatArray) -> FloatArray | None:
        x = unlimited.copy()
        for limits in self._admitted:
            if len(limits.rows):
                way_back = limits.way_back(room[limits.rows], self._searches)
                if way_back is None:
                    return None
                x[limits.variables] += way_back
        return x

    @property
    def _hessian(self) -> sp.csc_array:
        T = self._polytope.problem.T
        return sp.csc_array(T.T @ sp.diags_array(self._rho) @ T)
