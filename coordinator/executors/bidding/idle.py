"""Goods that nobody can trade, since nobody can be on the other side: prices have only to deter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray, Positions
from ....agents.canonical.stacked_matrices import StackedMatrices
from ...market import Market
from ...sparse import rows_of
from ..forcing import SAME
from .deterring import deterring_levels
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
    of_goods : sparse array of shape (balances, goods)
        How often each good counts.
    """

    variable: Positions
    of_balance: Positions
    per_unit: FloatArray
    offset: FloatArray
    of_goods: sp.csr_array

    @staticmethod
    def of(of_goods: sp.csr_array, market: Market, T: sp.csr_array, offset: FloatArray) -> _Balances:
        """Balances of sums of goods, from what a unit of each variable trades and what goods are without any."""
        of_copies = sp.csr_array(of_goods[:, market.good_of_copy])
        sums = sp.coo_array(of_copies @ T)
        is_real = np.abs(sums.data) > _ROUNDING * (abs(of_copies) @ abs(T))[sums.row, sums.col]
        row, column = sums.coords
        return _Balances(column[is_real], row[is_real], sums.data[is_real], of_goods @ offset, of_goods)

    def with_more(self, joint: _Balances) -> _Balances:
        """These balances, and after them others."""
        return _Balances(
            variable=np.concatenate([self.variable, joint.variable]),
            of_balance=np.concatenate([self.of_balance, len(self.offset) + joint.of_balance]),
            per_unit=np.concatenate([self.per_unit, joint.per_unit]),
            offset=np.concatenate([self.offset, joint.offset]),
            of_goods=sp.csr_array(sp.vstack([self.of_goods, joint.of_goods])),
        )

    def held_by(self, side: Signs) -> IdleGoods:
        """What is idle, from the sides of entries, 0 for those that are not held."""
        entries = np.flatnonzero(side)
        entries = entries[np.argsort(self.of_balance[entries], kind="stable")]
        found, begins = np.unique(self.of_balance[entries], return_index=True)
        goods = rows_of(self.of_goods, found)
        return IdleGoods(
            goods=goods.indices,
            balance=np.repeat(np.arange(len(found)), np.diff(goods.indptr)),
            weight=goods.data,
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

    def move(self, lower: FloatArray, upper: FloatArray) -> BoolArray:
        """Whether any variable of each balance can."""
        moves = (lower < upper)[self.variable]
        return np.bincount(self.of_balance[moves], minlength=len(self.offset)) > 0


def idle_goods(market: Market, matrices: StackedMatrices, lower: FloatArray, upper: FloatArray) -> IdleGoods:
    """Find the balances whose clearing forces variables to a bound, as rows of agents do in `forced_bounds`.

    Parameters
    ----------
    lower, upper : arrays of shape (variables,)
    """
    T, offset = matrices.T, market.imbalance(matrices.trade_offset)
    good = np.repeat(market.good_of_copy.astype(np.int32), np.diff(T.indptr))
    balances = _Balances(T.indices, good, T.data, offset, sp.eye_array(len(offset), format="csr"))
    side = np.zeros(len(balances.variable), dtype=np.int8)
    is_open = np.ones(len(offset), dtype=bool)
    while True:
        idle = balances.held_by(side)
        narrow = idle.held(lower, upper)
        may_be_held = (narrow[0] < narrow[1])[balances.variable] & is_open[balances.of_balance]
        found = np.zeros_like(side)
        for sign in (1, -1):
            found[may_be_held & balances.are_forced(sign, *narrow)[balances.of_balance]] = sign
        entries = np.flatnonzero(found)
        if len(entries):
            # One balance alone answers for a variable: the prices of two would chase each other.
            entries = entries[np.lexsort((balances.of_balance[entries], balances.variable[entries]))]
            entries = entries[np.diff(balances.variable[entries], prepend=-1) > 0]
            side[entries] = found[entries]
            continue
        levels = deterring_levels(T, market.good_of_copy, offset, *narrow)
        levels = levels[~_touched(levels, idle.goods)]
        joint = _Balances.of(levels, market, T, offset)
        if not (joint.are_forced(1, *narrow) & joint.move(*narrow)).any():
            return idle
        balances = balances.with_more(joint)
        side = np.concatenate([side, np.zeros(len(joint.variable), dtype=np.int8)])
        is_open[levels.indices] = False
        is_open = np.concatenate([is_open, np.ones(levels.shape[0], dtype=bool)])


def _touched(levels: sp.csr_array, goods: Positions) -> BoolArray:
    """Which levels count some of these goods: a price that two balances tell would never settle."""
    level = np.repeat(np.arange(levels.shape[0]), np.diff(levels.indptr))
    return np.bincount(level, np.isin(levels.indices, goods), minlength=levels.shape[0]) > 0
