"""Doubleton equations: two variables that make one, as both sides of a contract do, leave the programme."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray, Positions
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme

_DOUBLETON = 2
# Distances from bounds that count as no less and as no more.
_NEXT_TO, _FAR = 1e-30, 1e30


@dataclass(frozen=True, eq=False)
class Substitution:
    """A programme over fewer variables, and the way back: ``x = columns @ z + offset``.

    Parameters
    ----------
    whole, programme : QuadraticProgramme
        Over x, shape (n,), and over z, shape (m,).
    columns : sparse array of shape (n, m)
    offset : array of shape (n,)
    rows, stays, leaves : arrays of int
        Equations of the whole programme that left, and of each the variable that stays and the one that leaves.
    """

    whole: QuadraticProgramme
    programme: QuadraticProgramme
    columns: sp.csr_array
    offset: FloatArray
    rows: Positions
    stays: Positions
    leaves: Positions

    def all_variables(self, z: FloatArray) -> FloatArray:
        """Variables of the whole programme, shape (n,)."""
        return np.asarray(self.columns @ z + self.offset)

    def all_multipliers(self, x: FloatArray, y: FloatArray, z: FloatArray) -> FloatArray:
        """Multipliers of all equations of the whole programme.

        What a bound of the pair is worth is shared by the two variables as on the central path: in proportion to the
        inverse of their distances from it.

        Parameters
        ----------
        x : array of shape (n,)
            All variables.
        y, z : arrays
            Multipliers of the equations that stayed, and of the inequalities.
        """
        p = self.whole
        result = np.zeros(len(p.b))
        stayed = np.ones(len(p.b), dtype=bool)
        stayed[self.rows] = False
        result[stayed] = y
        gradient = p.P @ x + p.c + p.A.T @ result + p.G.T @ z
        A = sp.csr_array(p.A)
        of_stays = np.asarray(A[self.rows, self.stays]).ravel()
        ratio = -of_stays / np.asarray(A[self.rows, self.leaves]).ravel()
        worth = gradient[self.stays] + ratio * gradient[self.leaves]

        def distance(variables: Positions, pull: FloatArray) -> FloatArray:
            own = np.where(pull > 0, x[variables] - p.lower[variables], p.upper[variables] - x[variables])
            return np.clip(own, _NEXT_TO, _FAR)

        first, second = distance(self.stays, worth), distance(self.leaves, worth * ratio)
        result[self.rows] = (worth * second / (first + second) - gradient[self.stays]) / of_stays
        return result


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
    return Substitution(programme, reduced, columns, offset, rows, stays, leaves)


def _disjoint(A: sp.csr_array) -> IntArray:
    """Rows of two entries that are, of such rows, the first of both their variables."""
    rows = np.flatnonzero(np.diff(A.indptr) == _DOUBLETON)
    pairs = np.stack([A.indices[A.indptr[rows]], A.indices[A.indptr[rows] + 1]])
    first = np.full(A.shape[1], len(rows))
    for variables in pairs:
        np.minimum.at(first, variables, np.arange(len(rows)))
    every = np.arange(len(rows))
    return np.asarray(rows[(first[pairs[0]] == every) & (first[pairs[1]] == every)])
