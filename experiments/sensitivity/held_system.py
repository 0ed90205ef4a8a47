"""The linear system of a point that keeps some rows: how it moves, and what is determined there."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import SuperLU, splu

from ...agents.arrays import BoolArray, FloatArray
from ...coordinator.programmes.unsolved import UnsolvedProgrammeError

# Make the system regular where contracts or multipliers are open; refinement takes them out again. Where rows say the
# same twice the inverse meets it in one pivot, so that it must be well above the root of the precision: the first that
# leaves a pivot is taken.
_REGULARISATIONS = (1e-7, 1e-6, 1e-5)
_REFINEMENTS = 60
_SHARP = 1e-12
# Share of what was left that a refinement leaves, from which on further ones gain nothing.
_STALLED = 0.9
# What may be left of right-hand sides of 1, or less, in a system that has a solution.
_CONSISTENT = 1e-7


class HeldSystem:
    """``[[P, E'], [E, 0]]`` for the rows E that a point keeps; it may be singular.

    Parameters
    ----------
    P : sparse array of shape (n, n)
    rows : sparse array of shape (m, n)
    """

    def __init__(self, P: sp.csc_array, rows: sp.csr_array) -> None:
        norms = np.sqrt(rows.power(2).sum(axis=1))
        self._weights = np.divide(1.0, norms, out=np.ones_like(norms), where=norms > 0)
        weighted = sp.diags_array(self._weights) @ rows
        self._count = P.shape[0]
        self._system = sp.csc_array(sp.block_array([[P, weighted.T], [weighted, None]], format="csc"))
        signs = np.concatenate([np.ones(self._count), -np.ones(rows.shape[0])])
        self._factor = _factor(self._system, signs)

    def solve(self, upper: FloatArray, lower: FloatArray) -> tuple[FloatArray, FloatArray, BoolArray]:
        """Solve for many right-hand sides.

        Parameters
        ----------
        upper, lower : arrays of shape (n, k), (m, k)

        Returns
        -------
        variables, multipliers : arrays of shape (n, k), (m, k)
            Of the least norm, nearly.
        is_solved : array of bool, shape (k,)
            False where there is no solution.
        """
        wanted = np.vstack([upper, self._weights[:, None] * lower])
        scale = np.maximum(np.abs(wanted).max(axis=0, initial=0.0), 1e-300)
        wanted = wanted / scale
        found = np.zeros_like(wanted)
        left, size = wanted, np.full(wanted.shape[1], np.inf)
        for _ in range(_REFINEMENTS):
            found = found + self._factor.solve(left)
            left = wanted - self._system @ found
            before, size = size, np.abs(left).max(axis=0, initial=0.0)
            if ((size <= _SHARP) | (size > _STALLED * before)).all():
                break
        # What is rounding beside 1 $, kg or MWh is nothing that must be solved.
        is_solved = size * scale <= _CONSISTENT * np.maximum(scale, 1.0)
        variables, multipliers = np.split(found * scale, [self._count])
        return variables, self._weights[:, None] * multipliers, is_solved


def _factor(system: sp.csc_array, signs: FloatArray) -> SuperLU:
    """Of the quasidefinite system: any order of elimination will do (Vanderbei, SIAM J. Optimization 5(1), 1995)."""
    for size in _REGULARISATIONS:
        regular = sp.csc_array(system + sp.diags_array(size * signs))
        try:
            return splu(regular, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True})
        except RuntimeError as error:
            singular = error
    raise UnsolvedProgrammeError(f"the conditions of the equilibrium cannot be factored: {singular}")
