"""Generated markets of any size: buses in a ring with chords, many of the lines tight."""

from __future__ import annotations

import numpy as np

from ....agents.agent import Agent
from ....agents.consumer import Consumer
from ....agents.grid_operator import GridOperator
from ....agents.producer import Customer, Producer
from ....coordinator.market import Market, Scale
from ....network.grid import Grid

_TIGHT_SHARE = 0.5
_TYPICAL = Scale(price=50.0, volume=5.0)
_THROUGHPUT_MW = 5000.0


def ring_market(buses: int) -> Market:
    """All agents of a ring; see `ring_agents`."""
    return _with_scales(ring_agents(buses))


def ring_share(buses: int, share: int, shares: int) -> Market:
    """Every so many-th agent of a ring, from one on: a market of these alone, of which others trade the goods too."""
    return _with_scales(ring_agents(buses)[share::shares])


def _with_scales(agents: tuple[Agent, ...]) -> Market:
    market = Market(agents)
    return market.with_scales(dict.fromkeys(market.goods, _TYPICAL))


def ring_agents(buses: int) -> tuple[Agent, ...]:
    """A consumer at each bus, a producer at every third, a chord at every fourth; half of the lines are tight.

    With b buses ``b * ceil(b / 3)`` contracts are traded: 53,600 with 400 buses, 504,300 with 1230. All numbers
    are uniform, from a generator whose seed is the number of buses.

    Parameters
    ----------
    buses : int
        At least 4.
    """
    random = np.random.default_rng(buses)
    ends = [(i, (i + 1) % buses) for i in range(buses)] + [(i, (i + buses // 3) % buses) for i in range(0, buses, 4)]
    is_tight = random.random(len(ends)) < _TIGHT_SHARE
    grid = Grid(
        buses=tuple(range(buses)),
        hub=0,
        line_ids=tuple(f"line {i}" for i in range(len(ends))),
        from_bus=tuple(a for a, _ in ends),
        to_bus=tuple(b for _, b in ends),
        limit_mw=np.where(is_tight, random.uniform(10, 40, len(ends)), 500.0),
        reactance_pu=random.uniform(0.02, 0.2, len(ends)),
    )
    sellers = tuple(f"unit {i}" for i in range(0, buses, 3))
    consumers = [
        Consumer(f"load {i}", i, sellers, random.uniform(100, 200, 1), random.uniform(2, 8, 1), np.zeros(1))
        for i in range(buses)
    ]
    customers = tuple(Customer(consumer.name, consumer.bus) for consumer in consumers)
    producers = [
        Producer(
            name=name,
            bus=3 * i,
            hub=0,
            customers=customers,
            capacity_mw=random.uniform(30, 120),
            cost_usd_per_mwh=random.uniform(5, 60),
            cost_slope_usd_per_mwh2=0.01 * (i % 3),
            emission_rate_kg_per_mwh=0.0,
            periods=1,
        )
        for i, name in enumerate(sellers)
    ]
    operator = GridOperator("grid operator", grid, np.zeros((buses, 1)), _THROUGHPUT_MW)
    return (*consumers, *producers, operator)
