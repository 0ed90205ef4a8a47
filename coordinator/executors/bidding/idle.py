"""Goods that nobody can trade, since nobody can be on the other side: prices have only to deter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ....agents.arrays import BoolArray, FloatArray, IntArray, Positions
from ....agents.canonical.stacked_matrices import StackedMatrices
from ...market import Market
from ..forcing import SAME
from .held import IdleGoods

Signs = npt.NDArray[np.int8]
# Sums below this share of their terms are rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class _Balances:
    """Entries of variables in balances: first those of single goods, then those of joint ones.

    Parameters
    ----------
    variable, of_balance, per_unit : arrays of shape (entries,)
    offset : array of shape (balances,)
        What the balance is without any variables.
    joint_goods, joint : arrays of int
        Goods that clear together with others, and of which joint balance each is part.
    """

    variable: Positions
    of_balance: Positions
    per_unit: FloatArray
    offset: FloatArray
    joint_goods: IntArray
    joint: IntArray

    def held_by(self, side: Signs) -> IdleGoods:
        """What is idle, from the sides of entries, 0 for those that are not held."""
        entries = np.flatnonzero(side)
        entries = entries[np.argsort(self.of_balance[entries], kind="stable")]
        found, begins = np.unique(self.of_balance[entries], return_index=True)
        singles = len(self.offset) - len(np.unique(self.joint))
        is_member = np.isin(self.joint + singles, found)
        goods = np.concatenate([found[found < singles], self.joint_goods[is_member]])
        label = np.concatenate([found[found < singles], self.joint[is_member] + singles])
        return IdleGoods(
            goods=goods,
            balance=np.searchsorted(found, label),
            begins=begins,
            variables=self.variable[entries],
            per_unit=self.per_unit[entries],
            side=side[entries].astype(np.float64),
        )

    def are_forced(self, sign: int, lower: FloatArray, upper: FloatArray) -> BoolArray:
        """Whether the least sum within the bounds of each balance, times a sign, is zero or above."""
        per_unit = sign * self.per_unit
        terms = per_unit * np.where(per_unit > 0, lower[self.variable], upper[self.variable])
        least = np.bincount(self.of_balance, terms, minlength=len(self.offset)) + sign * self.offset
        size = np.bincount(self.of_balance, np.abs(terms, out=terms), minlength=len(self.offset)) + np.abs(self.offset)
        return np.asarray(np.isfinite(least) & (least >= -SAME * size))

    def left_alone(self, is_free: BoolArray, values: FloatArray) -> tuple[Positions, FloatArray]:
        """Variables that alone can clear a balance, as a line to a bus where nobody trades, and how they clear it.

        Parameters
        ----------
        is_free : array of bool, shape (entries,)
        values : array of shape (variables,)
            Of those that are not free.
        """
        balances = len(self.offset)
        alone = is_free & (np.bincount(self.of_balance[is_free], minlength=balances) == 1)[self.of_balance]
        entries = np.flatnonzero(alone)
        if not len(entries):
            return entries, np.zeros(0)
        fixed = np.flatnonzero(~is_free)
        terms = self.per_unit[fixed] * values[self.variable[fixed]]
        rest = self.offset + np.bincount(self.of_balance[fixed], terms, minlength=balances)
        return self.variable[entries], -rest[self.of_balance[entries]] / self.per_unit[entries]


def idle_goods(market: Market, matrices: StackedMatrices, lower: FloatArray, upper: FloatArray) -> IdleGoods:
    """Find the balances whose clearing forces variables to a bound, as rows of agents do in `forced_bounds`.

    Parameters
    ----------
    lower, upper : arrays of shape (variables,)
    """
    balances = _balances(market, matrices, np.isinf(lower) & np.isinf(upper))
    side = np.zeros(len(balances.variable), dtype=np.int8)
    known = np.full(len(lower), np.nan)
    while True:
        idle = balances.held_by(side)
        narrow = [np.where(np.isnan(known), bounds, known) for bounds in idle.held(lower, upper)]
        is_free = (narrow[0] < narrow[1])[balances.variable]
        found = np.zeros_like(side)
        for sign in (1, -1):
            found[is_free & balances.are_forced(sign, *narrow)[balances.of_balance]] = sign
        entries = np.flatnonzero(found)
        if len(entries):
            # One balance alone answers for a variable: the prices of two would chase each other.
            entries = entries[np.lexsort((balances.of_balance[entries], balances.variable[entries]))]
            entries = entries[np.diff(balances.variable[entries], prepend=-1) > 0]
            side[entries] = found[entries]
            continue
        variables, values = balances.left_alone(is_free, narrow[0])
        if not len(variables):
            return idle
        known[variables] = values


def _balances(market: Market, matrices: StackedMatrices, is_unbounded: BoolArray) -> _Balances:
    T = matrices.T
    good = np.repeat(market.good_of_copy.astype(np.int32), np.diff(T.indptr))
    offset = market.imbalance(matrices.trade_offset)
    goods, joint = _joint_goods(T, good, is_unbounded, len(offset))
    if not len(goods):
        return _Balances(T.indices, good, T.data, offset, goods, joint)
    count, variables = int(joint.max()) + 1, T.shape[1]
    adding = sp.csr_array((np.ones(len(goods)), (joint, goods)), shape=(count, len(offset)))
    of_goods = sp.csr_array((T.data, (good, T.indices)), shape=(len(offset), variables))
    sums = sp.coo_array(adding @ of_goods)
    is_real = np.abs(sums.data) > _ROUNDING * (adding @ abs(of_goods))[sums.row, sums.col]
    return _Balances(
        variable=np.concatenate([T.indices, sums.col[is_real]]),
        of_balance=np.concatenate([good, len(offset) + sums.row[is_real]]),
        per_unit=np.concatenate([T.data, sums.data[is_real]]),
        offset=np.concatenate([offset, adding @ offset]),
        joint_goods=goods,
        joint=joint,
    )


def _joint_goods(T: sp.csr_array, good: Positions, is_unbounded: BoolArray, goods: int) -> tuple[IntArray, IntArray]:
    """Goods that unbounded variables only turn into each other, and which of them belong together.

    As wheeling on an island without the hub: a grid operator takes at one bus what it delivers at another. In all
    it delivers nothing there.
    """
    own = np.flatnonzero(is_unbounded[T.indices])
    none = np.zeros(0, dtype=np.int64)
    if not len(own):
        return none, none
    of_good = sp.csr_array((T.data[own], (good[own], T.indices[own])), shape=(goods, T.shape[1]))
    label = np.asarray(connected_components(of_good @ of_good.T, directed=False)[1], dtype=np.int64)
    left = np.bincount(T.indices[own], T.data[own], minlength=T.shape[1])
    size = np.bincount(T.indices[own], np.abs(T.data[own]), minlength=T.shape[1])
    leaks = (np.abs(left) > _ROUNDING * size)[T.indices[own]]
    is_turned = np.zeros(goods, dtype=bool)
    is_turned[good[own]] = True
    is_turned &= ~np.isin(label, label[good[own[leaks]]])
    members = np.flatnonzero(is_turned)
    return members, np.unique(label[members], return_inverse=True)[1]
