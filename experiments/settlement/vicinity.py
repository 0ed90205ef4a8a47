"""Vicinity: all that is as good as a point within a proof, as steps from it, and how far figures move in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import SuperLU, splu

from ...agents.arrays import BoolArray, FloatArray, IntArray
from .extreme_points import ExtremePoints, Polyhedron

_TOLERANCE = 1e-9
# Random steps of which the largest counts.
_SAMPLES = 8
# Of the projection on what constraints leave; what it lets through is projected again.
_REGULARISATION = 1e-13
_PROJECTIONS = 3
# Pivots, or projections, times columns, for one vicinity: about a second each. Budgets depend on the problem and
# not on the clock.
_MOST_PIVOTING = 1e7
_MOST_PROJECTING = 2e6


class LinearMap(Protocol):
    """What there are products of, and rows; not all of them are stored as matrices."""

    def __matmul__(self, values: FloatArray, /) -> FloatArray:
        """The product with values of shape (n, k)."""
        ...

    def __getitem__(self, rows: IntArray, /) -> sp.csr_array:
        """Some of the rows."""
        ...


@dataclass(frozen=True, eq=False)
class Vicinity:
    """Steps from a point that keep to constraints of a certain width; no step at all is one of them.

    Functions of a step are ``outer @ inner @ step``.

    Parameters
    ----------
    polyhedron : Polyhedron
    reach : float
        Steps of variables without limits are looked for up to this size.
    """

    polyhedron: Polyhedron
    reach: float

    def spread(self, outer: sp.csr_array | LinearMap, inner: sp.csr_array) -> FloatArray:
        """About how far functions move to either side, shape (functions,).

        Random steps in the ellipsoid whose axes are the widths of all constraints, projected on the
        equalities (the ellipsoid of Dikin, "Iterative solution of problems of linear and quadratic
        programming", 1967). What stays put to within rounding does so in the whole vicinity.
        """
        steps = self._projected(np.random.default_rng(0).standard_normal((len(self._widths), _SAMPLES)))
        moved = outer @ (inner @ (self._widths[:, None] * steps)[: inner.shape[1]])
        return np.asarray(np.abs(moved).max(axis=1, initial=0.0))

    def outer_bounds(self, outer: sp.csr_array | LinearMap, inner: sp.csr_array, functions: IntArray) -> FloatArray:
        """How far some functions move to either side at most, shape (functions,); infinite beyond the budget.

        In units of the widths no step is larger than 1 anywhere, so that a function moves by no more than the
        1-norm of its gradient, projected on the equalities.
        """
        result = np.full(len(functions), np.inf)
        count = min(len(result), int(_MOST_PROJECTING / len(self._widths)))
        gradients = np.zeros((len(self._widths), count))
        gradients[: inner.shape[1]] = (outer[functions[:count]] @ inner).T.toarray()
        parts = np.abs(self._projected(self._widths[:, None] * gradients))
        unlimited = parts[self._unlimited].sum(axis=0) > _TOLERANCE * self.reach
        result[:count] = np.where(unlimited, np.inf, parts.sum(axis=0))
        return result

    def extremes(self, outer: sp.csr_array | LinearMap, inner: sp.csr_array, functions: IntArray) -> FloatArray:
        """Least and largest value of some functions, shape (functions, 2).

        Infinite where there is none, and NaN where it was not found within the budget. Parts that
        no constraint ties together, such as hours without ramps, are looked at one by one.
        """
        found = np.full((len(functions), 2), np.nan)
        parts: dict[int, _Part] = {}
        left = _MOST_PIVOTING
        for position in range(len(found)):
            # Even without a pivot the simplex method takes its time for each function.
            if left <= 0:
                break
            found[position] = 0.0
            function = (outer[functions[[position]]] @ inner).toarray().ravel()
            for label in np.unique(self._part_of_column[np.flatnonzero(function)]).tolist():
                if label not in parts:
                    parts[label] = _part(self.polyhedron, self._part_of_column == label)
                part = parts[label]
                for side, sign in enumerate((1.0, -1.0)):
                    least = part.least(sign * function, int(max(left, 0.0) / len(part.columns)))
                    found[position, side] += sign * least
                    left -= np.inf if part.points.is_stuck else (part.points.pivots + 1) * len(part.columns)
        return found

    @cached_property
    def _part_of_column(self) -> IntArray:
        rows = self.polyhedron.rows
        pattern = sp.csr_array((np.ones(rows.nnz), rows.indices, rows.indptr), shape=rows.shape)
        _, labels = connected_components(sp.block_array([[None, pattern], [pattern.T, None]], format="csr"))
        return np.asarray(labels[rows.shape[0] :], dtype=np.int64)

    @cached_property
    def _all_widths(self) -> FloatArray:
        """Of all columns, and of those rows that are not equalities."""
        p = self.polyhedron
        return np.concatenate([p.upper - p.lower, (p.row_upper - p.row_lower)[p.row_lower != p.row_upper]])

    @cached_property
    def _widths(self) -> FloatArray:
        return np.clip(self._all_widths, 0.0, self.reach)

    @cached_property
    def _unlimited(self) -> IntArray:
        return np.flatnonzero(np.isinf(self._all_widths))

    @cached_property
    def _factor(self) -> SuperLU:
        """Of the system that projects steps, in units of the widths, on the equalities."""
        p = self.polyhedron
        between = np.flatnonzero(p.row_lower != p.row_upper)
        places = (between, np.arange(len(between)))
        slacks = sp.csr_array((np.full(len(between), -1.0), places), shape=(len(p.row_lower), len(between)))
        scaled = sp.csr_array(sp.hstack([p.rows, slacks], format="csr") @ sp.diags_array(self._widths))
        norms = np.sqrt(np.asarray(scaled.power(2).sum(axis=1)).ravel())
        scaled = sp.csr_array(sp.diags_array(1 / np.where(norms > 0, norms, 1.0)) @ scaled)
        rows, columns = scaled.shape
        system = sp.block_array(
            [[sp.eye_array(columns), scaled.T], [scaled, -_REGULARISATION * sp.eye_array(rows)]], format="csc"
        )
        # Quasidefinite: any order of elimination will do, and the one with little fill takes a fraction of the time.
        return splu(system, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})

    def _projected(self, steps: FloatArray) -> FloatArray:
        count, rows = len(steps), len(self.polyhedron.row_lower)
        for _ in range(_PROJECTIONS):
            steps = self._factor.solve(np.vstack([steps, np.zeros((rows, steps.shape[1]))]))[:count]
        return np.asarray(steps)


@dataclass(frozen=True, eq=False)
class _Part:
    """Some columns of a polyhedron and the rows that they are in."""

    columns: IntArray
    points: ExtremePoints

    def least(self, function: FloatArray, most_pivots: int) -> float:
        """Least value of a function of all columns in these ones."""
        own = function[self.columns]
        step = self.points.least(own, most_pivots)
        if step is not None:
            return float(own @ step)
        return -np.inf if self.points.is_unbounded else np.nan


def _part(polyhedron: Polyhedron, belongs: BoolArray) -> _Part:
    columns = np.flatnonzero(belongs)
    entries = sp.csr_array(polyhedron.rows[:, columns])
    rows = np.flatnonzero(np.diff(entries.indptr))
    part = Polyhedron(
        sp.csr_array(entries[rows]),
        polyhedron.row_lower[rows],
        polyhedron.row_upper[rows],
        polyhedron.lower[columns],
        polyhedron.upper[columns],
    )
    return _Part(columns, ExtremePoints(part, _TOLERANCE))
