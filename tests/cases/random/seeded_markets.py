"""Markets drawn from a seed: a meshed grid, loads that bend and loads that do not, datacenters, two schemes."""

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np

from walras.agents import (
    Consumer,
    Customer,
    Declaration,
    GridOperator,
    Hyperscaler,
    ModularDatacenter,
    Producer,
)
from walras.agents.goods import contracts
from walras.coordinator import Market, Scale
from walras.network import Grid

GPU_MW = 0.0005
BATCHES = ("quick", "slow")


@dataclass(frozen=True, eq=False)
class FixedLoad:
    """Somebody who must have a load whatever it costs."""

    name: str
    bus: int
    sellers: tuple[str, ...]
    load_mwh: float
    moves_money: ClassVar[bool] = True

    def declare(self) -> Declaration:
        bought = cp.Variable(len(self.sellers), nonneg=True)
        goods = contracts(self.sellers, (self.name,), 1)
        return Declaration(cp.Constant(0.0), -bought, goods, [cp.sum(bought) == self.load_mwh])


def seeded_market(seed: int) -> Market:
    """Four to six buses, as many loads of both kinds and units, a hyperscaler and two modular datacenters."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(4, 7))
    buses = tuple(range(1, count + 1))
    ring = [(bus, bus % count + 1) for bus in buses]
    ends = [*ring, (1, 3)]
    grid = Grid(
        buses,
        int(rng.integers(1, count + 1)),
        tuple(f"{a}-{b}" for a, b in ends),
        tuple(a for a, _ in ends),
        tuple(b for _, b in ends),
        rng.uniform(0.05, 0.3, len(ends)),
        rng.uniform(8.0, 45.0, len(ends)),
    )
    sellers = tuple(f"unit {i}" for i in buses)
    rates = rng.uniform(0.0, 900.0, count)
    elastic = [
        Consumer(f"load {i}", i, sellers, rng.uniform(60, 150, 1), rng.uniform(0.5, 3.0, 1), rng.uniform(0, 4, 1))
        for i in buses
    ]
    fixed = [FixedLoad(f"must {i}", i, sellers, 3.0) for i in buses]
    hyperscaler = Hyperscaler(
        "hyperscaler",
        int(rng.integers(1, count + 1)),
        sellers,
        rates,
        float(rng.uniform(0.6, 0.99)),
        BATCHES,
        rng.uniform(6.0, 14.0, (2, 1)),
        {"mdc a": BATCHES, "mdc b": BATCHES[:1]},
        GPU_MW,
    )
    lenders = [
        ModularDatacenter(
            f"mdc {letter}",
            int(rng.integers(1, count + 1)),
            sellers,
            float(rng.uniform(2.0, 6.0)),
            rng.uniform(0.5, 2.0, 1),
            GPU_MW,
        )
        for letter in "ab"
    ]
    buyers = [*elastic, *fixed, hyperscaler, *lenders]
    customers = tuple(Customer(buyer.name, buyer.bus) for buyer in buyers)
    units = [
        Producer(
            name,
            bus,
            grid.hub,
            customers,
            float(rng.uniform(20.0, 90.0)),
            float(rng.uniform(5.0, 50.0)),
            float(rng.uniform(0.05, 0.6)),
            float(rate),
            1,
        )
        for name, bus, rate in zip(sellers, buses, rates, strict=True)
    ]
    withdrawal = np.array([buyer.hydro_mwh for buyer in elastic])
    withdrawal[0] -= withdrawal.sum()
    operator = GridOperator("grid operator", grid, withdrawal, 2000.0)
    agents = (*buyers, *units, operator)
    goods = Market(agents).goods
    return Market(agents, {good: Scale(40.0 * good.mwh_per_unit, 10.0 / good.mwh_per_unit) for good in goods})
