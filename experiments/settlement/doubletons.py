"""Doubleton equations: two variables that make one, as both sides of a contract do, leave the programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme

_DOUBLETON = 2


@dataclass(frozen=True, eq=False)
class Substitution:
    """A programme over fewer variables, and the way back: ``x = columns @ z + offset``.

    Parameters
    ----------
    programme : QuadraticProgramme
        Over z, shape (m,).
    columns : sparse array of shape (n, m)
    offset : array of shape (n,)
    """

    programme: QuadraticProgramme
    columns: sp.csr_array
    offset: FloatArray

    def all_variables(self, z: FloatArray) -> FloatArray:
        """Variables of the whole programme, shape (n,)."""
        return np.asarray(self.columns @ z + self.offset)


def without_doubletons(programme: QuadraticProgramme) -> Substitution:
    """Put one variable of an equation in two for the other one, wherever no equation shares a variable with another.

    Andersen and Andersen, "Presolving in linear programming", Math. Programming 71, 1995. Bounds of the variable that
    leaves become bounds of the one that stays.
    """
    p = programme
    A = sp.csr_array(p.A)
    A.eliminate_zeros()
    rows = _disjoint(A)
    stays, leaves = A.indices[A.indptr[rows]], A.indices[A.indptr[rows] + 1]
    of_stays, of_leaves = A.data[A.indptr[rows]], A.data[A.indptr[rows] + 1]
    ratio, offset = -of_stays / of_leaves, np.zeros(len(p.c))
    offset[leaves] = p.b[rows] / of_leaves

    ends = np.stack([(p.lower[leaves] - offset[leaves]) / ratio, (p.upper[leaves] - offset[leaves]) / ratio])
    lower, upper = p.lower.copy(), p.upper.copy()
    lower[stays] = np.maximum(lower[stays], ends.min(axis=0))
    upper[stays] = np.minimum(upper[stays], ends.max(axis=0))
    # Bounds that rounding has crossed hold one value.
    crossed = lower > upper
    lower[crossed] = upper[crossed] = (lower[crossed] + upper[crossed]) / 2

    is_kept = np.ones(len(p.c), dtype=bool)
    is_kept[leaves] = False
    kept = np.flatnonzero(is_kept)
    position = np.cumsum(is_kept) - 1
    columns = sp.csr_array(
        (
            np.concatenate([np.ones(len(kept)), ratio]),
            (np.concatenate([kept, leaves]), np.concatenate([position[kept], position[stays]])),
        ),
        shape=(len(p.c), len(kept)),
    )
    others = np.ones(len(p.b), dtype=bool)
    others[rows] = False
    remaining = A[np.flatnonzero(others)]
    reduced = QuadraticProgramme(
        P=sp.csc_array(columns.T @ p.P @ columns),
        c=columns.T @ (p.c + p.P @ offset),
        A=sp.csc_array(remaining @ columns),
        b=p.b[others] - remaining @ offset,
        G=sp.csc_array(p.G @ columns),
        h=p.h - p.G @ offset,
        lower=lower[kept],
        upper=upper[kept],
    )
    return Substitution(reduced, columns, offset)


def _disjoint(A: sp.csr_array) -> IntArray:
    """Rows of two entries that are, of such rows, the first of both their variables."""
    rows = np.flatnonzero(np.diff(A.indptr) == _DOUBLETON)
    pairs = np.stack([A.indices[A.indptr[rows]], A.indices[A.indptr[rows] + 1]])
    first = np.full(A.shape[1], len(rows))
    for variables in pairs:
        np.minimum.at(first, variables, np.arange(len(rows)))
    every = np.arange(len(rows))
    return np.asarray(rows[(first[pairs[0]] == every) & (first[pairs[1]] == every)])
