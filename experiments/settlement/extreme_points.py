"""Extreme points of a polyhedron, one linear function after the other."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.programmes.silent_highs import SilentHighs, linear_model

# Of a function with a budget. HiGHS may go round in circles without a pivot, which no budget of pivots ends.
_MOST_SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Polyhedron:
    """Points v with ``row_lower <= rows @ v <= row_upper`` and ``lower <= v <= upper``."""

    rows: sp.csr_array
    row_lower: FloatArray
    row_upper: FloatArray
    lower: FloatArray
    upper: FloatArray


class ExtremePoints:
    """The simplex method of HiGHS, which goes on from one function's point to the next one's.

    Parameters
    ----------
    polyhedron : Polyhedron
    tolerance : float
        Of feasibility and of optimality.
    """

    def __init__(self, polyhedron: Polyhedron, tolerance: float) -> None:
        p = polyhedron
        costs = np.zeros(p.rows.shape[1])
        model = linear_model(costs, sp.csc_array(p.rows), (p.row_lower, p.row_upper), (p.lower, p.upper))
        highs = SilentHighs()
        # Presolve takes the rounding of a face without interior for infeasibility.
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("primal_feasibility_tolerance", tolerance)
        highs.setOptionValue("dual_feasibility_tolerance", tolerance)
        highs.passModel(model)
        self._highs = highs
        self._columns = np.arange(p.rows.shape[1], dtype=np.int32)

    def least(self, function: FloatArray, most_pivots: int = highspy.kHighsIInf) -> FloatArray | None:
        """Point at which a linear function is least; None where none is found, or there is no least value."""
        self._highs.setOptionValue("simplex_iteration_limit", most_pivots)
        if most_pivots < highspy.kHighsIInf:
            # Its clock goes on from one function to the next.
            self._highs.setOptionValue("time_limit", self._highs.getRunTime() + _MOST_SECONDS)
        self._highs.changeColsCost(len(self._columns), self._columns, function)
        self._highs.run()
        optimal = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.asarray(self._highs.getSolution().col_value) if optimal else None

    @property
    def is_unbounded(self) -> bool:
        """Whether the last function has no least value."""
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kUnbounded)

    @property
    def is_stuck(self) -> bool:
        """Whether the last function took longer than any budget of pivots."""
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit)

    @property
    def pivots(self) -> int:
        """Steps that the last function took."""
        return int(self._highs.getInfo().simplex_iteration_count)
