"""The types of arrays, and long arrays of one number."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
# Positions of 32 bits as well.
Positions = npt.NDArray[np.signedinteger[Any]]


def one_if_equal(values: FloatArray) -> FloatArray:
    """The same values, kept once and read-only where all are equal, as the zeros and ones of most markets are."""
    return np.broadcast_to(values[0], len(values)) if len(values) and (values == values[0]).all() else values
