"""Totals that count the same variables alike yield in parallel: as one total."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray, IntArray, Positions
from ...bids import Slope
from ...sparse import equal_columns


@dataclass(frozen=True, eq=False)
class ParallelTotals:
    """Totals in groups: within a group they are multiples of one, up to variables of their own.

    A producer's output, which bears its cost, and its capacity both count all its sales. If rows
    ``f u x`` of a group yield ``g`` each, they weigh on the variables like ``u x`` alone that yields
    ``1 / sum(f**2 / g)``.

    Parameters
    ----------
    of_group : array of int, shape (groups,)
        The row that stands for each group.
    group : array of int, shape (rows,)
    factor : array of shape (rows,)
    own : sparse array of shape (rows, variables)
        Squares of variables that only one row counts, for groups of several rows.
    """

    of_group: IntArray
    group: IntArray
    factor: FloatArray
    own: sp.csr_array

    def give(self, slope: Slope) -> FloatArray:
        """How far each group yields, shape (groups,)."""
        give = slope.give + self.own @ slope.flexibility
        with np.errstate(divide="ignore"):
            stiffness = np.bincount(self.group, self.factor**2 / give, minlength=len(self.of_group))
            return np.asarray(1 / stiffness)


def parallel_totals(rows: sp.csr_array, is_paired: np.ndarray, may_merge: np.ndarray) -> ParallelTotals:
    """Group totals.

    Parameters
    ----------
    rows : sparse array of shape (rows, variables)
    is_paired : array of bool, shape (variables,)
        Variables over which totals are compared; others must be of one row alone.
    may_merge : array of bool, shape (rows,)
    """
    counted_once = np.bincount(rows.indices, minlength=rows.shape[1]) == 1
    paired = is_paired[rows.indices]
    row = np.repeat(np.arange(rows.shape[0], dtype=np.int32), np.diff(rows.indptr))
    compared = _entries(rows, row, paired)
    may_merge = may_merge & (np.diff(compared.indptr) > 0)
    may_merge[row[~paired & ~counted_once[rows.indices]]] = False
    filled = np.diff(compared.indptr) > 0
    factor = np.ones(rows.shape[0])
    factor[filled] = compared.data[compared.indptr[:-1][filled]]
    compared.data /= np.repeat(factor, np.diff(compared.indptr))
    merging = np.flatnonzero(may_merge)
    compared = compared[merging]
    first, alike = equal_columns(compared.T)
    label = np.arange(rows.shape[0])
    label[merging] = merging[first][alike]
    of_group, group = np.unique(label, return_inverse=True)
    several = np.bincount(group)[group] > 1
    own = _entries(rows, row, ~paired & several[row])
    own.data *= own.data
    return ParallelTotals(of_group, group, factor / factor[of_group][group], own)


def _entries(rows: sp.csr_array, row: Positions, chosen: np.ndarray) -> sp.csr_array:
    begins = np.concatenate([[0], np.cumsum(np.bincount(row[chosen], minlength=rows.shape[0]))]).astype(np.int32)
    return sp.csr_array((rows.data[chosen], rows.indices[chosen], begins), shape=rows.shape)
