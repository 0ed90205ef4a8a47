"""Answers near targets within a polytope."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray
from ..interior_point import by_clarabel
from .admitted_limits import AdmittedLimits
from .polytope import Polytope

# Rounding of a row's value, relative to its limit and to its entries times the largest variable.
_ROUNDING = 1e-12
# Share of a limit that is left where it is taken to be reached.
_NEAR = 1e-3
# Limits that one pass may admit; from there on they double.
_ADMITTED_AT_LEAST = 10
# Sets of admitted limits that are kept ready: from round to round mostly the same are needed.
_SETS_OF_A_BLOCK = 8


class Projection:
    """Least weighted distance of trades from targets within a polytope, for one rho and any linear term.

    Limits are admitted as they are needed (relaxation; Geoffrion, "Elements of large-scale mathematical
    programming", Management Science 16(11), 1970). The answer without limits takes two sparse triangular
    solves, and that within the admitted ones a search in no more dimensions than there are of these.
    Where it breaks no other limit, it is the answer. The search starts with the limits that the targets reach,
    so an answer depends on no other; sets of limits that were admitted before are ready, and that is all that
    is remembered.

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
        self._admitted = [
            lru_cache(_SETS_OF_A_BLOCK)(partial(AdmittedLimits, polytope, rho, block))
            for block in range(int(polytope.block_of_variable.max()) + 1)
        ]

    def solve(self, linear: FloatArray, near: FloatArray | None = None) -> FloatArray:
        """Variables x that minimise ``rho @ (T x)**2 / 2 + linear @ x``, shape (variables,).

        Parameters
        ----------
        linear : array of shape (variables,)
        near : array of shape (trades,), optional
            Trades with their offset; the limits that they reach are admitted from the start.

        Raises
        ------
        AgentError
            If the polytope is empty.
        """
        p = self._polytope
        unlimited = p.map.solve(p.map.solve(-linear, trans="T") / self._rho)
        room = p.limit - p.rows @ unlimited
        rounding = _ROUNDING * (np.abs(p.limit) + p.row_size * np.abs(unlimited).max())
        admitted: list[tuple[int, ...]] = [()] * len(self._admitted) if near is None else self._reached(near)
        # Every pass but the last admits limits that were not admitted before.
        while True:
            x = self._within(admitted, unlimited, room)
            if x is None:
                tried = "DAQP finds no way back to the limits, "
                return by_clarabel(self._agent_name, p.problem, self._hessian, linear, tried)
            excess = p.rows @ x - p.limit
            excess[excess <= rounding] = 0.0
            for rows in admitted:
                excess[list(rows)] = 0.0
            broken = np.flatnonzero(excess)
            if not len(broken):
                return x
            # Where one limit is broken its neighbours mostly are, and keeping one may do for all.
            by_excess = broken[np.argsort(-excess[broken] / p.row_size[broken])]
            block_of_broken = p.block_of_row[by_excess]
            for block in np.unique(block_of_broken).tolist():
                rows = admitted[block]
                worst = by_excess[block_of_broken == block][: max(_ADMITTED_AT_LEAST, len(rows))]
                admitted[block] = tuple(sorted((*rows, *worst.tolist())))

    def _reached(self, trades: FloatArray) -> list[tuple[int, ...]]:
        """Limits of each block that trades come near."""
        p = self._polytope
        left = p.limit - p.rows @ p.map.solve(trades - p.problem.trade_offset)
        reached = np.flatnonzero(left <= _NEAR * np.abs(p.limit))
        block = p.block_of_row[reached]
        return [tuple(reached[block == index].tolist()) for index in range(len(self._admitted))]

    def _within(self, admitted: list[tuple[int, ...]], unlimited: FloatArray, room: FloatArray) -> FloatArray | None:
        x = unlimited.copy()
        for prepared, rows in zip(self._admitted, admitted, strict=True):
            if rows:
                limits = prepared(rows)
                way_back = limits.way_back(room[list(rows)])
                if way_back is None:
                    return None
                x[limits.variables] += way_back
        return x

    @property
    def _hessian(self) -> sp.csc_array:
        T = self._polytope.problem.T
        return sp.csc_array(T.T @ sp.diags_array(self._rho) @ T)
