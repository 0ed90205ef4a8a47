"""Hydro that is offered in contracts: who minds emissions buys it, and nothing else changes."""

import pytest

from walras.agents.producer import Producer
from walras.experiments.errors import ScenarioError
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

_SURROGATE = "producers.emission_rates=surrogate"


def _outcome(*overrides):
    market = build_market(load_scenario("rts24", [_SURROGATE, *overrides]))
    equilibrium = solve_monolith(market)
    return summarise(Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation)), market


def test_it_is_bought_by_the_hyperscaler_at_equal_dispatch_and_prices():
    delivered, _ = _outcome()
    traded, market = _outcome("producers.hydro_traded_mw=30")
    (hydro,) = (agent for agent in market.agents if isinstance(agent, Producer) and agent.name == "HYDRO")
    assert (hydro.capacity_mw, hydro.bus, hydro.emission_rate_kg_per_mwh) == (30, 22, 0)
    # 30 MWh of 145 kg each are replaced.
    assert traded.co2_t["local"] == pytest.approx(delivered.co2_t["local"] - 30 * 0.145, abs=1e-6)
    assert traded.co2_t["system"] == pytest.approx(delivered.co2_t["system"], abs=1e-6)
    for bus, hours in delivered.price_usd_per_mwh.items():
        assert traded.price_usd_per_mwh[bus] == pytest.approx(hours, abs=1e-5)
        assert traded.demand_mwh.get(bus) == pytest.approx(delivered.demand_mwh.get(bus), abs=1e-5)


def test_more_than_there_is_cannot_be_traded():
    with pytest.raises(ScenarioError, match=r"producers\.hydro_traded_mw.*301.*300 MW in all"):
        load_scenario("rts24", ["producers.hydro_traded_mw=301"])


def test_a_table_without_hydro_is_refused_where_hydro_is_traded():
    rates = "producers.emission_rates={coal: 900, nuclear: 0, residual oil: 750, distillate oil: 1050}"
    load_scenario("rts24", [rates])
    with pytest.raises(ScenarioError, match="says nothing about HYDRO"):
        load_scenario("rts24", [rates, "producers.hydro_traded_mw=30"])


@pytest.mark.parametrize(
    ("overrides", "largest"),
    [
        (["producers.hydro_injection_mw=290"], "290"),
        (["periods=2", "producers.hydro_injection_mw=[200, 280]"], "280"),
    ],
)
def test_what_is_traded_is_not_injected_as_well(overrides, largest):
    with pytest.raises(ScenarioError, match=rf"producers\.hydro_injection_mw: is {largest} beside 30 MW.*300 MW"):
        load_scenario("rts24", [_SURROGATE, "producers.hydro_traded_mw=30", *overrides])


def test_all_of_it_can_be_traded_or_injected():
    load_scenario("rts24", [_SURROGATE, "producers.hydro_traded_mw=36.8", "producers.hydro_injection_mw=263.2"])
    load_scenario("rts24", [_SURROGATE, "periods=2", "producers.hydro_traded_mw=30",
                            "producers.hydro_injection_mw=[270, 0]"])  # fmt: skip
