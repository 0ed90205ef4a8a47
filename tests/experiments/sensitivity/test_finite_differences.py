"""Derivatives are what equilibria do that are solved anew: twenty places, drawn by their seeds, under both schemes.

The changed market is made of changed agents and solved by the monolith; nothing of the derivatives is in it. Ex ante
the purchase mixes are given, the same before and after.
"""

from dataclasses import replace

import numpy as np
import pytest
from cases.random.seeded_markets import GPU_MW, seeded_market

from walras.agents import GridOperator, Hyperscaler, ModularDatacenter
from walras.coordinator import Market
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.sensitivity.sharp_point import sharp_point
from walras.experiments.sensitivity.why import why
from walras.experiments.settlement.scheme import DisclosureScheme
from walras.experiments.settlement.stacked_market import stack

KINDS = ("load", "line_limit", "cost_weight", "emission_rate", "capacity", "marginal_cost")
PLACES = range(20)
STEP = {"cost_weight": 1e-5}
USUAL_STEP = 1e-3
AGREE = 1e-4
# What solvers leave in a difference of two solutions over a step.
ROUNDING = 1e-5


def scheme_of(market: Market, seed: int) -> DisclosureScheme:
    """Every other market under ex ante disclosure, with mixes from 100 to 600 kg/MWh."""
    if seed % 2 == 0:
        return DisclosureScheme(None, {}, {})
    lenders = [agent for agent in market.agents if isinstance(agent, ModularDatacenter)]
    mixes = np.random.default_rng(1000 + seed).uniform(100.0, 600.0, len(lenders))
    curtailed = {lender.leases[0]: float(lender.curtailed_mwh[0]) for lender in lenders}
    return DisclosureScheme(None, curtailed, dict(zip(curtailed, mixes.tolist(), strict=True)))


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


def moves_a_price(told, parameter) -> bool:
    buses = [f"price_usd_per_mwh.{bus}" for bus in told.buses]
    return any(abs(told.derivative(parameter.kind, parameter.name, price).more) > 1e-6 for price in buses)


def place(seed: int):
    """A market with its derivatives, and a parameter of each kind in turn that moves prices, else of the next kind."""
    market = seeded_market(seed)
    scheme = scheme_of(market, seed)
    disclosing = market.with_disclosures(scheme.disclosures(market, scheme.first_mix(market)))
    point = sharp_point(disclosing, stack(disclosing))
    told = why(point, point.ledger, 0)
    for shift in range(len(KINDS)):
        kind = KINDS[(seed + seed // len(KINDS) + shift) % len(KINDS)]
        chosen = [one for one in told.followed.parameters if one.kind == kind and moves_a_price(told, one)]
        if chosen:
            return market, scheme, told, chosen[int(np.random.default_rng(seed).integers(len(chosen)))]
    raise AssertionError("no parameter")


@pytest.mark.parametrize("seed", PLACES)
def test_derivatives_are_finite_differences(seed):
    market, scheme, told, parameter = place(seed)
    step = STEP.get(parameter.kind, USUAL_STEP)
    assert told.strictness()[0] > step
    more, less = (solved(changed(market, parameter.kind, parameter.name, by), scheme) for by in (step, -step))
    compared = 0
    for figure, value in solved(market, scheme).items():
        if not any(figure == known.name for known in told.followed.figures):
            assert value == pytest.approx(0.0, abs=1e-6), f"{figure}: a line that is not full has no price"
            continue
        if told.value(figure) is None:
            assert figure == "co2_kg.mdc"
            continue
        assert told.value(figure) == pytest.approx(value, rel=1e-6, abs=1e-5)
        derivative = told.derivative(parameter.kind, parameter.name, figure)
        difference = (more[figure] - less[figure]) / (2 * step)
        assert derivative.more == derivative.less
        unit = GPU_MW if figure.startswith("lease") else 1.0
        within = pytest.approx(difference, rel=AGREE, abs=ROUNDING * unit)
        assert derivative.more == within, (parameter.kind, parameter.name, figure)
        compared += 1
    assert compared >= 12


def test_all_kinds_of_parameters_are_among_the_places():
    assert {place(seed)[3].kind for seed in PLACES} == set(KINDS)
