"""Levels of prices: how agents answer prices that move together is not lost in how they answer differences."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.linalg import qr, solve_triangular
from scipy.sparse.csgraph import connected_components

from ....agents.arrays import FloatArray

# Sums below this share of their terms are rounding, and so are pivots below this share of the first.
_ROUNDING = 1e-12
# Shares this close to a whole number are one.
_WHOLE = 1e-9


def with_levels(of_coupled: sp.csr_array, traded: FloatArray) -> sp.csr_array:
    """The identity with sums of goods in the place of single ones, where coupled variables change these sums little.

    As wheeling where lines to the hub are closed, or as good as closed: what the grid operator takes at one bus it
    delivers at another, and it is indifferent to prices that fall together at all of them. Sellers exchange
    buyers for a thousandth of a dollar; how few of them such a fall makes sell more is lost in the rounding of
    that, unless trades within the group cancel before they are weighed.

    Parameters
    ----------
    of_coupled : sparse array of shape (rows, coupled variables)
        What rows count of coupled variables; the first rows are goods.
    traded : array of shape (goods,)
        Orders of magnitude of what is traded.

    Returns
    -------
    sparse array of shape (rows, rows)
        Regular. In each group of goods that coupled variables turn into each other a row counts all of them, and
        others count sums of some that no coupled variable changes.
    """
    trades = sp.csr_array(of_coupled[: len(traded)])
    label = np.asarray(connected_components(abs(trades) @ abs(trades).T, directed=False)[1])
    result = sp.lil_array(sp.eye_array(of_coupled.shape[0]))
    for group in np.unique(label[np.diff(trades.indptr) > 0]):
        members = np.flatnonzero(label == group)
        own = trades[members]
        columns = np.unique(own.indices)
        sums = _unchanged(own[:, columns].toarray()) if _has_others(own, len(columns)) else {}
        is_counted = np.any([np.zeros(len(members)), *sums.values()], axis=0)
        # In the place of a good that no other sum counts: else sums and single goods could make it up. Of these the
        # most traded one: what clears it is the sum less all others, and a small one's digits would be lost in that.
        spare = np.flatnonzero(~is_counted)
        largest = spare[np.argsort(-traded[members[spare]], kind="stable")[:1]]
        sums |= {good: np.ones(len(members)) for good in largest.tolist()}
        for good, shares in sums.items():
            result[members[good], members] = shares
    return sp.csr_array(result)


def _has_others(trades: sp.csr_array, columns: int) -> bool:
    """Whether sums of rows may be zero beside that of all rows, which is counted anyway."""
    spare = trades.shape[0] - columns
    if spare != 1:
        return spare > 1
    total, size = trades.sum(axis=0), abs(trades).sum(axis=0)
    return bool((np.abs(total) > _ROUNDING * size).any())


def _unchanged(trades: FloatArray) -> dict[int, FloatArray]:
    """Sums of rows that are zero, each by a row that is in no other, of a matrix of shape (goods, variables)."""
    _, upper, order = qr(trades.T, mode="economic", pivoting=True)
    pivots = np.abs(np.diag(upper))
    rank = int((pivots > _ROUNDING * pivots[0]).sum())
    shares = -solve_triangular(upper[:rank, :rank], upper[:rank, rank:])
    whole = np.round(shares)
    is_sum = (np.abs(shares - whole) <= _WHOLE).all(axis=0)
    found = {}
    for good, own in zip(order[rank:][is_sum].tolist(), whole.T[is_sum], strict=True):
        found[good] = np.zeros(len(trades))
        found[good][order[:rank]], found[good][good] = own, 1.0
    return found


def without_rounding(left: sp.csr_array, right: sp.csr_array) -> sp.csr_array:
    """A product without what is only rounding."""
    result, size = sp.coo_array(left @ right), sp.csr_array(abs(left) @ abs(right))
    is_real = np.abs(result.data) > _ROUNDING * np.asarray(size[result.row, result.col]).ravel()
    entries = result.data[is_real], (result.row[is_real], result.col[is_real])
    return sp.csr_array(entries, shape=result.shape)
