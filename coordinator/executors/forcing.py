"""Rows that leave their variables no choice: interior points need them out of the way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, Positions

# Least activity and right-hand side that differ by this share of the row's terms are the same.
SAME = 1e-12
# Two opposing rows that leave less than this share of their right-hand sides leave nothing.
_NO_ROOM = 1e-9


Rows = tuple[sp.csr_array, FloatArray, FloatArray]


def forced_bounds(constraints: Sequence[Rows], lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Bounds with every variable fixed that a row of ``left <= rows @ x <= right`` forces to one of its bounds.

    A forcing row's least activity within the bounds is its right-hand side, such as the total of an
    agent without capacity, or its largest the left-hand one (Andersen and Andersen, "Presolving in linear
    programming", Math. Programming 71, 1995, section 3.3).

    Parameters
    ----------
    constraints : sequence of (rows, left, right)
        Sparse arrays of shape (rows, variables) without zeros, and arrays of shape (rows,).
    lower, upper : arrays of shape (variables,)
    """
    count = -1
    while count != (count := int((lower >= upper).sum())):
        for rows, left, right in constraints:
            for to_lower, to_upper in (_forced(rows, right, lower, upper), _forced(rows, -left, -upper, -lower)[::-1]):
                if len(to_lower) or len(to_upper):
                    lower, upper = lower.copy(), upper.copy()
                    upper[to_lower] = lower[to_lower]
                    lower[to_upper] = upper[to_upper]
    return lower, upper


def _forced(rows: sp.csr_array, right: FloatArray, lower: FloatArray, upper: FloatArray) -> tuple[Positions, Positions]:
    """Variables that rows force to their lower and to their upper bound."""
    size = np.diff(rows.indptr)
    filled = np.flatnonzero(size)
    limit, begins = right[filled], rows.indptr[filled]
    if not np.isfinite(limit).any():
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    rises = rows.data > 0
    terms = np.where(rises, lower[rows.indices], upper[rows.indices])
    terms *= rows.data
    least = np.add.reduceat(terms, begins)
    size_of_terms = np.add.reduceat(np.abs(terms, out=terms), begins)
    is_forcing = np.isfinite(least) & np.isfinite(limit)
    known = np.flatnonzero(is_forcing)
    same = SAME * (size_of_terms[known] + np.abs(limit[known]))
    is_forcing[known] = least[known] >= limit[known] - same
    forced = np.repeat(is_forcing, size[filled])
    return rows.indices[forced & rises], rows.indices[forced & ~rises]


def sums_of_opposing(rows: sp.csr_array, right: FloatArray) -> Rows:
    """Sums of two rows of ``rows @ x <= right``, of which one limits from above what the other limits from below.

    A producer that owes all its capacity to some customers has nothing left for the others, but neither row
    says so alone. Rows are added in units of their largest coefficients.

    Parameters
    ----------
    rows : sparse array of shape (rows, variables), without zeros
    right : array of shape (rows,)
    """
    none = sp.csr_array((0, rows.shape[1])), np.zeros(0), np.zeros(0)
    if not rows.nnz:
        return none
    lowest, highest = np.zeros(len(right)), np.zeros(len(right))
    filled = np.flatnonzero(np.diff(rows.indptr))
    lowest[filled], highest[filled] = (f.reduceat(rows.data, rows.indptr[filled]) for f in (np.minimum, np.maximum))
    from_above, from_below = np.flatnonzero(lowest > 0), np.flatnonzero(highest < 0)
    if not (len(from_above) and len(from_below)):
        return none
    unit = np.maximum(highest, -lowest)
    scaled = sp.csr_array(sp.diags_array(1 / np.where(unit > 0, unit, 1.0)) @ rows)
    overlap = sp.coo_array(scaled[from_above] @ scaled[from_below].T)
    above, below = from_above[overlap.row], from_below[overlap.col]
    limits = right / np.where(unit > 0, unit, 1.0)
    room = limits[above] + limits[below]
    room[np.abs(room) <= _NO_ROOM * (np.abs(limits[above]) + np.abs(limits[below]))] = 0.0
    sums = sp.csr_array(scaled[above] + scaled[below])
    sums.eliminate_zeros()
    return sums, np.full(len(room), -np.inf), room
