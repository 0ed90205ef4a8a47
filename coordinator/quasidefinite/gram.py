"""Weighted Gram matrices ``A diag(w) A'``: which weight adds how much to which entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, Positions


@dataclass(frozen=True, eq=False)
class Terms:
    """A symmetric matrix that is linear in weights: its entry at (row, column) gains ``value * weights[weight]``.

    Only entries above the diagonal are told.

    Parameters
    ----------
    row, column, weight : arrays of int, shape (terms,)
        ``row < column``.
    value : array of shape (terms,)
    """

    row: Positions
    column: Positions
    weight: Positions
    value: FloatArray


def gram(matrix: sp.csc_array) -> Terms:
    """Terms of ``A diag(w) A'`` above the diagonal, for a sparse A of shape (m, n) with sorted indices."""
    height = np.diff(matrix.indptr)
    ends = np.repeat(matrix.indptr[1:], height)
    # The partners of an entry are those that follow it in its column.
    partners = np.subtract(ends, np.arange(1, matrix.nnz + 1, dtype=np.int32))
    first = np.repeat(np.arange(matrix.nnz, dtype=np.int32), partners)
    second = np.arange(1, len(first) + 1, dtype=np.int32) + first
    begins = np.cumsum(partners, dtype=np.int32)
    begins -= partners
    second -= begins[first]
    value = matrix.data[first] * matrix.data[second]
    weight = np.repeat(np.arange(matrix.shape[1], dtype=np.int32), height)[first]
    return Terms(matrix.indices[first], matrix.indices[second], weight, value)


def joined_terms(parts: list[Terms]) -> Terms:
    """All terms together."""
    row, column, weight = (
        np.concatenate([getattr(part, name) for part in parts], dtype=np.int32, casting="same_kind")
        for name in ("row", "column", "weight")
    )
    return Terms(row, column, weight, np.concatenate([part.value for part in parts]))
