"""The exchange problem: sellers and buyers at one bus, every pair with a contract of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ....agents.agent import Agent
from ....agents.arrays import FloatArray
from ....agents.consumer import Consumer
from ....agents.producer import Customer, Producer
from ....coordinator.announcement import Responses
from ....coordinator.market import Market, Scale
from ..rows.verdict import relative_norm

_BUS = 1


@dataclass(frozen=True, eq=False)
class Exchange:
    """A quadratic exchange: n sellers and m buyers, n m goods, one price in equilibrium.

    Seller i bears ``cost s + slope s^2 / 2`` for the sum s of its sales, at most its capacity; buyer j's
    benefit is ``willingness d - steepness d^2 / 2`` for the sum d of its purchases. Who trades with whom is
    not unique, as in the power market.

    Parameters
    ----------
    cost_usd_per_mwh, slope_usd_per_mwh2, capacity_mwh : arrays of shape (sellers,)
    willingness_usd_per_mwh, steepness_usd_per_mwh2 : arrays of shape (buyers,)
    """

    cost_usd_per_mwh: FloatArray
    slope_usd_per_mwh2: FloatArray
    capacity_mwh: FloatArray
    willingness_usd_per_mwh: FloatArray
    steepness_usd_per_mwh2: FloatArray

    @classmethod
    def generated(cls, sellers: int, buyers: int, seed: int) -> Exchange:
        """Uniform numbers, from a generator with this seed."""
        random = np.random.default_rng(seed)
        return cls(
            cost_usd_per_mwh=random.uniform(10, 30, sellers),
            slope_usd_per_mwh2=random.uniform(0.1, 0.5, sellers),
            capacity_mwh=random.uniform(50, 150, sellers),
            willingness_usd_per_mwh=random.uniform(40, 100, buyers),
            steepness_usd_per_mwh2=random.uniform(0.3, 1, buyers),
        )

    @property
    def scale(self) -> Scale:
        """Typical price, between costs and willingness, and twice an even share of a seller's capacity."""
        price = (self.cost_usd_per_mwh.mean() + self.willingness_usd_per_mwh.mean()) / 2
        return Scale(float(price), 2 * float(self.capacity_mwh.mean()) / len(self.willingness_usd_per_mwh))

    @property
    def price_usd_per_mwh(self) -> float:
        """The equilibrium price, at which supply meets demand: the root of a monotone function of one number."""

        def excess(price: float) -> float:
            return float(self.supply_mwh(price).sum() - self.demand_mwh(price).sum())

        highest = float(self.willingness_usd_per_mwh.max())
        return float(brentq(excess, 0.0, highest, xtol=1e-13, rtol=1e-15))

    def supply_mwh(self, price: float) -> FloatArray:
        """What each seller sells at a price, shape (sellers,)."""
        wanted = (price - self.cost_usd_per_mwh) / self.slope_usd_per_mwh2
        return np.clip(wanted, 0.0, self.capacity_mwh)

    def demand_mwh(self, price: float) -> FloatArray:
        """What each buyer buys at a price, shape (buyers,)."""
        wanted = (self.willingness_usd_per_mwh - price) / self.steepness_usd_per_mwh2
        return np.maximum(wanted, 0.0)

    def market(self) -> Market:
        """Buyers, then sellers, as agents."""
        sellers = tuple(f"seller {i + 1}" for i in range(len(self.cost_usd_per_mwh)))
        buyers = [
            Consumer(
                name=f"buyer {j + 1}",
                bus=_BUS,
                sellers=sellers,
                willingness_usd_per_mwh=self.willingness_usd_per_mwh[j : j + 1],
                slope_usd_per_mwh2=self.steepness_usd_per_mwh2[j : j + 1],
                hydro_mwh=np.zeros(1),
            )
            for j in range(len(self.willingness_usd_per_mwh))
        ]
        customers = tuple(Customer(buyer.name, _BUS) for buyer in buyers)
        producers = [
            Producer(
                name=name,
                bus=_BUS,
                hub=_BUS,
                customers=customers,
                capacity_mw=float(self.capacity_mwh[i]),
                cost_usd_per_mwh=float(self.cost_usd_per_mwh[i]),
                cost_slope_usd_per_mwh2=float(self.slope_usd_per_mwh2[i]),
                emission_rate_kg_per_mwh=0.0,
                periods=1,
            )
            for i, name in enumerate(sellers)
        ]
        agents: list[Agent] = [*buyers, *producers]
        market = Market(tuple(agents))
        return market.with_scales(dict.fromkeys(market.goods, self.scale))

    def allocation(self, sales_mwh: FloatArray, purchases_mwh: FloatArray) -> Responses:
        """Both sides' quantities, of shape (sellers, buyers) each, as responses of the market's agents."""
        bought, sold = purchases_mwh.sum(axis=0), sales_mwh.sum(axis=1)
        benefits = self.willingness_usd_per_mwh * bought - self.steepness_usd_per_mwh2 / 2 * bought**2
        costs = self.cost_usd_per_mwh * sold + self.slope_usd_per_mwh2 / 2 * sold**2
        trades = np.concatenate([-purchases_mwh.T.ravel(), sales_mwh.ravel()])
        return Responses(trades, np.concatenate([-benefits, costs]))

    def infeasibility(self, sales_mwh: FloatArray, purchases_mwh: FloatArray) -> float:
        """Norm of negative quantities and of sales beyond capacity, relative to that of all quantities."""
        beyond = np.maximum(sales_mwh.sum(axis=1) - self.capacity_mwh, 0.0)
        quantities = np.concatenate([sales_mwh.ravel(), purchases_mwh.ravel()])
        return relative_norm(np.concatenate([beyond, np.minimum(quantities, 0.0)]), quantities)

    def in_own_units(self) -> dict[str, FloatArray]:
        """The numbers with price and volume scales for units, so that the peers' default step sizes fit."""
        price, volume = self.scale.price, self.scale.volume
        return {
            "cost": self.cost_usd_per_mwh / price,
            "slope": self.slope_usd_per_mwh2 * volume / price,
            "capacity": self.capacity_mwh / volume,
            "willingness": self.willingness_usd_per_mwh / price,
            "steepness": self.steepness_usd_per_mwh2 * volume / price,
        }
