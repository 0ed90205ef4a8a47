"""Sellers and buyers whose limits overlap: nobody has a closed form, and there are as many contracts as wanted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import cvxpy as cp
import numpy as np

from ....agents.agent import Declaration
from ....agents.arrays import FloatArray
from ....agents.goods import Good, contract
from ....coordinator.market import Market, Scale

# Few enough for dense active sets, which take about 0.1 ms an answer.
PARTNERS = 96
_TYPICAL = Scale(price=45.0, volume=20.0)


@dataclass(frozen=True, eq=False)
class WindowTrader:
    """Trades with partners in a row; all within a window are limited together, and windows overlap.

    Each quantity x costs a seller ``marginal * x + slope * x**2 / 2``; to a buyer it is worth ``marginal * x``, less
    ``slope * x**2 / 2``.

    Parameters
    ----------
    name : str
    goods : tuple of Good
        One contract with each partner.
    sign : int
        1 sells, -1 buys.
    marginal_usd_per_mwh, slope_usd_per_mwh2 : float
    limit_mwh : array of shape (windows,)
        Of each window's sum.
    """

    name: str
    goods: tuple[Good, ...]
    sign: int
    marginal_usd_per_mwh: float
    slope_usd_per_mwh2: float
    limit_mwh: FloatArray
    moves_money: ClassVar[bool] = True

    def declare(self) -> Declaration:
        """Quantities from 0, windows of them from above."""
        quantities = cp.Variable(len(self.goods), nonneg=True)
        cost = self.sign * self.marginal_usd_per_mwh * cp.sum(quantities)
        cost += self.slope_usd_per_mwh2 / 2 * cp.sum_squares(quantities)
        within = _windows(len(self.goods)) @ quantities <= self.limit_mwh
        return Declaration(cost, self.sign * quantities, self.goods, [within])


def window_market(side: int, seed: int, partners: int = PARTNERS) -> Market:
    """As many sellers as buyers, each with contracts with its neighbours on the other side, around a circle.

    Parameters
    ----------
    side : int
        How many sellers; from `partners` on. There are ``side * partners`` contracts.
    seed : int
        Of the uniform numbers.
    partners : int
        Of each trader; from 4 on. A quarter of them, in a row, are a window; there is one from every partner on.
    """
    random = np.random.default_rng(seed)

    def trader(name: str, pairs: Iterable[tuple[int, int]], sign: int, least: float, most: float) -> WindowTrader:
        goods = tuple(contract(f"seller {i % side}", f"buyer {j % side}", 0) for i, j in pairs)
        limit_mwh = random.uniform(20, 200, len(_windows(partners)))
        return WindowTrader(name, goods, sign, random.uniform(least, most), random.uniform(0.5, 2.0), limit_mwh)

    near = range(partners)
    sellers = [trader(f"seller {i}", ((i, i + k) for k in near), 1, 10, 30) for i in range(side)]
    buyers = [trader(f"buyer {j}", ((j - k, j) for k in near), -1, 40, 100) for j in range(side)]
    market = Market((*sellers, *buyers))
    return market.with_scales(dict.fromkeys(market.goods, _TYPICAL))


@cache
def _windows(partners: int) -> FloatArray:
    """Which partners are in which window, shape (windows, partners)."""
    width = partners // 4
    begins, places = np.arange(partners - width + 1)[:, None], np.arange(partners)
    return ((places >= begins) & (places < begins + width)).astype(np.float64)
