"""Goods that nobody can trade, since nobody can be on the other side: prices have only to deter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray, IntArray, Positions
from ....agents.canonical.stacked_matrices import StackedMatrices
from ...market import Market
from .forcing import SAME

Signs = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class IdleGoods:
    """Goods that clear only where all who trade them stay at a bound, and the variables that stay there.

    At an interior point a price would run away from whoever is to be kept at a bound to the last bit. Held
    there, agents say instead at which price they would leave it.

    Parameters
    ----------
    goods : array of int, shape (idle,)
    begins : array of int, shape (idle,)
        Where each good's entries begin.
    variables : array of int, shape (entries,)
        Those that the good holds.
    per_unit : array of shape (entries,)
        What a unit of the variable adds to the good's imbalance.
    side : array of shape (entries,)
        1 where the good can only be supplied, -1 where it can only be taken.
    """

    goods: Positions
    begins: IntArray
    variables: Positions
    per_unit: FloatArray
    side: FloatArray

    def held(self, lower: FloatArray, upper: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The bounds with every held variable fixed."""
        if not len(self.goods):
            return lower, upper
        lower, upper = lower.copy(), upper.copy()
        at_lower = self.side * self.per_unit > 0
        upper[self.variables[at_lower]] = lower[self.variables[at_lower]]
        lower[self.variables[~at_lower]] = upper[self.variables[~at_lower]]
        return lower, upper

    def price_change(self, force: FloatArray) -> FloatArray:
        """Change of prices at which the keenest trader of each good turns indifferent, shape (idle,).

        Parameters
        ----------
        force : array of shape (variables,)
            What its holder would gain by a unit more of each variable [$].
        """
        if not len(self.goods):
            return np.zeros(0)
        keenness = self.side * force[self.variables] / self.per_unit
        return np.asarray(-self.side[self.begins] * np.maximum.reduceat(keenness, self.begins))


def idle_goods(market: Market, matrices: StackedMatrices, lower: FloatArray, upper: FloatArray) -> IdleGoods:
    """Find the goods whose clearing forces variables to a bound, as rows of agents do in `forced_bounds`.

    Parameters
    ----------
    lower, upper : arrays of shape (variables,)
    """
    T = matrices.T
    good = np.repeat(market.good_of_copy.astype(np.int32), np.diff(T.indptr))
    offset = market.imbalance(matrices.trade_offset)
    side = np.zeros(len(good), dtype=np.int8)
    while True:
        idle = _held_by(good, side, T)
        held_lower, held_upper = idle.held(lower, upper)
        is_free = (held_lower < held_upper)[T.indices]
        found = np.zeros_like(side)
        for sign in (1, -1):
            is_one_sided = _is_forced(sign * T.data, T.indices, good, sign * offset, held_lower, held_upper)
            found[is_free & is_one_sided[good]] = sign
        entries = np.flatnonzero(found)
        if not len(entries):
            return idle
        # One good alone answers for a variable: the prices of two would chase each other.
        entries = entries[np.lexsort((good[entries], T.indices[entries]))]
        entries = entries[np.diff(T.indices[entries], prepend=-1) > 0]
        side[entries] = found[entries]


def _held_by(good: Positions, side: Signs, T: sp.csr_array) -> IdleGoods:
    entries = np.flatnonzero(side)
    entries = entries[np.argsort(good[entries], kind="stable")]
    goods, begins = np.unique(good[entries], return_index=True)
    return IdleGoods(goods, begins, T.indices[entries], T.data[entries], side[entries].astype(np.float64))


def _is_forced(
    per_unit: FloatArray, variable: Positions, good: Positions, offset: FloatArray, lower: FloatArray, upper: FloatArray
) -> BoolArray:
    """Whether the least sum of each good's trades within the bounds is zero, or above, shape (goods,)."""
    terms = per_unit * np.where(per_unit > 0, lower[variable], upper[variable])
    least = np.bincount(good, terms, minlength=len(offset)) + offset
    size = np.bincount(good, np.abs(terms, out=terms), minlength=len(offset)) + np.abs(offset)
    return np.asarray(np.isfinite(least) & (least >= -SAME * size))
