"""Small markets at which prices kink, or have many values, and the derivatives of an equilibrium."""

import numpy as np
from cases.random.seeded_markets import FixedLoad

from walras.agents import Consumer, Customer, GridOperator, Producer
from walras.coordinator import Market, Scale
from walras.experiments.sensitivity.sharp_point import sharp_point
from walras.experiments.sensitivity.why import Why, why
from walras.experiments.settlement.stacked_market import stack
from walras.network import Grid


def small_market(units, elastic, fixed=(), line_mw=None) -> Market:
    """One bus, or two with a line between.

    Units are (name, bus, capacity, cost, slope, emission rate), elastic loads (name, bus, intercept, slope), fixed ones
    (name, bus, load).
    """
    sellers = tuple(name for name, *_ in units)
    buyers = [
        *(
            Consumer(name, bus, sellers, np.array([worth]), np.array([slope]), np.zeros(1))
            for name, bus, worth, slope in elastic
        ),
        *(FixedLoad(name, bus, sellers, load) for name, bus, load in fixed),
    ]
    customers = tuple(Customer(buyer.name, buyer.bus) for buyer in buyers)
    producers = [Producer(name, bus, 1, customers, *numbers, 1) for name, bus, *numbers in units]
    if line_mw is None:
        grid = Grid((1,), 1, (), (), (), np.zeros(0), np.zeros(0))
    else:
        grid = Grid((1, 2), 1, ("line",), (1,), (2,), np.array([0.2]), np.array([line_mw]))
    operator = GridOperator("grid operator", grid, np.zeros((len(grid.buses), 1)), 500.0)
    agents = (*buyers, *producers, operator)
    return Market(agents, dict.fromkeys(Market(agents).goods, Scale(40.0, 20.0)))


def why_of(market: Market, hour: int = 0) -> Why:
    """Derivatives of a market's equilibrium, for the disclosures that it has."""
    point = sharp_point(market, stack(market))
    return why(point, point.ledger, hour)
