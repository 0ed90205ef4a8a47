"""A point within linear constraints, one step from where a point stands that is within most of them already."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import splu

from ...agents.arrays import FloatArray
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme
from .presolve import presolved

# Of a system whose diagonal is 1: keeps equations that say the same twice from making it singular.
_REGULARISATION = 1e-13
_REFINEMENTS = 3
# What counts as far enough from all limits.
_MOST_ROOM = 1e6
# What may be left of sides of 1.
_LEFT = 1e-3


def inner_point(programme: QuadraticProgramme) -> FloatArray | None:
    """The point next to the origin, where distances count in multiples of those from the origin to the limits.

    The metric is that of Dikin, "Iterative solution of problems of linear and quadratic programming", Soviet
    Mathematics Doklady 8, 1967: it takes one linear system, and leaves limits alone that are far away.

    Parameters
    ----------
    programme : QuadraticProgramme
        Of which only the constraints count; the largest of what the origin lacks is about 1.

    Returns
    -------
    array of shape (n,), or None
        None if a limit is in the way.
    """
    substitution = presolved(programme)
    q = substitution.programme
    rows = sp.csr_array(sp.vstack([q.A, q.G], format="csr"))
    z = np.clip(0.0, q.lower, q.upper)
    room = np.minimum(np.minimum(z - q.lower, q.upper - z), _MOST_ROOM)
    slack = q.h - q.G @ z
    lacking = np.concatenate([q.b - q.A @ z, np.minimum(slack, 0.0)])
    step = _least_step(rows, room, np.concatenate([np.zeros(len(q.b)), np.maximum(slack, 0.0)]), lacking)
    z = np.clip(z + step, q.lower, q.upper)
    left = max(np.abs(q.A @ z - q.b).max(initial=0.0), (q.G @ z - q.h).max(initial=0.0))
    return substitution.all_variables(z) if left <= _LEFT else None


def _least_step(rows: sp.csr_array, room: FloatArray, slack: FloatArray, lacking: FloatArray) -> FloatArray:
    """The least step with ``rows @ step + s = lacking``, in multiples of room and, for s, of slack."""
    weighted = sp.csr_array(rows @ sp.diags_array(room))
    normal = sp.csc_array(weighted @ weighted.T + sp.diags_array(slack**2))
    size = np.sqrt(normal.diagonal())
    inverse = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    normal = sp.csc_array(sp.diags_array(inverse) @ normal @ sp.diags_array(inverse))
    # Rows that nothing can move are left as they are.
    shift = np.where(size > 0, _REGULARISATION, 1.0)
    factor = splu(normal + sp.diags_array(shift, format="csc"), permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0)
    wanted = inverse * lacking
    multipliers = np.zeros_like(wanted)
    for _ in range(_REFINEMENTS):
        multipliers += factor.solve(wanted - normal @ multipliers)
    return np.asarray(room * (weighted.T @ (inverse * multipliers)))
