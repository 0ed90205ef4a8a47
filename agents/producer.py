"""Producer: one group of generating units that sells to customers at many buses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np

from .agent import Declaration, FloatArray
from .goods import Good, contracts, wheeling


@dataclass(frozen=True)
class Customer:
    """Somebody who can buy from a producer, and where."""

    name: str
    bus: int


@dataclass(frozen=True, eq=False)
class Producer:
    """Sells up to its capacity and pays wheeling from its bus to each customer's.

    It maximises revenue less generation cost and wheeling fees (arXiv 2602.19310, eqs. (2), (3),
    (20), (21)); each MWh sold from its bus n to bus k takes wheeling to k and supplies wheeling to n.

    Parameters
    ----------
    name : str
    bus : int
    hub : int
        The bus without a wheeling fee.
    customers : tuple of Customer
    capacity_mw : float
    cost_usd_per_mwh, cost_slope_usd_per_mwh2 : float
        Marginal cost is ``cost + slope * output``.
    emission_rate_kg_per_mwh : float
    periods : int
    """

    name: str
    bus: int
    hub: int
    customers: tuple[Customer, ...]
    capacity_mw: float
    cost_usd_per_mwh: float
    cost_slope_usd_per_mwh2: float
    emission_rate_kg_per_mwh: float
    periods: int
    moves_money: ClassVar[bool] = True

    @property
    def contracts(self) -> tuple[Good, ...]:
        """Contracts, customer by customer and within a customer hour by hour."""
        return contracts((self.name,), (customer.name for customer in self.customers), self.periods)

    def wheeling_per_sale(self) -> tuple[list[int], FloatArray]:
        """Buses whose wheeling the producer trades, and the wheeling supplied there per MWh sold.

        Returns
        -------
        buses : list of int
        array of shape (buses, customers)
        """
        buses = sorted({self.bus, *(customer.bus for customer in self.customers)} - {self.hub})
        supplied = np.array(
            [[float(bus == self.bus) - float(bus == customer.bus) for customer in self.customers] for bus in buses]
        )
        return buses, supplied.reshape(len(buses), len(self.customers))

    def declare(self) -> Declaration:
        """Cost is that of generation; trades are the sales and the wheeling they need."""
        sales = cp.Variable((len(self.customers), self.periods), nonneg=True)
        output = cp.sum(sales, axis=0)
        cost = self.cost_usd_per_mwh * cp.sum(output)
        if self.cost_slope_usd_per_mwh2 > 0:
            cost += self.cost_slope_usd_per_mwh2 / 2 * cp.sum_squares(output)
        buses, supplied = self.wheeling_per_sale()
        trades = cp.vec(sales, order="C")
        if buses:
            trades = cp.hstack([trades, cp.vec(supplied @ sales, order="C")])
        transport = tuple(wheeling(bus, t) for bus in buses for t in range(self.periods))
        return Declaration(cost, trades, self.contracts + transport, [output <= self.capacity_mw])
