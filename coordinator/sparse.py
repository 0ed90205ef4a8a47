"""Parts of sparse matrices, for which SciPy's own indexing checks more than small ones cost, and equal columns."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..agents.arrays import IntArray, Positions


def columns_of(rows: sp.csr_array, columns: Positions) -> sp.csr_array:
    """Distinct columns, in this order, without zeros."""
    position = np.full(rows.shape[1], -1, dtype=np.int32)
    position[columns] = np.arange(len(columns))
    column = position[rows.indices]
    chosen = (column >= 0) & (rows.data != 0)
    before = np.zeros(len(chosen) + 1, dtype=np.int32)
    np.cumsum(chosen, dtype=np.int32, out=before[1:])
    result = sp.csr_array((rows.data[chosen], column[chosen], before[rows.indptr]), shape=(rows.shape[0], len(columns)))
    result.sort_indices()
    return result


def rows_of(matrix: sp.csr_array, rows: Positions) -> sp.csr_array:
    """Some rows, in this order."""
    size = np.diff(matrix.indptr)[rows]
    begins = np.concatenate([[0], np.cumsum(size)]).astype(np.int32)
    entries = np.repeat(matrix.indptr[rows] - begins[:-1], size)
    entries += np.arange(begins[-1], dtype=entries.dtype)
    return sp.csr_array((matrix.data[entries], matrix.indices[entries], begins), shape=(len(rows), matrix.shape[1]))


def equal_columns(matrix: sp.csc_array) -> tuple[IntArray, IntArray]:
    """Distinct columns of a matrix with sorted indices.

    Returns
    -------
    first : array of int, shape (distinct,)
        Where each of them comes first, ascending.
    alike : array of int, shape (columns,)
        Which of them each column is.
    """
    height = np.diff(matrix.indptr)
    # Equal columns have equal products with any vector; different ones hardly ever, and then nothing is merged.
    probe = np.sin(np.arange(1.0, matrix.shape[0] + 1) ** 2)
    _, first, alike = np.unique(matrix.T @ probe, return_index=True, return_inverse=True)
    # In an order that the columns alone decide, not where their rows stand.
    by_place = np.argsort(first)
    first, alike = first[by_place], np.argsort(by_place)[alike]
    if (height[first][alike] == height).all():
        twin = np.repeat(matrix.indptr[first][alike] - matrix.indptr[:-1], height)
        twin += np.arange(matrix.nnz, dtype=twin.dtype)
        if (matrix.indices[twin] == matrix.indices).all() and (matrix.data[twin] == matrix.data).all():
            return first, alike
    every = np.arange(matrix.shape[1])
    return every, every


def others(count: int, members: Positions) -> IntArray:
    """Positions below a count that are not among the members, in order."""
    is_other = np.ones(count, dtype=bool)
    is_other[members] = False
    return np.flatnonzero(is_other)
