"""Rows that leave their variables no choice: interior points need them out of the way."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..market import FloatArray

# Least activity and right-hand side that differ by this share of the row's terms are the same.
_SAME = 1e-12


def forced_bounds(
    rows: sp.csr_array, right: FloatArray, lower: FloatArray, upper: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Bounds with every variable fixed that a row ``rows @ x <= right`` forces to one of its bounds.

    A forcing row's least activity within the bounds is its right-hand side, such as the total of an
    agent without capacity (Andersen and Andersen, "Presolving in linear programming", Math.
    Programming 71, 1995, section 3.3).
    """
    up, down = rows.maximum(0).tocsr(), (-rows).maximum(0).tocsr()
    count = -1
    while count != (count := int((lower >= upper).sum())):
        unbounded = (up @ np.isneginf(lower).astype(float)) + (down @ np.isposinf(upper).astype(float)) > 0
        low, high = np.where(np.isfinite(lower), lower, 0.0), np.where(np.isfinite(upper), upper, 0.0)
        least = up @ low - down @ high
        size = up @ np.abs(low) + down @ np.abs(high) + np.abs(right)
        forcing = (~unbounded & (least >= right - _SAME * size)).astype(float)
        to_lower, to_upper = up.T @ forcing > 0, down.T @ forcing > 0
        lower, upper = np.where(to_upper, upper, lower), np.where(to_lower & ~to_upper, lower, upper)
    return lower, upper
