"""Levels of prices that can only deter: what everybody who minds them could do, clearing forbids to all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import linprog
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import lsqr

from ....agents.arrays import BoolArray, FloatArray, Positions
from ...sparse import columns_of, equal_columns, rows_of

# Sums and weights below this share of their terms are rounding.
_ROUNDING = 1e-12
# What the linear programme takes for zero; HiGHS allows nothing smaller.
_ZERO = 1e-10
# Who loses less than this share of the largest weight is indifferent.
_INDIFFERENT = 1e-6
_OPTIMAL = 0


def deterring_levels(
    T: sp.csr_array, good_of_copy: Positions, offset: FloatArray, lower: FloatArray, upper: FloatArray
) -> sp.csr_array:
    """Weighted sums of balances that clear only where whoever takes part in them stays at a bound.

    As wheeling beside a closed line, where some can only send to the hub and others only from it, and by Kirchhoff's
    laws none of them can alone. Prices of wheeling that rise together, each by its weight, are then all the same to a
    grid operator, and leave worse off whoever else minds them: nothing would hold them, and beside them the digits
    of what is traded would be lost. Such weights are a certificate of Farkas' that the market has no interior, found
    by a linear programme in which as many as possible lose by the level (Freund, Roundy and Todd, "Identifying the
    set of always-active constraints in a system of linear inequalities by a single linear program", MIT, 1985).

    Parameters
    ----------
    T : sparse array of shape (copies, variables)
        What a unit of each variable trades.
    good_of_copy : array of int, shape (copies,)
    offset : array of shape (goods,)
        What balances are without any variables.
    lower, upper : arrays of shape (variables,)
        Bounds; a variable whose bounds coincide does not move.

    Returns
    -------
    sparse array of shape (levels, goods)
        Weights of goods, the largest of each level 1 or -1; no good is in two of them. Mostly there are none.
    """
    moves = lower < upper
    # Angles, which turn goods into each other, may go either way; who sells or buys starts from nothing or from a debt.
    turns = (lower < 0) & (upper > 0)
    good = np.repeat(good_of_copy, np.diff(T.indptr))
    goods = _free_goods(T, good, turns)
    if not len(goods):
        return sp.csr_array((0, len(offset)))
    of_goods = rows_of(sp.csr_array((T.data, (good, T.indices)), shape=(len(offset), T.shape[1])), goods)
    from_below, from_above = (np.flatnonzero(moves & starts) for starts in (lower >= 0, upper <= 0))
    gains = sp.csc_array(sp.hstack([columns_of(of_goods, from_below), -columns_of(of_goods, from_above)], format="csc"))
    gains.sort_indices()
    gains = gains[:, equal_columns(gains)[0]]
    gains = gains[:, np.diff(gains.indptr) > 0]
    level = sp.csr_array(columns_of(of_goods, np.flatnonzero(turns)).T)
    level = level[np.diff(level.indptr) > 0]
    at_bounds = np.where(lower >= 0, lower, np.where(upper <= 0, upper, 0.0))
    weights = _weights(gains, level, of_goods @ at_bounds + offset[goods])
    return _apart(weights, of_goods, goods, len(offset))


def _free_goods(T: sp.csr_array, good: Positions, turns: BoolArray) -> Positions:
    """Goods in groups that some variables turn into each other, where these leave a level free."""
    own = np.flatnonzero(turns[T.indices])
    turned, place = np.unique(good[own], return_inverse=True)
    variables, column = np.unique(T.indices[own], return_inverse=True)
    turning = sp.csr_array((T.data[own], (place, column)), shape=(len(turned), len(variables)))
    groups, label = connected_components(abs(turning) @ abs(turning).T, directed=False)
    group_of_column = np.zeros(len(variables), dtype=np.int64)
    group_of_column[column] = label[place]
    spare = np.bincount(label, minlength=groups) - np.bincount(group_of_column, minlength=groups)
    left, size = np.asarray(turning.sum(axis=0)), np.asarray(abs(turning).sum(axis=0))
    leaks = np.bincount(group_of_column, np.abs(left) > _ROUNDING * size, minlength=groups) > 0
    return np.asarray(turned[((spare > 0) | ~leaks)[label]])


def _weights(gains: sp.csc_array, level: sp.csr_array, at_bounds: FloatArray) -> FloatArray:
    """Weights by which all columns gain that can, zero if none can.

    Whatever can gain by other weights gains by their sum too; so those that are left are asked again, until none does.

    Parameters
    ----------
    gains : sparse array of shape (goods, columns)
        Columns of which none may lose.
    level : sparse array of shape (turning variables, goods)
        Rows that must vanish.
    at_bounds : array of shape (goods,)
        A sum that must not be negative.
    """
    goods, columns = gains.shape
    weights = np.zeros(goods)
    # The stubs of linprog know neither sparse matrices nor bounds in one array.
    identity = sp.eye_array(columns, format="csr")
    limits: Any = sp.vstack(
        [sp.hstack([-gains.T, identity]), sp.hstack([sp.csr_array(-at_bounds[None]), sp.csr_array((1, columns))])],
        format="csr",
    )
    level = sp.csr_array(sp.diags_array(1 / abs(level).max(axis=1).toarray().ravel()) @ level)
    equalities: Any = sp.hstack([level, sp.csr_array((level.shape[0], columns))], format="csr")
    bounds: Any = np.repeat([[-1.0, 1.0], [0.0, 1.0]], [goods, columns], axis=0)
    sides = np.zeros(columns + 1), np.zeros(level.shape[0])
    options: Any = {"primal_feasibility_tolerance": _ZERO, "dual_feasibility_tolerance": _ZERO}
    wanting = np.ones(columns, dtype=bool)
    while wanting.any():
        costs = np.concatenate([np.zeros(goods), -wanting.astype(np.float64)])
        found = linprog(costs, limits, sides[0], equalities, sides[1], bounds, "highs", options=options)
        if found.status != _OPTIMAL:
            break
        more, gained = np.split(np.asarray(found.x), [goods])
        gained = wanting & (gained > _INDIFFERENT)
        if not gained.any():
            break
        weights += more
        wanting &= ~gained
    # A vertex meets equalities up to a tolerance, but what turns goods into each other must not mind to the last bit.
    return np.asarray(weights - lsqr(level, level @ weights)[0])


def _apart(weights: FloatArray, of_goods: sp.csr_array, goods: Positions, count: int) -> sp.csr_array:
    """Levels that share no variable, one row each."""
    members = np.flatnonzero(np.abs(weights) > _ROUNDING)
    shared = abs(rows_of(of_goods, members))
    levels, label = connected_components(shared @ shared.T, directed=False)
    largest = np.zeros(levels)
    np.maximum.at(largest, label, np.abs(weights[members]))
    return sp.csr_array((weights[members] / largest[label], (label, goods[members])), shape=(levels, count))
