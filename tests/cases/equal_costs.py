"""Markets of which a figure is not unique, with its range on paper.

* Equal costs: units A (60 MW) and B (50 MW) cost 20 $/MWh at the bus of a consumer who values energy at 120 - d. It
  buys 100 MWh at 20; A generates 50 to 60 of it and B 40 to 50. Emissions: A 1 t/MWh, B none.
* A degenerate price: A (10 $/MWh, 40 MW) at bus 1, from which a line carries 40 MW to bus 2, where B (50 $/MWh, 100 MW)
  serves the consumer, 100 - d, too. Energy is worth 50 at bus 2, and both the line and A are just full: at
  bus 1 any price from 10 to 50 will do.
* Far more than is needed: A at bus 1 and B at bus 2 (20 $/MWh, 1000 MW each) can both serve the 1 MWh that the consumer
  at bus 2, 21 - d, buys at 20; the line between, which nothing limits, carries what A sells.
* A bus without traders beyond a line that may carry nothing has any price.
"""

import numpy as np
from cases.one_bus import on_one_bus

from walras.agents import Consumer, Customer, Family, GridOperator, Hyperscaler, ModularDatacenter, Producer
from walras.coordinator import Market, Scale
from walras.network import Grid


def town(bus: int, sellers: str, willingness: float, slope: float = 1.0) -> Consumer:
    return Consumer("town", bus, tuple(sellers), np.array([willingness]), np.array([slope]), np.zeros(1))


def unit(name: str, bus: int, customer_bus: int, capacity_mw: float, cost: float, rate: float = 0.0) -> Producer:
    return Producer(name, bus, 1, (Customer("town", customer_bus),), capacity_mw, cost, 0.0, rate, 1)


def weighed(market: Market) -> Market:
    return market.with_scales({good: Scale(40.0, 40.0) for good in market.goods})


def equal_costs() -> Market:
    agents = town(1, "AB", 120.0), unit("A", 1, 1, 60.0, 20.0, 1000.0), unit("B", 1, 1, 50.0, 20.0)
    return weighed(on_one_bus(Market(agents)))


def line_just_full() -> Market:
    grid = Grid((1, 2), 1, ("line",), (1,), (2,), np.array([0.1]), np.array([40.0]))
    agents = town(2, "AB", 100.0), unit("A", 1, 2, 40.0, 10.0), unit("B", 2, 2, 100.0, 50.0)
    return weighed(Market((*agents, GridOperator("grid operator", grid, np.zeros((2, 1)), 200.0))))


def more_than_enough() -> Market:
    grid = Grid((1, 2), 1, ("line",), (1,), (2,), np.array([0.1]), np.array([np.inf]))
    agents = town(2, "AB", 21.0), unit("A", 1, 2, 1000.0, 20.0), unit("B", 2, 2, 1000.0, 20.0)
    return weighed(Market((*agents, GridOperator("grid operator", grid, np.zeros((2, 1)), 2000.0))))


def bus_cut_off() -> Market:
    grid = Grid((1, 2), 1, ("line",), (1,), (2,), np.array([0.1]), np.array([0.0]))
    agents = town(1, "A", 100.0), unit("A", 1, 1, 80.0, 30.0)
    return weighed(Market((*agents, GridOperator("grid operator", grid, np.zeros((2, 1)), 200.0))))


def two_idle_datacenters() -> Market:
    """Beside 100 MWh 0.0004 MWh of work, which two datacenters of 2 MW with curtailed energy do for nothing."""
    gpu_mw, work = 0.0005, {"a": 0.0001, "b": 0.0003}
    customers = (Customer("town", 1), Customer("west", 1), Customer("east", 1), Customer("hyperscaler", 1))
    agents = [
        town(1, "A", 120.0),
        Producer("A", 1, 1, customers, 300.0, 20.0, 0.0, 0.0, 1),
        Hyperscaler(
            name="hyperscaler",
            bus=1,
            sellers=("A",),
            emission_rates_kg_per_mwh=np.zeros(1),
            cost_weight=1.0,
            batches=tuple(work),
            workload_mwh=np.array(list(work.values()))[:, None],
            processable={"west": ("a",), "east": ("a", "b")},
            gpu_rating_mw=gpu_mw,
        ),
        *(ModularDatacenter(name, 1, ("A",), 2.0, np.ones(1), gpu_mw) for name in ("west", "east")),
    ]
    market = on_one_bus(Market(tuple(agents)))
    leases = {good: Scale(0.01, 1.0) for good in market.goods if good.family == Family.LEASE}
    return market.with_scales({good: Scale(40.0, 40.0) for good in market.goods} | leases)
