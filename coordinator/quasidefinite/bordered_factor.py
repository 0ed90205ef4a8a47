"""Factorised large blocks: LU of a sparse interior, and of its Schur complement in the dense border."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg
from scipy.linalg.lapack import dgetrf

from ...agents.arrays import FloatArray, IntArray, Positions
from .dense import REGULARISATION, lu_solved, scale_of

# Columns of the border that pass the interior together.
_COLUMNS = 32


class BorderedFactor:
    """LU factors of the interior C of ``[[C, N'], [N, K]]``, and of the Schur complement ``S = K - N C^-1 N'``.

    Parameters
    ----------
    unknowns : array of int
    interior : sparse array C of shape (inner + active, inner + active)
        Active inequalities come last.
    to_inner, to_active : arrays of shape (border, touching) and (border, active)
        N from the border to the first unknowns of the interior and to its last ones, zero between; they are
        scaled in place.
    corner : array K of shape (border, border)
    signs : array of shape (inner + active + border,)
        As in the block; 1 for duals of active inequalities.
    """

    def __init__(
        self,
        unknowns: IntArray,
        interior: sp.csc_array,
        to_inner: FloatArray,
        to_active: FloatArray,
        corner: FloatArray,
        signs: FloatArray,
    ) -> None:
        self._unknowns = unknowns
        inner = interior.shape[0]
        self._first = slice(to_inner.shape[1])
        self._last = slice(inner - to_active.shape[1], inner)
        self._to_inner, self._to_active = to_inner, to_active
        scale = self._scale_of(interior, corner)
        inside, outside = scale[:inner], scale[inner:]
        by = sp.diags_array(inside)
        ones = (scale == 0).astype(np.float64)
        self._interior = sp.csc_array(by @ interior @ by + sp.diags_array(ones[:inner]))
        # Side by side they would take as much memory again.
        for across, touched in ((to_inner, self._first), (to_active, self._last)):
            across *= inside[touched]
            across *= outside[:, None]
        self._corner = corner * outside * outside[:, None] + np.diag(ones[inner:])
        self._scale = scale[:, None]
        try:
            self._inside = scipy.sparse.linalg.splu(self._interior)
        except RuntimeError:
            # Singular, as dense blocks may be.
            regular = self._interior + sp.diags_array(REGULARISATION * signs[:inner])
            self._inside = scipy.sparse.linalg.splu(sp.csc_array(regular))
        if len(corner):
            self._lu, self._pivots = self._border_factor(signs[inner:])

    def _border_factor(self, signs: FloatArray) -> tuple[FloatArray, Positions]:
        lu, pivots, singular = dgetrf(self._complement(), overwrite_a=True)
        if singular:
            regular = self._complement()
            size = max(1.0, float(_largest(regular, axis=0).max()))
            regular[np.diag_indices_from(regular)] += REGULARISATION * size * signs
            lu, pivots, _ = dgetrf(regular, overwrite_a=True)
        return lu, pivots

    def _complement(self) -> FloatArray:
        """Schur complement of the interior in the border."""
        result = self._corner.copy(order="F")
        # Some columns after the other: all of them are as many numbers as the border.
        for begin in range(0, len(result), _COLUMNS):
            columns = slice(begin, begin + _COLUMNS)
            passing = np.zeros((self._interior.shape[0], len(result[columns])), order="F")
            passing[self._first], passing[self._last] = self._to_inner[columns].T, self._to_active[columns].T
            result[:, columns] -= self._onto_border(self._inside.solve(passing))
        return result

    def solve(self, right: FloatArray, result: FloatArray) -> None:
        """Put the solution of the block's part of `right` into `result`, with one step of refinement."""
        inner = self._interior.shape[0]
        target = self._scale * right[self._unknowns]
        found = self._once(target)
        inside, outside = found[:inner], found[inner:]
        residual = target.copy()
        residual[:inner] -= self._interior @ inside + self._onto_interior(outside)
        residual[inner:] -= self._onto_border(inside) + self._corner @ outside
        result[self._unknowns] = self._scale * (found + self._once(residual))

    def _once(self, target: FloatArray) -> FloatArray:
        inner = self._interior.shape[0]
        inside, outside = self._inside.solve(target[:inner]), target[inner:]
        if len(outside):
            outside = outside - self._onto_border(inside)
            outside = lu_solved(self._lu, self._pivots, outside)
            inside = self._inside.solve(target[:inner] - self._onto_interior(outside))
        return np.concatenate([inside, outside])

    def _onto_border(self, inside: FloatArray) -> FloatArray:
        return np.asarray(self._to_inner @ inside[self._first] + self._to_active @ inside[self._last])

    def _onto_interior(self, outside: FloatArray) -> FloatArray:
        result = np.zeros((self._interior.shape[0], *outside.shape[1:]))
        result[self._first] = self._to_inner.T @ outside
        result[self._last] = self._to_active.T @ outside
        return result

    def _scale_of(self, interior: sp.csc_array, corner: FloatArray) -> FloatArray:
        size = np.abs(np.concatenate([interior.diagonal(), np.diagonal(corner)]))
        if not size.all():
            inside = abs(interior).max(axis=0).toarray().ravel()
            for across, touched in ((self._to_inner, self._first), (self._to_active, self._last)):
                inside[touched] = np.maximum(inside[touched], _largest(across, axis=0))
            outside = [_largest(rows, axis=1) for rows in (self._to_inner, self._to_active, corner)]
            size = np.where(size == 0, np.concatenate([inside, np.maximum.reduce(outside)]), size)
        return scale_of(size)


def _largest(rows: FloatArray, axis: int) -> FloatArray:
    """Largest absolute values along an axis, without a copy."""
    return np.asarray(np.maximum(rows.max(axis=axis, initial=0.0), -rows.min(axis=axis, initial=0.0)))
