"""Entries of a matrix that is affine in parameters, and the smaller matrices that they are sorted into."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..arrays import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Places:
    """Where some rows or columns of a matrix stand in a smaller one that has them alone."""

    count: int
    place: IntArray

    @classmethod
    def of(cls, members: IntArray, count: int) -> Places:
        """The places of some members of so many rows or columns."""
        place = np.full(count, -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        return cls(len(members), place)


@dataclass(frozen=True, eq=False)
class Entries:
    """Entries that are not always zero, and their coefficients of shape (entries, parameters + 1)."""

    row: IntArray
    column: IntArray
    coefficients: sp.csr_array

    @classmethod
    def of(cls, tensor: sp.csc_array, rows: int) -> Entries:
        """From CVXPY's form, in which a matrix is one long column for each parameter and one for the rest."""
        triples = sp.coo_array(tensor)
        triples.eliminate_zeros()
        position, entry = np.unique(triples.row, return_inverse=True)
        coefficients = sp.csr_array((triples.data, (entry, triples.col)), shape=(len(position), triples.shape[1]))
        column, row = np.divmod(position.astype(np.int64), max(rows, 1))
        return cls(row, column, coefficients)

    def block(self, rows: Places, columns: Places) -> Block:
        """The entries of some rows and columns, as a matrix of these alone."""
        row, column = rows.place[self.row], columns.place[self.column]
        inside = np.flatnonzero((row >= 0) & (column >= 0))
        # PIQP takes unsorted indices for an infeasible problem.
        order = inside[np.lexsort((row[inside], column[inside]))]
        counts = np.bincount(column[order], minlength=columns.count)
        return Block(order, row[order], np.append(0, np.cumsum(counts)), (rows.count, columns.count))


@dataclass(frozen=True, eq=False)
class Block:
    """Some entries as a CSC matrix, without their values."""

    entries: IntArray
    indices: IntArray
    indptr: IntArray
    shape: tuple[int, int]

    def filled(self, values: FloatArray) -> sp.csc_array:
        """The matrix for values of all entries."""
        matrix = sp.csc_array((values[self.entries], self.indices, self.indptr), shape=self.shape, copy=True)
        # What is zero for these values would not stand in the matrix without parameters.
        matrix.eliminate_zeros()
        return matrix

    def dense(self, values: FloatArray) -> FloatArray:
        """The one column of the matrix, shape (rows,)."""
        result = np.zeros(self.shape[0])
        result[self.indices] = values[self.entries]
        return result
