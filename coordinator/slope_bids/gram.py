"""Weighted sums of outer products: which weight adds how much to which entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ..market import FloatArray

Positions = npt.NDArray[np.int32] | npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Terms:
    """A matrix that is linear in weights: the entry at (row, column) gains ``value * weights[weight]``.

    Parameters
    ----------
    row, column, weight : arrays of int, shape (terms,)
    value : array of shape (terms,)
    """

    row: Positions
    column: Positions
    weight: Positions
    value: FloatArray

    def shifted(self, unknowns: int, weights: int, sign: float = 1.0) -> Terms:
        """The same terms for unknowns and weights that are counted from others on."""
        return Terms(self.row + unknowns, self.column + unknowns, self.weight + weights, sign * self.value)


def gram(matrix: sp.csr_array) -> Terms:
    """Terms of ``A diag(w) A'`` for a sparse A of shape (m, n)."""
    by_column = sp.csc_array(matrix)
    by_column.eliminate_zeros()
    height = np.diff(by_column.indptr)
    column = np.repeat(np.arange(len(height), dtype=np.int32), height)
    repeats = height[column]
    first = np.repeat(np.arange(by_column.nnz, dtype=np.int32), repeats)
    # The partners of an entry are all entries of its column, one after the other.
    to_second = by_column.indptr[column] - np.cumsum(repeats) + repeats
    second = np.arange(len(first), dtype=np.int32) + to_second.astype(np.int32)[first]
    value = by_column.data[first]
    value *= by_column.data[second]
    return Terms(by_column.indices[first], by_column.indices[second], column[first], value)


def joined_terms(parts: list[Terms]) -> Terms:
    """All terms together; positions in 32 bits, since there are several terms for each copy of a good."""
    row, column, weight = (
        np.concatenate([getattr(part, name) for part in parts], dtype=np.int32, casting="same_kind")
        for name in ("row", "column", "weight")
    )
    return Terms(row, column, weight, np.concatenate([part.value for part in parts]))
