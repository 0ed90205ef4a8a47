"""Conventional load: buys energy as long as it is worth its price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp

from .agent import Declaration
from .arrays import FloatArray
from .goods import Good, contracts


@dataclass(frozen=True, eq=False)
class Consumer:
    """Price-responsive load at one bus with inverse demand ``a - b d``.

    It maximises the integral of its inverse demand up to its demand, less what it pays
    (arXiv 2602.19310, eqs. (1) and (19)). Demand is what it buys plus the hydro it is given.

    Parameters
    ----------
    name : str
    bus : int
    sellers : tuple of str
        Producers that it can buy from.
    willingness_usd_per_mwh : array of shape (periods,)
        Intercept a of inverse demand.
    slope_usd_per_mwh2 : array of shape (periods,)
        Slope b of inverse demand, positive.
    hydro_mwh : array of shape (periods,)
        Fixed delivery h, part of the demand.
    forward_purchase_mwh : array of shape (periods,), optional
        What it agreed before to buy at least (Section IV-E).
    """

    name: str
    bus: int
    sellers: tuple[str, ...]
    willingness_usd_per_mwh: FloatArray
    slope_usd_per_mwh2: FloatArray
    hydro_mwh: FloatArray
    forward_purchase_mwh: FloatArray | None = None
    moves_money: ClassVar[bool] = True

    @property
    def contracts(self) -> tuple[Good, ...]:
        """Contracts, seller by seller and within a seller hour by hour."""
        return contracts(self.sellers, (self.name,), len(self.hydro_mwh))

    @property
    def goods_bought(self) -> tuple[Good, ...]:
        """Goods whose quantities add up to its purchases, hour by hour within a seller."""
        return self.contracts

    def declare(self) -> Declaration:
        """Cost is the negative benefit; trades are minus the purchases."""
        goods, periods = self.goods_bought, len(self.hydro_mwh)
        purchases = cp.Variable((len(goods) // periods, periods), nonneg=True)
        bought = cp.sum(purchases, axis=0)
        # A variable of its own: benefit and hydro would otherwise meet in products of two consumers' numbers.
        demand = cp.Variable(len(self.hydro_mwh))
        owed = [] if self.forward_purchase_mwh is None else [bought >= self.forward_purchase_mwh]
        benefit = self.willingness_usd_per_mwh @ demand - cp.sum(
            cp.multiply(self.slope_usd_per_mwh2 / 2, cp.square(demand))
        )
        trades = -cp.vec(purchases, order="C")
        return Declaration(-benefit, trades, goods, [demand == bought + self.hydro_mwh, *owed])
