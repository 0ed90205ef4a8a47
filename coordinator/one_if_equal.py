"""Long arrays of one number."""

from __future__ import annotations

import numpy as np

from .market import FloatArray


def one_if_equal(values: FloatArray) -> FloatArray:
    """The same values, kept once and read-only where all are equal, as the zeros and ones of most markets are."""
    return np.broadcast_to(values[0], len(values)) if len(values) and (values == values[0]).all() else values
