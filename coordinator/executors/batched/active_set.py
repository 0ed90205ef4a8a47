"""Which quantities are above zero: the active set that closed forms search for."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import BoolArray, FloatArray, IntArray

# Rounding, relative to the largest slope of a group: a quantity may miss zero by so much and stay empty or filled.
_ROUNDING = 1e-12


def first_filled(wanted: FloatArray, begins: IntArray, group: IntArray) -> BoolArray:
    """What a search starts from: quantities that would be above zero by themselves, shape (quantities,).

    Parameters
    ----------
    wanted : array of shape (quantities,)
        What each would be if the sums over its group did not count.
    begins : array of int, shape (groups,)
        Where each group of quantities begins.
    group : array of int, shape (quantities,)
    """
    filled = wanted > 0
    # What a group needs is held by some of its quantities, though none wants anything by itself.
    return np.asarray(filled | ~np.logical_or.reduceat(filled, begins)[group])


def misplaced(
    held: FloatArray,
    taken: FloatArray,
    filled: BoolArray,
    slope: FloatArray,
    yielding: FloatArray,
    begins: IntArray,
    group: IntArray,
) -> IntArray:
    """Positions of quantities that are on the wrong side of zero by more than rounding.

    Parameters
    ----------
    held, taken : arrays of shape (quantities,)
        What each holds, and what the sums over its group take from what it would hold by itself.
    filled : array of bool, shape (quantities,)
        Which are taken to be above zero.
    slope, yielding : arrays of shape (quantities,)
        Marginal cost at zero, and the change of a quantity for each $ per unit.
    begins, group : arrays of int, shapes (groups,) and (quantities,)
    """
    changed = np.flatnonzero((held > 0) != filled)
    if len(changed):
        steepest = np.maximum.reduceat(np.abs(slope), begins)[group[changed]]
        rounding = _ROUNDING * (yielding[changed] * steepest + np.abs(taken[changed]))
        changed = changed[np.abs(held[changed]) > rounding]
    return changed
