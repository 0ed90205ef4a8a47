"""Factorised large blocks: LU of a sparse interior, and of its Schur complement in the dense border."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg
from scipy.linalg.lapack import dgetrf

from ...agents.arrays import FloatArray, IntArray, Positions
from .dense import REGULARISATION, lu_solved, scale_of

# Shares of the diagonal that are tried where factors without them find nothing, and what tells that they do not.
_SHARES = (1e-13, 1e-12, 1e-11, 1e-10)
_ASTRAY = 1e-6
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
        self._scale, self._signs = scale[:, None], signs
        self._factorise(0.0)

    def _factorise(self, share: float) -> None:
        """Factors with a share of the signs on the diagonal of the interior; where that is singular, with some."""
        self._share = share
        try:
            self._inside = scipy.sparse.linalg.splu(self._regular_interior(share))
        except RuntimeError:
            # Singular, as dense blocks may be.
            self._inside = scipy.sparse.linalg.splu(self._regular_interior(max(share, REGULARISATION)))
        if len(self._corner):
            self._lu, self._pivots = self._border_factor(self._signs[self._interior.shape[0] :], share)

    def _regular_interior(self, share: float) -> sp.csc_array:
        if share == 0:
            return self._interior
        return sp.csc_array(self._interior + sp.diags_array(share * self._signs[: self._interior.shape[0]]))

    def _border_factor(self, signs: FloatArray, share: float) -> tuple[FloatArray, Positions]:
        complement = self._complement()
        complement[np.diag_indices_from(complement)] += share * signs
        lu, pivots, singular = dgetrf(complement, overwrite_a=True)
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
        """Put the solution of the block's part of `right` into `result`, with one step of refinement.

        Regularised factors are made only where the others find nothing: they cost most of a round.
        """
        target = self._scale * right[self._unknowns]
        best, lack = self._refined(target)
        size = float(np.abs(target).max(initial=0.0))
        for share in _SHARES:
            if lack <= _ASTRAY * size:
                break
            if share > self._share:
                self._factorise(share)
            found, found_lack = self._refined(target)
            if found_lack < lack:
                best, lack = found, found_lack
        result[self._unknowns] = self._scale * best

    def _refined(self, target: FloatArray) -> tuple[FloatArray, float]:
        """A solution after a step of refinement, and the largest entry that it lacks; infinite for overflow."""
        with np.errstate(over="ignore", invalid="ignore"):
            found = self._once(target)
            found += self._once(self._lacking(found, target))
            lack = float(np.abs(self._lacking(found, target)).max(initial=0.0))
        return found, lack if np.isfinite(lack) else np.inf

    def _lacking(self, found: FloatArray, target: FloatArray) -> FloatArray:
        inner = self._interior.shape[0]
        inside, outside = found[:inner], found[inner:]
        residual = target.copy()
        residual[:inner] -= self._interior @ inside + self._onto_interior(outside)
        residual[inner:] -= self._onto_border(inside) + self._corner @ outside
        return residual

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
