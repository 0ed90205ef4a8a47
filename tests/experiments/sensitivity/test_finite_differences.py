"""Derivatives are what equilibria do that are solved anew: twenty places, drawn by their seeds, under both schemes.

The changed market is made of changed agents and solved by the monolith; nothing of the derivatives is in it. Ex ante
the purchase mixes are given, the same before and after.
"""

from functools import cache

import numpy as np
import pytest
from cases.random.seeded_markets import GPU_MW, seeded_market
from support.whys import changed, solved, why_of

from walras.agents import ModularDatacenter
from walras.coordinator import Market
from walras.experiments.settlement.scheme import DisclosureScheme

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


def moves_a_price(told, parameter) -> bool:
    buses = [f"price_usd_per_mwh.{bus}" for bus in told.buses]
    return any(abs(told.derivative(parameter.kind, parameter.name, price).more) > 1e-6 for price in buses)


@cache
def place(seed: int):
    """A market with its derivatives, and a parameter of each kind in turn that moves prices, else of the next kind."""
    market = seeded_market(seed)
    scheme = scheme_of(market, seed)
    disclosing = market.with_disclosures(scheme.disclosures(market, scheme.first_mix(market)))
    told = why_of(disclosing)
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
