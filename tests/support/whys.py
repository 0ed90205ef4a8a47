"""Small markets at which prices kink, derivatives of an equilibrium, and what it does when it is solved anew."""

from dataclasses import replace

import numpy as np
from cases.random.seeded_markets import FixedLoad

from walras.agents import Consumer, Customer, GridOperator, Hyperscaler, Producer
from walras.coordinator import Market, Scale
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.sensitivity.sharp_point import sharp_point
from walras.experiments.sensitivity.why import Why, why
from walras.experiments.settlement.scheme import DisclosureScheme
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


def changed(market: Market, kind: str, name: str, step: float) -> Market:
    """The market of agents of whom those that have the parameter have as much more of it."""

    def other(agent):
        match kind:
            case "load" if agent.name == f"must {name}":
                return replace(agent, load_mwh=agent.load_mwh + step)
            case "line_limit" if isinstance(agent, GridOperator):
                moved = agent.grid.limit_mw + step * np.array([line == name for line in agent.grid.line_ids])
                return replace(agent, grid=replace(agent.grid, limit_mw=moved))
            case "cost_weight" if agent.name == name:
                return replace(agent, cost_weight=agent.cost_weight + step)
            case "emission_rate" if isinstance(agent, Hyperscaler):
                rates = agent.emission_rates_kg_per_mwh + step * np.array([one == name for one in agent.sellers])
                return replace(agent, emission_rates_kg_per_mwh=rates)
            case "emission_rate" if agent.name == name:
                return replace(agent, emission_rate_kg_per_mwh=agent.emission_rate_kg_per_mwh + step)
            case "capacity" if agent.name == name:
                return replace(agent, capacity_mw=agent.capacity_mw + step)
            case "marginal_cost" if agent.name == name:
                return replace(agent, cost_usd_per_mwh=agent.cost_usd_per_mwh + step)
        return agent

    return Market(tuple(map(other, market.agents)), market.scales)


def solved(market: Market, scheme: DisclosureScheme) -> dict[str, float]:
    """Figures of the equilibrium, by the names that derivatives have."""
    found = solve_monolith(market, scheme)
    result = summarise(Ledger(found.market, found.prices, found.allocation))
    return {
        **{f"price_usd_per_mwh.{bus}": hours[0] for bus, hours in result.price_usd_per_mwh.items()},
        **{f"line_price_usd_per_mw.{line}": hours[0] for line, hours in result.line_price_usd_per_mw.items()},
        **{f"lease.{name}": lease.price_usd_per_gpu[0] for name, lease in result.lease.items()},
        **{f"co2_kg.{place}": 1000 * value for place, value in result.co2_t.items()},
        **{f"workload_cost_usd.{place}": value for place, value in result.workload_cost_usd.items()},
        "welfare_usd": result.welfare_usd,
        "congestion_rent_usd": result.congestion_rent_usd,
    }
