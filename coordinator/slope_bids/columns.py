"""A part of a sparse matrix; SciPy's own indexing checks more than small matrices cost."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..market import Positions


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
