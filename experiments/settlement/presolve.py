"""Presolve: what is fixed leaves a programme, and of two variables that make one, as both sides of a contract do, one.

Andersen and Andersen, "Presolving in linear programming", Math. Programming 71, 1995.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray, Positions
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme
from ...coordinator.sparse import others

_DOUBLETON = 2
# Distances from bounds that count as no less and as no more.
_NEXT_TO, _FAR = 1e-30, 1e30
# Of what cancels in an entry: what is left of it is rounding.
_CANCELLED = 1e-12
# Sides that rows without entries may have.
_NOTHING = 1e-6


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


def presolved(programme: QuadraticProgramme) -> Substitution:
    """A programme without fixed variables, and then without doubleton equations."""
    first = without_fixed(programme)
    second = Doubletons.of(first.programme).substitution
    columns, offset = first.columns @ second.columns, first.all_variables(second.offset)
    return Substitution(_without_empty(second.programme), columns, offset)


def _without_empty(programme: QuadraticProgramme) -> QuadraticProgramme:
    """Equations that say nothing, as the second of two that said the same, leave; solvers would contradict them."""
    A = sp.csr_array(programme.A)
    kept = np.flatnonzero((np.diff(A.indptr) > 0) | (np.abs(programme.b) > _NOTHING))
    return replace(programme, A=sp.csc_array(A[kept]), b=programme.b[kept])


def without_fixed(programme: QuadraticProgramme) -> Substitution:
    """The variables whose bounds coincide leave."""
    is_fixed = programme.lower >= programme.upper
    free = np.flatnonzero(~is_fixed)
    columns = sp.csr_array((np.ones(len(free)), (free, np.arange(len(free)))), (len(is_fixed), len(free)))
    offset = np.where(is_fixed, programme.lower, 0.0)
    return _substituted(programme, columns, offset, programme.lower[free], programme.upper[free])


@dataclass(frozen=True, eq=False)
class Doubletons:
    """Equations in two variables of which one leaves, wherever no such equation shares a variable with another.

    Parameters
    ----------
    whole : QuadraticProgramme
    rows, stays, leaves : arrays of int
        Equations that leave, and of each the variable that stays and the one that leaves.
    of_stays, of_leaves : arrays
        Their coefficients.
    substitution : Substitution
        Bounds of variables that leave are bounds of those that stay.
    """

    whole: QuadraticProgramme
    rows: Positions
    stays: Positions
    leaves: Positions
    of_stays: FloatArray
    of_leaves: FloatArray
    substitution: Substitution

    @staticmethod
    def of(programme: QuadraticProgramme) -> Doubletons:
        """Find them, and put one variable in two for the other one."""
        p = programme
        A = sp.csr_array(p.A)
        A.eliminate_zeros()
        rows = _disjoint(A)
        first, second = A.indptr[rows], A.indptr[rows] + 1
        # The one with the larger coefficient leaves: else what rounding leaves of the other one would grow.
        is_larger = np.abs(A.data[first]) > np.abs(A.data[second])
        stay, leave = np.where(is_larger, second, first), np.where(is_larger, first, second)
        stays, leaves, of_stays, of_leaves = A.indices[stay], A.indices[leave], A.data[stay], A.data[leave]
        ratio, offset = -of_stays / of_leaves, np.zeros(len(p.c))
        offset[leaves] = p.b[rows] / of_leaves

        ends = np.stack([(p.lower[leaves] - offset[leaves]) / ratio, (p.upper[leaves] - offset[leaves]) / ratio])
        lower, upper = p.lower.copy(), p.upper.copy()
        lower[stays] = np.maximum(lower[stays], ends.min(axis=0))
        upper[stays] = np.minimum(upper[stays], ends.max(axis=0))
        # Bounds that rounding has crossed hold one value.
        crossed = lower > upper
        lower[crossed] = upper[crossed] = (lower[crossed] + upper[crossed]) / 2

        kept = others(len(p.c), leaves)
        position = np.zeros(len(p.c), dtype=np.int64)
        position[kept] = np.arange(len(kept))
        entries = np.concatenate([np.ones(len(kept)), ratio])
        places = np.concatenate([kept, leaves]), position[np.concatenate([kept, stays])]
        columns = sp.csr_array((entries, places), shape=(len(p.c), len(kept)))
        stayed = others(len(p.b), rows)
        remaining = replace(p, A=sp.csc_array(A[stayed]), b=p.b[stayed])
        substitution = _substituted(remaining, columns, offset, lower[kept], upper[kept])
        return Doubletons(p, rows, stays, leaves, of_stays, of_leaves, substitution)

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
        result[others(len(p.b), self.rows)] = y
        gradient = p.P @ x + p.c + p.A.T @ result + p.G.T @ z
        ratio = -self.of_stays / self.of_leaves
        worth = gradient[self.stays] + ratio * gradient[self.leaves]

        def distance(variables: Positions, pull: FloatArray) -> FloatArray:
            own = np.where(pull > 0, x[variables] - p.lower[variables], p.upper[variables] - x[variables])
            return np.clip(own, _NEXT_TO, _FAR)

        first, second = distance(self.stays, worth), distance(self.leaves, worth * ratio)
        result[self.rows] = (worth * second / (first + second) - gradient[self.stays]) / self.of_stays
        return result


def opposite_rows(G: sp.csc_array, h: FloatArray) -> IntArray:
    """Pairs of rows of ``G x <= h`` of which one is the other with all signs changed, its side too.

    They leave a row one value, as the two limits of a closed line do.

    Parameters
    ----------
    G : sparse array of shape (m, n)
    h : array of shape (m,)

    Returns
    -------
    array of int of shape (pairs, 2)
        No row is in two pairs.
    """
    rows = sp.csr_array(G)
    rows.eliminate_zeros()
    rows.sort_indices()
    waiting: dict[tuple[bytes, bytes, float], int] = {}
    pairs: list[tuple[int, int]] = []
    candidates = np.flatnonzero((np.diff(rows.indptr) > 0) & np.isin(-h, h))
    for row in candidates.tolist():
        entries = slice(rows.indptr[row], rows.indptr[row + 1])
        columns, values, side = rows.indices[entries].tobytes(), rows.data[entries], float(h[row])
        other = waiting.pop((columns, (-values).tobytes(), -side), None)
        if other is None:
            waiting[columns, values.tobytes(), side] = row
        else:
            pairs.append((other, row))
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _substituted(
    programme: QuadraticProgramme, columns: sp.csr_array, offset: FloatArray, lower: FloatArray, upper: FloatArray
) -> Substitution:
    p = programme
    reduced = QuadraticProgramme(
        P=sp.csc_array(columns.T @ p.P @ columns),
        c=columns.T @ (p.c + p.P @ offset),
        A=_product(p.A, columns),
        b=p.b - p.A @ offset,
        G=_product(p.G, columns),
        h=p.h - p.G @ offset,
        lower=lower,
        upper=upper,
    )
    return Substitution(reduced, columns, offset)


def _product(matrix: sp.csc_array, columns: sp.csr_array) -> sp.csc_array:
    """The product without entries that cancel up to rounding."""
    product, size = sp.csc_array(matrix @ columns), sp.csc_array(abs(matrix) @ abs(columns))
    left = sp.csc_array(abs(product) > _CANCELLED * size)
    result = sp.csc_array(product * left)
    result.eliminate_zeros()
    result.sort_indices()
    return result


def _disjoint(A: sp.csr_array) -> IntArray:
    """Rows of two entries that are, of such rows, the first of both their variables."""
    rows = np.flatnonzero(np.diff(A.indptr) == _DOUBLETON)
    pairs = np.stack([A.indices[A.indptr[rows]], A.indices[A.indptr[rows] + 1]])
    first = np.full(A.shape[1], len(rows))
    for variables in pairs:
        np.minimum.at(first, variables, np.arange(len(rows)))
    every = np.arange(len(rows))
    return np.asarray(rows[(first[pairs[0]] == every) & (first[pairs[1]] == every)])
