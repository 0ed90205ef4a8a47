"""Variables that equalities define are expressed in the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray, IntArray
from ....agents.canonical.stacked_matrices import StackedMatrices, owners


@dataclass(frozen=True, eq=False)
class Substitution:
    """Each equality of the agents that are `solved` defines a variable of its own; the others remain.

    CVXPY writes the square of a sum in this way: as that of a new variable, and an equality.

    Parameters
    ----------
    stacked : StackedMatrices
    solved : array of bool, shape (agents,)
    rows, defined : arrays of int
        The equalities of solved agents, and the variable that each defines.
    pivots : array of shape (rows,)
        Its coefficient.
    """

    stacked: StackedMatrices
    solved: BoolArray
    rows: IntArray
    defined: IntArray
    pivots: FloatArray

    @cached_property
    def is_defined(self) -> BoolArray:
        """Which variables are, shape (variables,)."""
        result = np.zeros(len(self.stacked.c), dtype=bool)
        result[self.defined] = True
        return result

    @property
    def offset(self) -> FloatArray:
        """Variables if all that remain are zero, shape (variables,)."""
        return self.completed(np.zeros(len(self.stacked.c)))

    def completed(self, x: FloatArray) -> FloatArray:
        """The same variables, in place, with the defined ones, zero so far, computed from the others."""
        x[self.defined] = (self.stacked.b[self.rows] - (self.stacked.equality_rows @ x)[self.rows]) / self.pivots
        return x

    def gathered(self, linear: FloatArray) -> FloatArray:
        """Linear term over the variables that remain; that of defined ones stands for nothing."""
        passed_on = np.zeros(len(self.stacked.b))
        passed_on[self.rows] = linear[self.defined] / self.pivots
        return np.asarray(linear - self._from_equalities @ passed_on)

    @cached_property
    def _from_equalities(self) -> sp.csc_array:
        return self.stacked.equality_rows.T

    def expressed(self, rows: sp.csr_array) -> sp.csr_array:
        """Rows over variables as rows over those that remain, sorted and without zeros."""
        replaced = self.is_defined[rows.indices]
        if replaced.any():
            equality = np.zeros(len(self.stacked.c), dtype=np.int32)
            multiple = np.zeros(len(self.stacked.c))
            equality[self.defined], multiple[self.defined] = self.rows, -1 / self.pivots
            shape = (rows.shape[0], len(self.stacked.b))
            of_equalities = sp.csr_array(
                (rows.data * multiple[rows.indices], equality[rows.indices], rows.indptr), shape
            )
            kept = sp.csr_array((np.where(replaced, 0.0, rows.data), rows.indices, rows.indptr), shape=rows.shape)
            rows = sp.csr_array(kept + of_equalities @ self.stacked.equality_rows)
            rows.data[self.is_defined[rows.indices]] = 0.0
            rows.sort_indices()
        if rows.data.all():
            return rows
        rows = rows.copy()
        rows.eliminate_zeros()
        return rows


def substitution(stacked: StackedMatrices) -> Substitution:
    """Solve every equality for an unbounded variable of its own, agent by agent where that can be done."""
    A = stacked.equality_rows
    lower, upper = stacked.bounds()
    is_free = np.isneginf(lower) & np.isposinf(upper)
    del lower, upper
    is_candidate = is_free & (np.bincount(A.indices, minlength=len(is_free)) == 1)
    entries = np.flatnonzero(is_candidate[A.indices])
    rows, first = np.unique(np.searchsorted(A.indptr, entries, side="right") - 1, return_index=True)
    has_own = np.zeros(len(stacked.b), dtype=bool)
    has_own[rows] = True
    agent_of_row = owners(stacked.equalities)
    solved = np.ones(len(stacked.constants), dtype=bool)
    solved[agent_of_row[~has_own]] = False
    own = entries[first][solved[agent_of_row[rows]]]
    rows = rows[solved[agent_of_row[rows]]]
    return Substitution(stacked, solved, rows, A.indices[own].astype(np.int64), A.data[own])
