"""Some columns of a sparse matrix."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..market import Positions


def columns_of(rows: sp.csr_array, columns: Positions) -> sp.csr_array:
    """Distinct columns, in this order, without zeros; SciPy's own indexing checks more than small matrices cost."""
    position = np.full(rows.shape[1], -1, dtype=np.int32)
    position[columns] = np.arange(len(columns))
    column = position[rows.indices]
    chosen = (column >= 0) & (rows.data != 0)
    before = np.concatenate([[0], np.cumsum(chosen)]).astype(np.int32)
    result = sp.csr_array((rows.data[chosen], column[chosen], before[rows.indptr]), shape=(rows.shape[0], len(columns)))
    result.sort_indices()
    return result
