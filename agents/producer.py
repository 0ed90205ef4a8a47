"""Producer: one group of generating units that sells to customers at many buses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from .agent import Declaration
from .arrays import FloatArray
from .goods import Good, contracts, wheeling


@dataclass(frozen=True)
class Customer:
    """Somebody who can buy from a producer, and where."""

    name: str
    bus: int


@dataclass(frozen=True, eq=False)
class ForwardContract:
    """Sales that were agreed on before: at least so much in every hour, to some customers together.

    Parameters
    ----------
    customers : tuple of str
    at_least_mwh : array of shape (periods,)
    """

    customers: tuple[str, ...]
    at_least_mwh: FloatArray


@dataclass(frozen=True, eq=False)
class Producer:
    """Sells up to its capacity and pays wheeling from its bus to each customer's.

    It maximises revenue less generation cost and wheeling fees (arXiv 2602.19310, eqs. (2), (3),
    (20), (21)); each MWh sold from its bus n to bus k takes wheeling to k and supplies wheeling to n.
    Forward contracts (Section IV-E) bound its sales from below.

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
    forward_contracts : tuple of ForwardContract
    ramp_mw_per_h : float, optional
        Most that the output may change from one hour to the next; None for no limit. Before the first
        hour nothing is known of the output, so that hour is free.
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
    forward_contracts: tuple[ForwardContract, ...] = ()
    ramp_mw_per_h: float | None = None
    moves_money: ClassVar[bool] = True

    @property
    def contracts(self) -> tuple[Good, ...]:
        """Contracts, customer by customer and within a customer hour by hour."""
        return contracts((self.name,), (customer.name for customer in self.customers), self.periods)

    @property
    def goods_produced(self) -> tuple[Good, ...]:
        """Goods whose quantities add up to its output, hour by hour within a customer."""
        return self.contracts

    def declare(self) -> Declaration:
        """Cost is that of generation; trades are the sales and the wheeling they need."""
        sales = cp.Variable((len(self.customers), self.periods), nonneg=True)
        output = cp.sum(sales, axis=0)
        buses, supplied = self._wheeling(sales, output)
        trades = cp.hstack([cp.vec(sales, order="C"), *supplied])
        transport = tuple(wheeling(bus, t) for bus in buses for t in range(self.periods))
        owed = [self._sales_to(forward, sales) >= forward.at_least_mwh for forward in self.forward_contracts]
        constraints = [output <= self.capacity_mw, *owed, *self._ramp_limits(output)]
        return Declaration(self._cost(output), trades, self.contracts + transport, constraints)

    def _cost(self, output: cp.Expression) -> cp.Expression:
        cost = self.cost_usd_per_mwh * cp.sum(output)
        if self.cost_slope_usd_per_mwh2 > 0:
            cost += self.cost_slope_usd_per_mwh2 / 2 * cp.sum_squares(output)
        return cost

    def _wheeling(self, sales: cp.Variable, output: cp.Expression) -> tuple[list[int], list[cp.Expression]]:
        """Buses whose wheeling it trades, customers' first, and these trades: output at home, less each bus's sales."""
        bus_of_customer = np.array([customer.bus for customer in self.customers], dtype=np.int64)
        away = np.flatnonzero(bus_of_customer != self.hub)
        served, row = np.unique(bus_of_customer[away], return_inverse=True)
        buses, trades = served.tolist(), []
        if buses:
            taken = sp.csr_array((np.ones(len(away)), (row, away)), shape=(len(buses), len(bus_of_customer)))
            at_home = (served == self.bus).astype(np.float64)[:, None]
            supplied = at_home @ cp.reshape(output, (1, self.periods), order="C") - taken @ sales
            trades.append(cp.vec(supplied, order="C"))
        if self.bus not in (self.hub, *buses):
            buses.append(self.bus)
            trades.append(output)
        return buses, trades

    def _sales_to(self, forward: ForwardContract, sales: cp.Variable) -> cp.Expression:
        members = [float(customer.name in forward.customers) for customer in self.customers]
        return np.array(members) @ sales

    def _ramp_limits(self, output: cp.Expression) -> list[cp.Constraint]:
        if self.ramp_mw_per_h is None or self.periods == 1:
            return []
        change = cp.diff(output)
        return [change <= self.ramp_mw_per_h, change >= -self.ramp_mw_per_h]
