"""Goods counted by totals of either side of contracts: what all sellers of a bus sell is also what everybody buys."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import Positions
from .netting import ROUNDING, shares_of_totals

# Rows that are netted together.
_ROWS = 64


def netting_from_either_side(rows: sp.csr_array, *totals: Positions) -> sp.csr_array:
    """Which multiples of some totals make up the other rows.

    Parameters
    ----------
    rows : sparse array A of shape (rows, columns), without zeros
    *totals : two arrays of int
        Rows that may stand for others, of either side of pairs; no two of one side over the same column.

    Returns
    -------
    sparse array Z of shape (rows, rows)
        ``A - Z A`` is zero in every row that is a sum of multiples of totals; other rows of Z are empty.
    """
    count = rows.shape[0]
    others = np.setdiff1d(np.arange(count, dtype=np.int32), np.concatenate(totals))
    sides = [sp.csr_array(rows[own]) for own in totals]
    # Some rows after the other: each of them overlaps with nearly all totals.
    chunks = [others[begin : begin + _ROWS] for begin in range(0, len(others), _ROWS)]
    parts = [_netted_rows(sp.csr_array(rows[chunk]), sides) for chunk in chunks]
    columns = np.concatenate(totals)
    shares = sp.coo_array(sp.vstack([sp.csr_array((0, len(columns))), *parts]))
    return sp.csr_array((shares.data, (others[shares.row], columns[shares.col])), shape=(count, count))


def _netted_rows(rows: sp.csr_array, sides: list[sp.csr_array]) -> sp.csr_array:
    """Which multiples of both sides' totals make up some other rows, shape (rows, totals).

    What passes a bus may be what some sell there less what somebody buys there. Where all sellers stand at one
    bus it is all that they sell, and all that everybody buys: either side tells it alone, and both would
    tell it twice. So one side is taken out first, then the other one from what is left.
    """
    first, second = sides
    Z = [shares_of_totals(rows, first)]
    left = _without(rows, Z[0], first)
    Z.append(shares_of_totals(left, second))
    size = abs(rows).sum(axis=1)
    is_sum = abs(_without(left, Z[1], second)).sum(axis=1) <= ROUNDING * size
    result = sp.diags_array(is_sum.astype(np.float64)) @ sp.hstack(Z, format="csr")
    if not is_sum.all():
        again = [shares_of_totals(rows, second)]
        left = _without(rows, again[0], second)
        again.append(shares_of_totals(left, first))
        is_other = ~is_sum & (abs(_without(left, again[1], first)).sum(axis=1) <= ROUNDING * size)
        result += sp.diags_array(is_other.astype(np.float64)) @ sp.hstack(again[::-1], format="csr")
    result = sp.csr_array(result)
    result.eliminate_zeros()
    return result


def _without(rows: sp.csr_array, Z: sp.csr_array, base: sp.csr_array) -> sp.csr_array:
    """Rows less multiples of totals, without what is only rounding."""
    left = sp.csr_array(rows - Z @ base)
    left.data[np.abs(left.data) <= ROUNDING * np.abs(rows.data).max(initial=0.0)] = 0.0
    left.eliminate_zeros()
    return left
