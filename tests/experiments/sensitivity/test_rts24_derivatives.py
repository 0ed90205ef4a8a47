"""The case study under both schemes: marginal emissions and price rises against markets that are cleared again."""

from dataclasses import replace

import pytest
from support.whys import why_of

from walras import load_scenario
from walras.agents import Consumer
from walras.coordinator import Market
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.scenario.disclosures import disclosure_scheme
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.settlement.scheme import DisclosureScheme

STEP_MWH = 1e-2
MIX_KG_PER_MWH = {"mdc1": 600.0, "mdc2": 200.0}


def scheme_of(scenario, market) -> DisclosureScheme:
    """Without a selection of contracts: it takes time, and changes nothing that is compared."""
    return replace(disclosure_scheme(scenario, market), selection=None)


def with_load(market: Market, bus: int, mwh: float) -> Market:
    """A consumer is given less, and so must buy more for the same demand."""
    agents = tuple(
        replace(agent, hydro_mwh=agent.hydro_mwh - mwh) if isinstance(agent, Consumer) and agent.bus == bus else agent
        for agent in market.agents
    )
    return Market(agents, market.scales)


@pytest.mark.parametrize("bus", [3, 18])
@pytest.mark.parametrize(
    ("name", "overrides"),
    [
        ("rts24", []),
        # Here lines that are full let marginal emissions differ from bus to bus.
        ("rts24", ["hyperscalers=[]"]),
        ("rts24_paper", ["disclosure=ex_ante", f"purchase_mix_kg_per_mwh={MIX_KG_PER_MWH}"]),
    ],
)
def test_a_load_does_what_a_market_cleared_again_says(name, overrides, bus):
    scenario = load_scenario(name, [override.replace("'", '"') for override in overrides])
    market = build_market(scenario)
    scheme = scheme_of(scenario, market)
    told = why_of(market.with_disclosures(scheme.disclosures(market, scheme.first_mix(market))))
    results = []
    for mwh in (STEP_MWH, -STEP_MWH):
        found = solve_monolith(with_load(market, bus, mwh), scheme)
        results.append(summarise(Ledger(found.market, found.prices, found.allocation)))
    more, less = results
    emitted = 1000 * (more.co2_t["system"] - less.co2_t["system"]) / (2 * STEP_MWH)
    derivative = told.derivative("load", str(bus), "co2_kg.system")
    assert derivative.more == derivative.less == pytest.approx(emitted, rel=1e-4)
    for other in ("3", "13", "15", "24"):
        rise = (more.price_usd_per_mwh[other][0] - less.price_usd_per_mwh[other][0]) / (2 * STEP_MWH)
        found_rise = told.derivative("load", str(bus), f"price_usd_per_mwh.{other}").more
        assert found_rise == pytest.approx(rise, rel=1e-4, abs=1e-6)
    if not scenario.hyperscalers:
        return
    for lender in ("mdc1", "mdc2", "mdc3"):
        ends = [result.lease[lender].price_usd_per_gpu[0] for result in (more, less)]
        found_rise = told.derivative("load", str(bus), f"lease.{lender}").more
        assert found_rise == pytest.approx((ends[0] - ends[1]) / (2 * STEP_MWH), rel=1e-4, abs=1e-9)


def test_a_pool_has_the_derivatives_of_bilateral_contracts():
    bilateral, pooled = (
        why_of(build_market(load_scenario("rts24", [f"trade={trade}"]))) for trade in ("bilateral", "pooled")
    )
    for parameter in bilateral.followed.parameters:
        for figure in (
            *(f"price_usd_per_mwh.{bus}" for bus in bilateral.buses),
            "co2_kg.system",
            "congestion_rent_usd",
        ):
            ours, theirs = (told.derivative(parameter.kind, parameter.name, figure) for told in (bilateral, pooled))
            told = parameter.kind, parameter.name, figure
            assert (ours.more is None) == (theirs.more is None), told
            if ours.more is not None:
                assert ours.more == pytest.approx(theirs.more, rel=1e-6, abs=1e-6), told
