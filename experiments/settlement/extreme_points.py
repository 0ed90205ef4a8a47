"""Extreme points of a polyhedron, one linear function after the other."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray


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
        model = highspy.HighsLp()
        rows = polyhedron.rows
        model.num_row_, model.num_col_ = rows.shape
        model.col_cost_ = np.zeros(rows.shape[1])
        model.col_lower_, model.col_upper_ = polyhedron.lower, polyhedron.upper
        model.row_lower_, model.row_upper_ = polyhedron.row_lower, polyhedron.row_upper
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        highs.setOptionValue("threads", 1)
        # Presolve takes the rounding of a face without interior for infeasibility.
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("primal_feasibility_tolerance", tolerance)
        highs.setOptionValue("dual_feasibility_tolerance", tolerance)
        highs.passModel(model)
        self._highs = highs
        self._columns = np.arange(rows.shape[1], dtype=np.int32)

    def least(self, function: FloatArray, most_pivots: int = highspy.kHighsIInf) -> FloatArray | None:
        """Point at which a linear function is least; None where none is found, or there is no least value."""
        self._highs.setOptionValue("simplex_iteration_limit", most_pivots)
        self._highs.changeColsCost(len(self._columns), self._columns, function)
        self._highs.run()
        optimal = self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.asarray(self._highs.getSolution().col_value) if optimal else None

    @property
    def is_unbounded(self) -> bool:
        """Whether the last function has no least value."""
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kUnbounded)

    @property
    def pivots(self) -> int:
        """Steps that the last function took."""
        return int(self._highs.getInfo().simplex_iteration_count)
