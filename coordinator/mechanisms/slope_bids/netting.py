"""Goods counted by totals: what passes a bus is what those who stand there sell or buy in all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray, Positions

# What remains of a row below this share of its entries is rounding.
ROUNDING = 1e-12
# Rows that are netted together.
_ROWS = 64


def netting(make_up: Callable[..., sp.csr_array], rows: sp.csr_array, *totals: Positions) -> sp.csr_array:
    """Which multiples of some totals make up the other rows.

    Parameters
    ----------
    make_up : callable
        From some rows and the totals of each list, the latter's multiples, shape (rows, totals of all lists).
    rows : sparse array A of shape (rows, columns), without zeros
    *totals : arrays of int
        Rows that may stand for others.

    Returns
    -------
    sparse array Z of shape (rows, rows)
        ``A - Z A`` is zero in every row that is a sum of multiples of totals; other rows of Z are empty.
    """
    count, members = rows.shape[0], np.concatenate(totals)
    others = np.setdiff1d(np.arange(count, dtype=np.int32), members)
    bases = [sp.csr_array(rows[own]) for own in totals]
    # Some rows after the other: each of them overlaps with nearly all totals.
    chunks = [others[begin : begin + _ROWS] for begin in range(0, len(others), _ROWS)]
    parts = [make_up(sp.csr_array(rows[chunk]), *bases) for chunk in chunks]
    shares = sp.coo_array(sp.vstack([sp.csr_array((0, len(members))), *parts]))
    return sp.csr_array((shares.data, (others[shares.row], members[shares.col])), shape=(count, count))


def from_totals(rows: sp.csr_array, base: sp.csr_array) -> sp.csr_array:
    """Which multiples of totals make up some other rows; no two totals of one agent may be over the same column."""
    Z = shares_of_totals(rows, base)
    columns = np.ones(rows.shape[1])
    is_sum = abs(rows - Z @ base) @ columns <= ROUNDING * (abs(rows) @ columns)
    Z = sp.csr_array(sp.diags_array(is_sum.astype(np.float64)) @ Z)
    Z.eliminate_zeros()
    return Z


def shares_of_totals(rows: sp.csr_array, base: sp.csr_array) -> sp.csr_array:
    """How often each total is part of each row, if it is one, shape (rows, totals)."""
    size = np.diff(base.indptr)
    overlap = sp.coo_array(_with(rows, np.ones_like(rows.data)) @ _with(base, np.ones_like(base.data)).T)
    ratio = sp.csr_array(rows @ _with(base, 1 / base.data).T)
    # A total that makes part of a row has the same ratio to it over most of its columns.
    most = 2 * overlap.data > size[overlap.col]
    share = sp.csr_array((1 / overlap.data[most], (overlap.row[most], overlap.col[most])), shape=ratio.shape)
    return sp.csr_array(ratio.multiply(share))


def plain_totals(rows: sp.csr_array, candidates: Positions) -> Positions:
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


def _with(matrix: sp.csr_array, data: FloatArray) -> sp.csr_array:
    """The same matrix with other numbers."""
    return sp.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
