"""Markets on small grids, whose lines may be closed and whose units may not ramp."""

import numpy as np

from walras.agents import Consumer, Customer, GridOperator, Producer
from walras.coordinator import Market, Scale
from walras.network import Grid


def market_on(buses, lines, limits_mw, towns, units, periods=1, ramp_mw_per_h=None):
    """Towns value energy at 180 - d; units are (bus, marginal cost), of 300 MW each. Bus 1 is the hub."""
    starts, ends = zip(*lines, strict=True)
    names = tuple(f"{a}-{b}" for a, b in lines)
    grid = Grid(buses, 1, names, starts, ends, np.full(len(lines), 0.2), np.array(limits_mw))
    customers = tuple(Customer(f"town {bus}", bus) for bus in towns)
    sellers = tuple(f"unit {bus}" for bus, _ in units)
    agents = [
        *(
            Consumer(c.name, c.bus, sellers, np.linspace(180.0, 150.0, periods), np.ones(periods), np.zeros(periods))
            for c in customers
        ),
        *(
            Producer(name, bus, 1, customers, 300.0, cost, 0.0, 0.0, periods, ramp_mw_per_h=ramp_mw_per_h)
            for name, (bus, cost) in zip(sellers, units, strict=True)
        ),
        GridOperator("grid operator", grid, np.zeros((len(buses), periods)), 600.0),
    ]
    market = Market(tuple(agents))
    return market.with_scales({good: Scale(50.0, 50.0) for good in market.goods})
