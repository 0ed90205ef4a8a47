"""Goods counted by totals: what passes a bus is what those who stand there sell or buy in all."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..market import IntArray

# What remains of a row below this share of its entries is rounding.
_ROUNDING = 1e-12


def netting(rows: sp.csr_array, totals: IntArray) -> sp.csr_array:
    """Which multiples of some totals make up the other rows.

    Parameters
    ----------
    rows : sparse array A of shape (rows, columns)
    totals : array of int
        Rows that may stand for others; no two of one agent over the same column.

    Returns
    -------
    sparse array Z of shape (rows, rows)
        ``A - Z A`` is zero in every row that is a sum of multiples of totals; other rows of Z are empty.
    """
    count = rows.shape[0]
    base = sp.csr_array(rows[totals])
    base.eliminate_zeros()
    inverse = base.copy()
    inverse.data = 1 / inverse.data
    size = np.diff(base.indptr)
    overlap = sp.coo_array(_pattern(rows) @ _pattern(base).T)
    ratio = sp.csr_array(rows @ inverse.T)
    # A total that makes part of a row has the same ratio to it over most of its columns.
    most = (2 * overlap.data > size[overlap.col]) & ~np.isin(overlap.row, totals)
    share = sp.csr_array((1 / overlap.data[most], (overlap.row[most], overlap.col[most])), shape=ratio.shape)
    own = sp.coo_array(ratio.multiply(share))
    Z = sp.csr_array((own.data, (own.row, totals[own.col])), shape=(count, count))
    columns = np.ones(rows.shape[1])
    is_sum = abs(rows - Z @ rows) @ columns <= _ROUNDING * (abs(rows) @ columns)
    Z = sp.csr_array(sp.diags_array(is_sum.astype(np.float64)) @ Z)
    Z.eliminate_zeros()
    return Z


def plain_totals(rows: sp.csr_array, candidates: IntArray) -> IntArray:
    """Of the candidates, rows that weigh all their columns alike, the longest first, none over a column of another."""
    by_row = sp.csr_array(rows[candidates])
    by_row.eliminate_zeros()
    size = np.diff(by_row.indptr)
    filled = np.flatnonzero(size)
    lowest, highest = (f.reduceat(by_row.data, by_row.indptr[filled]) for f in (np.minimum, np.maximum))
    filled = filled[lowest == highest]
    # The longest row of each column; of equal ones the first.
    rank = np.full(len(candidates), len(candidates), dtype=np.int64)
    rank[filled[np.argsort(-size[filled], kind="stable")]] = np.arange(len(filled))
    best = np.full(by_row.shape[1], len(candidates), dtype=np.int64)
    rank_of_entry = np.repeat(rank, size)
    np.minimum.at(best, by_row.indices, rank_of_entry)
    behind = np.bincount(
        np.repeat(np.arange(len(candidates)), size), best[by_row.indices] < rank_of_entry, len(candidates)
    )
    return np.asarray(candidates[(behind == 0) & (rank < len(candidates))])


def _pattern(matrix: sp.csr_array) -> sp.csr_array:
    result = matrix.copy()
    result.eliminate_zeros()
    result.data = np.ones_like(result.data)
    return result
