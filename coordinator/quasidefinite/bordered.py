"""Large blocks of a quasidefinite matrix: a sparse interior with a dense border."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray, Positions
from .bordered_factor import BorderedFactor
from .dense import ActiveInequalities

# Time of a sparse operation over that of a dense one.
_SPARSE = 10.0


class BorderedBlock:
    """One block ``[[C, N'], [N, K]]`` whose few unknowns of highest degree are its border, the rows N and K.

    Without them the interior C is sparse. It is eliminated, which leaves the Schur complement ``K - N C^-1 N'``,
    as in Petra, Schenk and Anitescu ("Real-time stochastic optimization of complex energy systems on
    high-performance computers", Comput. Sci. Eng. 16(5), 2014).

    Parameters
    ----------
    unknowns : array of int, shape (size,)
    start : int
        Where its entries start in the buffer of all blocks.
    row, column : arrays of int
        Positions in `unknowns` of entries off the diagonal that can differ from zero, on either side of it;
        they may repeat.
    inequalities : array of int
        Those over its primal variables.
    inequality_rows : sparse array of shape (inequalities, size)
    signs : array of shape (size,)
        Signs of the diagonal: 1 for duals and -1 for primal variables.
    """

    def __init__(
        self,
        unknowns: IntArray,
        start: int,
        row: Positions,
        column: Positions,
        inequalities: IntArray,
        inequality_rows: sp.csr_array,
        signs: FloatArray,
    ) -> None:
        size = len(unknowns)
        row, column = _both_sides(row, column, size)
        order, self._border = _highest_degree_first(row, column, size)
        # The interior comes first, what touches the border before what does not; then the border.
        order, self._touching = _interior_first(row, column, order, self._border)
        self.unknowns, self.start, self._signs = unknowns[order], start, signs[order]
        self._inequalities, self._inequality_rows = inequalities, sp.csr_array(inequality_rows[:, order])
        self._position = np.argsort(order).astype(np.int32)
        self._inner = size - self._border
        row, column = self._position[row], self._position[column]
        inner = (row < self._inner) & (column < self._inner)
        self._keys = np.sort(_keys(column[inner], row[inner], size))
        inner_column, inner_row = np.divmod(self._keys, size)
        self._indices = inner_row.astype(np.int32)
        self._indptr = np.searchsorted(inner_column, np.arange(self._inner + 1)).astype(np.int32)

    @property
    def length(self) -> int:
        """How many entries it has: those of the interior, and the rows of the border."""
        return len(self._keys) + self._border * self._width

    @property
    def _width(self) -> int:
        """Unknowns in a row of the border: those of the interior that touch it, and the border."""
        return self._touching + self._border

    def places(self, row: Positions, column: Positions) -> Positions:
        """Where entries stand in the buffer, from positions in the given unknowns; -1 for the border's columns."""
        row, column = self._position[row], self._position[column]
        size, inner = len(self.unknowns), self._inner
        result = np.full(len(row), -1, dtype=np.int64)
        own = (row < inner) & (column < inner)
        result[own] = self.start + np.searchsorted(self._keys, _keys(column[own], row[own], size))
        below = row >= inner
        # Columns of the border follow those that touch it.
        column = np.where(column[below] < inner, column[below], column[below] - inner + self._touching)
        result[below] = self.start + len(self._keys) + _keys(row[below] - inner, column, self._width)
        return result

    def factorise(self, entries: FloatArray, active: ActiveInequalities) -> BorderedFactor:
        """Factorise with the active inequalities, whose duals join the interior."""
        inner = self._inner
        is_active = active.is_active[self._inequalities]
        own, rows = self._inequalities[is_active], self._inequality_rows[is_active]
        interior = sp.csc_array((entries[: len(self._keys)], self._indices, self._indptr), shape=(inner, inner))
        border = entries[len(self._keys) :].reshape(self._border, self._width)
        unknowns, signs = self.unknowns, self._signs
        if len(own):
            inside, diagonal = sp.csc_array(rows[:, :inner]), sp.diags_array(active.diagonal[own])
            interior = sp.block_array([[interior, inside.T], [inside, diagonal]], format="csc")
            unknowns = np.concatenate([unknowns[:inner], active.unknowns[own], unknowns[inner:]])
            signs = np.concatenate([signs[:inner], np.ones(len(own)), signs[inner:]])
        to_active = rows[:, inner:].T.toarray()
        to_inner, corner = border[:, : self._touching], border[:, self._touching :]
        return BorderedFactor(unknowns, sp.csc_array(interior), to_inner, to_active, corner, signs)


def _keys(major: Positions, minor: Positions, size: int) -> IntArray:
    """Positions in a matrix of this size, as one number."""
    keys = major.astype(np.int64)
    keys *= size
    keys += minor
    return keys


def _both_sides(row: Positions, column: Positions, size: int) -> tuple[Positions, Positions]:
    """Distinct entries on both sides of the diagonal, and on it."""
    keys = np.concatenate([_keys(row, column, size), _keys(column, row, size), np.arange(size) * (size + 1)])
    keys.sort()
    keys = keys[np.append(True, keys[1:] != keys[:-1])]
    return (keys // size).astype(np.int32), (keys % size).astype(np.int32)


def _highest_degree_first(row: Positions, column: Positions, size: int) -> tuple[IntArray, int]:
    """Unknowns by falling degree, their number of neighbours, and how many of them make the cheapest border.

    The cost counts operations: a sparse interior of m entries like a planar one, ``m**1.5`` (George,
    "Nested dissection of a regular finite element mesh", SIAM J. Numer. Anal. 10(2), 1973), and a border
    of k unknowns ``k m`` to pass the interior and ``k**2 size`` for its Schur complement. Dense operations
    are many times faster than sparse ones.
    """
    order = np.argsort(-np.bincount(row, minlength=size), kind="stable")
    rank = np.argsort(order).astype(np.int32)
    # An entry leaves the interior with the first of its two unknowns.
    leaving = np.bincount(np.minimum(rank[row], rank[column]), minlength=size)
    k = np.arange(size + 1, dtype=np.float64)
    inside = np.concatenate([[len(row)], len(row) - np.cumsum(leaving)]).astype(np.float64)
    cost = _SPARSE * (inside**1.5 + k * inside) + k**2 * size
    return order, int(np.argmin(cost))


def _interior_first(row: Positions, column: Positions, order: IntArray, border: int) -> tuple[IntArray, int]:
    """Unknowns with the first ones, the border, moved to the end, and how many of the others touch these."""
    is_border = np.zeros(len(order), dtype=bool)
    is_border[order[:border]] = True
    touches = np.zeros(len(order), dtype=bool)
    touches[column[is_border[row]]] = True
    touches &= ~is_border
    inner = order[border:]
    inner = np.concatenate([inner[touches[inner]], inner[~touches[inner]]])
    return np.concatenate([inner, order[:border]]), int(touches.sum())
