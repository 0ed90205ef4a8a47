"""Goods that tie two variables only, such as a contract those of its seller and its buyer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray, Positions, one_if_equal
from ...bids import SlopeShape
from ...market import Market


@dataclass(frozen=True, eq=False)
class Pairs:
    """Goods that tie two separable variables, none of them tied before.

    Parameters
    ----------
    goods : array of int, shape (pairs,)
    variables : array of int, shape (2, pairs)
        Which they tie; of two agents the first one's first.
    trade : two arrays of shape (pairs,)
        What a unit of each variable trades.
    """

    goods: Positions
    variables: Positions
    trade: tuple[FloatArray, FloatArray]


def pairs(market: Market, shape: SlopeShape) -> Pairs:
    """Find them among a market's goods."""
    T, goods = shape.trades, len(market.goods)
    good = np.repeat(market.good_of_copy.astype(np.int32), np.diff(T.indptr))
    is_coupled = np.zeros(T.shape[1], dtype=bool)
    is_coupled[shape.coupled] = True
    untied = np.flatnonzero((np.bincount(good, minlength=goods) == 2) & ~_mask(goods, good[is_coupled[T.indices]]))
    # Of two entries the one that is written last stays.
    first, last = np.empty(goods, dtype=np.int32), np.empty(goods, dtype=np.int32)
    every = np.arange(len(good), dtype=np.int32)
    last[good] = every
    first[good[::-1]] = every[::-1]
    entries = np.stack([first[untied], last[untied]])
    variables = T.indices[entries]
    ties = np.bincount(variables.ravel(), minlength=T.shape[1])
    alone = (ties[variables] == 1).all(axis=0)
    of_first, of_second = (one_if_equal(T.data[own[alone]]) for own in entries)
    return Pairs(untied[alone].astype(np.int32), variables[:, alone], (of_first, of_second))


def _mask(count: int, members: Positions) -> np.ndarray:
    result = np.zeros(count, dtype=bool)
    result[members] = True
    return result
