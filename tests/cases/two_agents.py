"""Two agents, one good: the smallest market.

The seller's marginal cost is ``c + s q`` up to its capacity, the buyer's marginal benefit ``50 - 2 q``.

* Rising cost, 10 + 2 q: 10 + 2 q = 50 - 2 q gives q = 10 MWh at 30 $/MWh;
  welfare 50*10 - 10^2 - (10*10 + 10^2) = 200 $.
* Constant cost 30: 50 - 2 q = 30 gives q = 10 at 30; welfare 500 - 100 - 300 = 100 $.
* Scarce, constant cost 30 but at most 5 MWh: q = 5, and the buyer's last MWh is worth 50 - 10 = 40 $;
  welfare 250 - 25 - 150 = 75 $.
"""

from dataclasses import dataclass

import cvxpy as cp
from cases.known import Known

from walras.agents import Declaration, Family, Good
from walras.coordinator import Market, Scale


@dataclass(frozen=True)
class Seller:
    good: Good
    cost: float = 10.0
    slope: float = 2.0
    capacity_mwh: float = 100.0
    name: str = "seller"
    moves_money = True

    def declare(self):
        quantity = cp.Variable(1, nonneg=True)
        cost = self.cost * cp.sum(quantity) + self.slope / 2 * cp.sum_squares(quantity)
        return Declaration(cost, quantity / self.good.mwh_per_unit, (self.good,), [quantity <= self.capacity_mwh])


@dataclass(frozen=True)
class Buyer:
    good: Good
    willingness: float = 50.0
    slope: float = 2.0
    name: str = "buyer"
    moves_money = True

    def declare(self):
        quantity = cp.Variable(1, nonneg=True)
        benefit = self.willingness * cp.sum(quantity) - self.slope / 2 * cp.sum_squares(quantity)
        return Declaration(-benefit, -quantity / self.good.mwh_per_unit, (self.good,), [])


MWH = Good(Family.CONTRACT, "seller", "buyer", 0)
KWH = Good(Family.CONTRACT, "seller", "buyer", 0, "kWh", 0.001)


def rising_cost(good: Good = MWH) -> Known:
    return _known(Seller(good), price=30.0, quantity=10.0, welfare=200.0)


def constant_cost(good: Good = MWH) -> Known:
    return _known(Seller(good, cost=30.0, slope=0.0), price=30.0, quantity=10.0, welfare=100.0)


def scarce(good: Good = MWH) -> Known:
    return _known(Seller(good, cost=30.0, slope=0.0, capacity_mwh=5.0), price=40.0, quantity=5.0, welfare=75.0)


def _known(seller: Seller, price: float, quantity: float, welfare: float) -> Known:
    good, unit = seller.good, seller.good.mwh_per_unit
    scales = {good: Scale(30.0 * unit, 10.0 / unit)}
    return Known(
        market=Market((seller, Buyer(good)), scales),
        prices={good: price * unit},
        trades={("seller", good): quantity / unit, ("buyer", good): -quantity / unit},
        welfare_usd=welfare,
    )
