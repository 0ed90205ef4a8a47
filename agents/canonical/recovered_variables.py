"""Recovery: the variables of agents from their trades, as far as substitution gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class _Substitution:
    """Equations with one unknown left each: ``x[columns] = (sides[rows] - others @ x) / coefficients``."""

    rows: IntArray
    columns: IntArray
    coefficients: FloatArray
    others: sp.csr_array


class Recovery:
    """Solves ``equations @ x = sides`` for the variables that follow by substitution, one after the other.

    Parameters
    ----------
    equations : sparse array of shape (equations, variables)

    Attributes
    ----------
    is_known : array of bool, shape (variables,)
        Which variables are recovered.
    is_left : array of bool, shape (equations,)
        Which equations were not needed for it: they are about other variables too, or must hold by themselves.
    """

    def __init__(self, equations: sp.csr_array) -> None:
        count, width = equations.shape
        self.is_known: BoolArray = np.zeros(width, dtype=bool)
        self.is_left: BoolArray = np.ones(count, dtype=bool)
        self._substitutions: list[_Substitution] = []
        row = np.repeat(np.arange(count), np.diff(equations.indptr))
        while True:
            unknown = ~self.is_known[equations.indices]
            single = unknown & (np.bincount(row[unknown], minlength=count) == 1)[row]
            columns, first = np.unique(equations.indices[single], return_index=True)
            if not len(columns):
                return
            rows = row[single][first]
            others = equations[rows]
            others.data = np.where(self.is_known[others.indices], others.data, 0.0)
            others.eliminate_zeros()
            self._substitutions.append(_Substitution(rows, columns, equations.data[single][first], others))
            self.is_known[columns] = True
            self.is_left[rows] = False

    def variables(self, sides: FloatArray) -> FloatArray:
        """Recovered variables, zeros for the others, shape (variables,)."""
        x = np.zeros(len(self.is_known))
        for step in self._substitutions:
            x[step.columns] = (sides[step.rows] - step.others @ x) / step.coefficients
        return x
