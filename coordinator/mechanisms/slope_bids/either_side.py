"""Totals of either side of contracts: what all sellers of a bus sell is also what everybody buys."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import BoolArray
from .netting import ROUNDING, shares_of_totals


def from_either_side(rows: sp.csr_array, first: sp.csr_array, second: sp.csr_array) -> sp.csr_array:
    """Which multiples of both sides' totals make up some other rows, shape (rows, totals of both).

    What passes a bus may be what some sell there less what somebody buys there. Where all sellers stand at one
    bus it is all that they sell, and all that everybody buys: either side tells it alone, and both would
    tell it twice. So one side is taken out first, then the other one from what is left.

    Parameters
    ----------
    rows : sparse array of shape (rows, columns)
    first, second : sparse arrays of shape (totals, columns)
        Totals of either side; no two of one side over the same column.
    """
    *shares, is_sum = _one_after_the_other(rows, first, second)
    result = _chosen(is_sum, *shares)
    if not is_sum.all():
        of_second, of_first, is_other = _one_after_the_other(rows, second, first)
        result = result + _chosen(is_other & ~is_sum, of_first, of_second)
    result = sp.csr_array(result)
    result.eliminate_zeros()
    return result


def _one_after_the_other(
    rows: sp.csr_array, before: sp.csr_array, after: sp.csr_array
) -> tuple[sp.csr_array, sp.csr_array, BoolArray]:
    """Multiples of the totals of each side, and which rows they make up."""
    of_before = shares_of_totals(rows, before)
    left = _without(rows, of_before, before)
    of_after = shares_of_totals(left, after)
    left = _without(left, of_after, after)
    return of_before, of_after, np.asarray(abs(left).sum(axis=1) <= ROUNDING * abs(rows).sum(axis=1))


def _chosen(is_chosen: BoolArray, *shares: sp.csr_array) -> sp.csr_array:
    return sp.csr_array(sp.diags_array(is_chosen.astype(np.float64)) @ sp.hstack(shares, format="csr"))


def _without(rows: sp.csr_array, Z: sp.csr_array, base: sp.csr_array) -> sp.csr_array:
    """Rows less multiples of totals, without what is only rounding."""
    left = sp.csr_array(rows - Z @ base)
    left.data[np.abs(left.data) <= ROUNDING * np.abs(rows.data).max(initial=0.0)] = 0.0
    left.eliminate_zeros()
    return left
