"""Large blocks of a quasidefinite system: a sparse interior with a dense border."""

from __future__ import annotations

import numpy as np
import scipy.linalg
import scipy.sparse as sp
import scipy.sparse.linalg

from ..market import FloatArray, IntArray, Positions
from .dense import Binding, lu_solved, scale_of

# Time of a sparse operation over that of a dense one.
_SPARSE = 10.0
# Columns of the border that pass the interior together.
_COLUMNS = 32


class BorderedBlock:
    """One block whose few most connected unknowns, such as producers' totals, are its border.

    Without them the rest, such as consumers' totals and the network, is sparse. It is eliminated onto the
    border, a Schur complement in the sense of Petra, Schenk and Anitescu ("Real-time stochastic
    optimization of complex energy systems on high-performance computers", Comput. Sci. Eng. 16(5), 2014).

    Parameters
    ----------
    unknowns : array of int, shape (size,)
    start : int
        Where its entries start in the buffer of all blocks.
    row, column : arrays of int
        Positions in `unknowns` of entries off the diagonal that can differ from zero, on either side of it;
        they may repeat.
    limits : array of int
        Limits on its coupled variables.
    limit_rows : sparse array of shape (limits, size)
    """

    def __init__(
        self,
        unknowns: IntArray,
        start: int,
        row: Positions,
        column: Positions,
        limits: IntArray,
        limit_rows: sp.csr_array,
    ) -> None:
        size = len(unknowns)
        row, column = _both_sides(row, column, size)
        order, self._border = _most_connected_first(row, column, size)
        # The interior comes first, what touches the border before what does not; then the border.
        order, self._touching = _interior_first(row, column, order, self._border)
        self.unknowns, self.start = unknowns[order], start
        self._limits, self._limit_rows = limits, sp.csr_array(limit_rows[:, order])
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

    def factorise(self, entries: FloatArray, binding: Binding) -> BorderedFactor:
        """Factorise with the limits that bind, which join the interior."""
        inner = self._inner
        own = self._limits[binding.is_binding[self._limits]]
        interior = sp.csc_array((entries[: len(self._keys)], self._indices, self._indptr), shape=(inner, inner))
        border = entries[len(self._keys) :].reshape(self._border, self._width)
        rows = self._limit_rows[binding.is_binding[self._limits]]
        unknowns = self.unknowns
        if len(own):
            inside, give = sp.csc_array(rows[:, :inner]), sp.diags_array(binding.give[own])
            interior = sp.block_array([[interior, inside.T], [inside, give]], format="csc")
            unknowns = np.concatenate([unknowns[:inner], binding.unknowns[own], unknowns[inner:]])
        to_limits = rows[:, inner:].T.toarray()
        to_inner, outer = border[:, : self._touching], border[:, self._touching :]
        return BorderedFactor(unknowns, sp.csc_array(interior), to_inner, to_limits, outer)


class BorderedFactor:
    """One factorised block: LU of the sparse interior, LU of the border's Schur complement.

    Parameters
    ----------
    unknowns : array of int
    interior : sparse array of shape (inner + limits, inner + limits)
    to_inner, to_limits : arrays of shape (border, touching) and (border, limits)
        From the border to the first unknowns of the interior and to its last ones; they are scaled in place.
    outer : array of shape (border, border)
    """

    def __init__(
        self,
        unknowns: IntArray,
        interior: sp.csc_array,
        to_inner: FloatArray,
        to_limits: FloatArray,
        outer: FloatArray,
    ) -> None:
        self._unknowns = unknowns
        inner = interior.shape[0]
        self._first = slice(to_inner.shape[1])
        self._last = slice(inner - to_limits.shape[1], inner)
        self._to_inner, self._to_limits = to_inner, to_limits
        scale = self._scale_of(interior, outer)
        inside, outside = scale[:inner], scale[inner:]
        by = sp.diags_array(inside)
        idle = (scale == 0).astype(np.float64)
        self._interior = sp.csc_array(by @ interior @ by + sp.diags_array(idle[:inner]))
        # Side by side they would take as much memory again.
        for across, touched in ((to_inner, self._first), (to_limits, self._last)):
            across *= inside[touched]
            across *= outside[:, None]
        self._outer = outer * outside * outside[:, None] + np.diag(idle[inner:])
        self._scale = scale[:, None]
        try:
            self._inside = scipy.sparse.linalg.splu(self._interior)
        except RuntimeError as error:
            raise np.linalg.LinAlgError(str(error)) from error
        complement = self._outer.copy(order="F")
        # Some columns after the other: all of them are as many numbers as the border.
        for begin in range(0, len(outer), _COLUMNS):
            columns = slice(begin, begin + _COLUMNS)
            passing = np.zeros((inner, len(outer[columns])), order="F")
            passing[self._first], passing[self._last] = to_inner[columns].T, to_limits[columns].T
            complement[:, columns] -= self._onto_border(self._inside.solve(passing))
        self._factor = scipy.linalg.lu_factor(complement, overwrite_a=True, check_finite=False)

    def solve(self, right: FloatArray, result: FloatArray) -> None:
        """Put the solution of the block's part of `right` into `result`, with one step of refinement."""
        inner = self._interior.shape[0]
        target = self._scale * right[self._unknowns]
        found = self._once(target)
        inside, outside = found[:inner], found[inner:]
        left = target.copy()
        left[:inner] -= self._interior @ inside + self._onto_interior(outside)
        left[inner:] -= self._onto_border(inside) + self._outer @ outside
        result[self._unknowns] = self._scale * (found + self._once(left))

    def _once(self, target: FloatArray) -> FloatArray:
        inner = self._interior.shape[0]
        inside, outside = self._inside.solve(target[:inner]), target[inner:]
        if len(outside):
            outside = outside - self._onto_border(inside)
            outside = lu_solved(*self._factor, outside)
            inside = self._inside.solve(target[:inner] - self._onto_interior(outside))
        return np.concatenate([inside, outside])

    def _onto_border(self, inside: FloatArray) -> FloatArray:
        return np.asarray(self._to_inner @ inside[self._first] + self._to_limits @ inside[self._last])

    def _onto_interior(self, outside: FloatArray) -> FloatArray:
        result = np.zeros((self._interior.shape[0], *outside.shape[1:]))
        result[self._first] = self._to_inner.T @ outside
        result[self._last] = self._to_limits.T @ outside
        return result

    def _scale_of(self, interior: sp.csc_array, outer: FloatArray) -> FloatArray:
        size = np.abs(np.concatenate([interior.diagonal(), np.diagonal(outer)]))
        if not size.all():
            inside = abs(interior).max(axis=0).toarray().ravel()
            for across, touched in ((self._to_inner, self._first), (self._to_limits, self._last)):
                inside[touched] = np.maximum(inside[touched], _largest(across, axis=0))
            outside = [_largest(rows, axis=1) for rows in (self._to_inner, self._to_limits, outer)]
            size = np.where(size == 0, np.concatenate([inside, np.maximum.reduce(outside)]), size)
        return scale_of(size)


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


def _largest(rows: FloatArray, axis: int) -> FloatArray:
    """Largest absolute values along an axis, without a copy."""
    return np.asarray(np.maximum(rows.max(axis=axis, initial=0.0), -rows.min(axis=axis, initial=0.0)))


def _most_connected_first(row: Positions, column: Positions, size: int) -> tuple[IntArray, int]:
    """Unknowns by falling number of neighbours, and how many of them make the cheapest border.

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
