"""Producer that sells to a pool at its bus, and by contract to those who mind where energy comes from."""

from __future__ import annotations

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from .agent import Declaration
from .goods import Good, energy
from .producer import Producer


@dataclass(frozen=True, eq=False)
class PooledProducer(Producer):
    """A producer whose customers are those with a contract alone; everybody else buys from the pool.

    All its output enters the grid at its bus, and what a customer has a contract on leaves it at the customer's: the
    producer supplies energy here and takes it there, at a fee that is the difference of the two prices.
    Forward contracts bound what it sells to the pool.
    """

    @property
    def goods_produced(self) -> tuple[Good, ...]:
        """Energy at its bus, of which its customers there take theirs at once, and their contracts."""
        at_home = {customer.name for customer in self.customers if customer.bus == self.bus}
        sold_at_home = tuple(good for good in self.contracts if good.buyer in at_home)
        return (*sold_at_home, *(energy(self.bus, t) for t in range(self.periods)))

    def declare(self) -> Declaration:
        """Cost is that of generation; trades are the contracts and the energy that they need at every bus."""
        to_pool = cp.Variable(self.periods, nonneg=True)
        if not self.customers:
            goods = tuple(energy(self.bus, t) for t in range(self.periods))
            return self._declaration(to_pool, to_pool, to_pool, goods)
        sales = cp.Variable((len(self.customers), self.periods), nonneg=True)
        output = to_pool + cp.sum(sales, axis=0)
        buses = sorted({self.bus, *(customer.bus for customer in self.customers)})
        rows = [buses.index(customer.bus) for customer in self.customers]
        taken = sp.csr_array((np.ones(len(rows)), (rows, range(len(rows)))), shape=(len(buses), len(rows)))
        at_home = np.array([[float(bus == self.bus)] for bus in buses])
        supplied = at_home @ cp.reshape(output, (1, self.periods), order="C") - taken @ sales
        trades = cp.hstack([cp.vec(sales, order="C"), cp.vec(supplied, order="C")])
        goods = self.contracts + tuple(energy(bus, t) for bus in buses for t in range(self.periods))
        return self._declaration(to_pool, output, trades, goods)

    def _declaration(
        self, to_pool: cp.Variable, output: cp.Expression, trades: cp.Expression, goods: tuple[Good, ...]
    ) -> Declaration:
        owed = [to_pool >= forward.at_least_mwh for forward in self.forward_contracts]
        limits = [output <= self.capacity_mw, *owed, *self._ramp_limits(output)]
        return Declaration(self._cost(output), trades, goods, limits)
