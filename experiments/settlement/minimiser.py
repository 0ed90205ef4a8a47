"""A minimiser of a convex quadratic programme to some accuracy, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme, by_clarabel, by_piqp
from .presolve import presolved

# Regularisations: PIQP's default, the second, stops short on sets without interior, but solves now and then what PIQP
# takes for infeasible with the first.
_REGULARISATIONS = (1e-12, 1e-10)
# What takes more steps ends nowhere.
_MOST_STEPS = 100


def minimiser(programme: QuadraticProgramme, tolerances: Sequence[float]) -> FloatArray | None:
    """A solution within the first tolerance that a solver reaches, shape (n,); None if none does.

    PIQP is the more exact, but where it cannot do without an interior, Clarabel takes over: its
    homogeneous embedding needs none.

    Parameters
    ----------
    programme : QuadraticProgramme
    tolerances : sequence of float
        Absolute ones of PIQP, the finest first.
    """
    # Tolerances are absolute: an objective of thousands could not be met, one of thousandths would be ignored.
    curvature = float(abs(programme.P).max())
    if curvature > 0:
        programme = replace(programme, P=sp.csc_array(programme.P / curvature), c=programme.c / curvature)
    substitution = presolved(programme)
    reduced = substitution.programme
    (finest, *others), (first, second) = tolerances, _REGULARISATIONS
    for tolerance, least in [(finest, first), (finest, second), *((coarser, first) for coarser in others)]:
        settings = {"eps_abs": tolerance, "eps_rel": tolerance / 100, "reg_lower_limit": least}
        found = by_piqp(reduced, {**settings, "max_iter": _MOST_STEPS})
        # Where rounding is in the way of the finest, its last step is nearer than the first that meets the coarsest.
        if found.is_solved or found.largest_residual <= tolerances[-1]:
            break
    else:
        found = by_clarabel(reduced)
        if not found.is_solved:
            return None
    return substitution.all_variables(found.x)


def with_known(
    programme: QuadraticProgramme, variables: IntArray, values: FloatArray
) -> tuple[QuadraticProgramme, IntArray]:
    """The programme over the other variables, and which these are; rows without any of them are left out."""
    p = programme
    is_open = np.ones(len(p.c), dtype=bool)
    is_open[variables] = False
    others = np.flatnonzero(is_open)
    x = np.zeros(len(p.c))
    x[variables] = values
    A, b = _rows_of(p.A, p.b - p.A @ x, others)
    G, h = _rows_of(p.G, p.h - p.G @ x, others)
    c, lower, upper = (vector[others] for vector in (p.c + p.P @ x, p.lower, p.upper))
    P = sp.csc_array(p.P[others][:, others])
    return QuadraticProgramme(P, c, A, b, G, h, lower, upper), others


def _rows_of(matrix: sp.csc_array, sides: FloatArray, columns: IntArray) -> tuple[sp.csc_array, FloatArray]:
    """Rows with entries in some columns, in these columns alone, and their sides."""
    part = sp.csr_array(matrix[:, columns])
    rows = np.flatnonzero(np.diff(part.indptr))
    return sp.csc_array(part[rows]), sides[rows]
