"""Vicinity: all that is as good as a point within a proof, as steps from it, and how far figures move in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ...agents.arrays import FloatArray
from .extreme_points import ExtremePoints, Polyhedron

_TOLERANCE = 1e-9
# Random steps of which the largest counts.
_SAMPLES = 8
# Of the projection on what constraints leave; what it lets through is projected again.
_REGULARISATION = 1e-13
_PROJECTIONS = 3
# Pivots times columns for the extremes of one vicinity: about a second.
MOST_WORK = 1e7


@dataclass(frozen=True, eq=False)
class Vicinity:
    """Steps from a point that keep to constraints of a certain width; no step at all is one of them.

    Parameters
    ----------
    polyhedron : Polyhedron
    reach : float
        Steps of variables without limits are looked for up to this size.
    """

    polyhedron: Polyhedron
    reach: float

    def spread(self, outer: sp.csr_array, inner: sp.csr_array) -> FloatArray:
        """About how far the functions ``outer @ inner @ step`` move to either side, shape (functions,).

        Random steps in the ellipsoid whose axes are the widths of all constraints, projected on the
        equalities (the ellipsoid of Dikin, "Iterative solution of problems of linear and quadratic
        programming", 1967). What stays put to within rounding does so in the whole vicinity.
        """
        p = self.polyhedron
        fixed = p.row_lower == p.row_upper
        between = np.flatnonzero(~fixed)
        slacks = sp.csr_array(
            (np.full(len(between), -1.0), (between, np.arange(len(between)))), (len(fixed), len(between))
        )
        widths = np.concatenate([p.upper - p.lower, (p.row_upper - p.row_lower)[between]])
        widths = np.clip(widths, 0.0, self.reach)
        scaled = sp.csr_array(sp.hstack([p.rows, slacks], format="csr") @ sp.diags_array(widths))
        norms = np.sqrt(np.asarray(scaled.power(2).sum(axis=1)).ravel())
        scaled = sp.csr_array(sp.diags_array(1 / np.where(norms > 0, norms, 1.0)) @ scaled)
        rows, columns = scaled.shape
        system = sp.block_array(
            [[sp.eye_array(columns), scaled.T], [scaled, -_REGULARISATION * sp.eye_array(rows)]], format="csc"
        )
        factor = splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        steps = np.random.default_rng(0).standard_normal((columns, _SAMPLES))
        for _ in range(_PROJECTIONS):
            steps = factor.solve(np.vstack([steps, np.zeros((rows, _SAMPLES))]))[:columns]
        moved = outer @ (inner @ (widths[:, None] * steps)[: p.rows.shape[1]])
        return np.asarray(np.abs(moved).max(axis=1, initial=0.0))

    def extremes(self, outer: sp.csr_array, inner: sp.csr_array) -> FloatArray:
        """Least and largest of the functions ``outer @ inner @ step``, shape (functions, 2).

        Infinite where there is no bound, and NaN where none was found within `MOST_WORK`, which
        depends on the problem alone and not on the clock.
        """
        found = np.full((outer.shape[0], 2), np.nan)
        points = ExtremePoints(self.polyhedron, _TOLERANCE)
        work, columns = 0.0, self.polyhedron.rows.shape[1]
        for position in range(outer.shape[0]):
            function = (outer[[position]] @ inner).toarray().ravel()
            for side, sign in enumerate((1.0, -1.0)):
                if work > MOST_WORK:
                    return found
                step = points.least(sign * function)
                work += (points.pivots + 1) * columns
                if step is not None:
                    found[position, side] = function @ step
                elif points.is_unbounded:
                    found[position, side] = -sign * np.inf
        return found
