"""Slope bids find the prices that are known, in few rounds, with the same settings everywhere."""

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest
from cases import leases, three_bus_loop, two_agents
from cases.all_known import ALL_KNOWN
from cases.known import assert_solves, trades_of
from cases.nodal import nodal_prices
from cases.random.market import least_cost, random_markets
from hypothesis import assume, given, settings

from walras.agents import AgentError, Family
from walras.coordinator import (
    MECHANISMS,
    Batched,
    Compiled,
    Converged,
    Disclosure,
    Market,
    MaxRounds,
    Responses,
    Scale,
    Serial,
    Settled,
    SlopeBids,
    Status,
    cold_opening,
    iterate,
    run,
    stop_at,
)
from walras.coordinator.mechanisms.slope_bids.clearing import ClearingSystem
from walras.experiments.bench.problems.rings import ring_market
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario
from walras.experiments.study import decompose, with_monolith

HUB = 13
NODAL_PRICES = {11: 52.31, 12: 57.70, 17: 10.47, 24: 221.94}
# Emission table, alpha, lease price [$/GPU]: as three independent implementations found them.
REFERENCES = [("rts96", 0.1, 0.1306), ("surrogate", 0.1, 0.8982), ("surrogate", 0.9, 0.1400)]


def solved(market, tolerance=1e-6, most=45):
    return run(market, SlopeBids(), Compiled(), stop=Converged(tolerance) | MaxRounds(most), certify_every=1)


def rounds_of(market, count):
    return list(islice(iterate(market, SlopeBids(), Compiled().compile(market), certify_every=1), count))


@pytest.mark.parametrize("name", ALL_KNOWN)
def test_the_prices_on_paper_within_15_rounds(name):
    known = ALL_KNOWN[name]()
    result = run(known.market, SlopeBids(), Compiled(), stop=stop_at(1e-8, 16), certify_every=1)
    assert len(result.records) < 16
    assert result.status == Status.CONVERGED
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-6)


@pytest.mark.parametrize(("table", "alpha", "lease_price"), REFERENCES)
def test_rts24_reference_prices_within_25_rounds(table, alpha, lease_price):
    overrides = [f"producers.emission_rates={table}", f"hyperscalers.hyperscaler.cost_weight={alpha}"]
    market = build_market(load_scenario("rts24", overrides))
    result = run(market, SlopeBids(), Compiled(), stop=stop_at(1e-6, 25), certify_every=1)
    assert result.status == Status.CONVERGED
    assert len(result.records) < 25
    prices = nodal_prices(market, result.best.prices, result.best.allocation, HUB)
    assert {bus: prices[bus] for bus in NODAL_PRICES} == pytest.approx(NODAL_PRICES, abs=0.006)
    for good, price in zip(market.goods, result.best.prices, strict=True):
        if good.family == Family.LEASE:
            assert price == pytest.approx(lease_price, abs=5e-5)


@settings(max_examples=25)
@given(random_markets())
def test_random_markets_clear_at_least_cost(market):
    optimum = least_cost(market)
    # Nobody's trades are worth a cent: then there is no turnover to measure a gap by.
    assume(np.abs(optimum.allocation.costs).sum() > 1)
    result = solved(market)
    assert result.status == Status.CONVERGED
    assert result.best.allocation.costs.sum() == pytest.approx(optimum.cost_usd, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("buses", [12, 24, 48])
def test_rounds_do_not_grow_with_the_grid(buses):
    assert solved(ring_market(buses), most=25).status == Status.CONVERGED


def test_hours_do_not_add_rounds():
    market = build_market(load_scenario("rts24", ["periods=4", "load_profile=[0.8, 0.9, 1.0, 0.85]"]))
    assert solved(market, most=25).status == Status.CONVERGED


@pytest.mark.parametrize(
    "override", ["modular_datacenters.mdc1.capacity_mw=0", "modular_datacenters.mdc1.curtailed_mw=0"]
)
def test_agents_without_an_interior_do_not_hinder(override):
    assert solved(build_market(load_scenario("rts24", [override])), most=25).status == Status.CONVERGED


def test_counting_in_kwh_gives_the_same_prices_per_mwh_in_every_round():
    in_mwh, in_kwh = (rounds_of(two_agents.rising_cost(unit).market, 8) for unit in (two_agents.MWH, two_agents.KWH))
    for a, b in zip(in_mwh, in_kwh, strict=True):
        assert b.prices * 1000 == pytest.approx(a.prices, rel=1e-9)
        assert b.allocation.trades / 1000 == pytest.approx(a.allocation.trades, rel=1e-9)


@pytest.mark.parametrize("case", [three_bus_loop.congested_loop, leases.saturated])
def test_the_order_of_agents_changes_nothing(case):
    market = case().market
    turned = Market(market.agents[::-1], market.scales)
    for a, b in zip(*(rounds_of(m, 10) for m in (market, turned)), strict=True):
        assert b.prices == pytest.approx(a.prices, rel=1e-7, abs=1e-7)
        assert trades_of(turned, b.allocation) == pytest.approx(trades_of(market, a.allocation), rel=1e-6, abs=1e-6)


def test_two_runs_give_identical_bits_whoever_certifies(rts24):
    often, never = (
        list(islice(iterate(rts24, SlopeBids(), Compiled().compile(rts24), certify_every=every), 12))
        for every in (1, 99)
    )
    assert [r.prices.tobytes() for r in often] == [r.prices.tobytes() for r in never]
    assert [r.allocation.trades.tobytes() for r in often] == [r.allocation.trades.tobytes() for r in never]


@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
def test_a_round_can_be_answered_again(rts24, executor):
    """Books travel with the request, so an executor keeps nothing that matters."""
    mechanism, respond = SlopeBids(), executor.compile(rts24)
    states = [mechanism.start(rts24, cold_opening(rts24))]
    for _ in range(9):
        states.append(mechanism.step(states[-1], respond(states[-1].announcement)))
    again = executor.compile(rts24)
    for state, after in reversed([*pairwise(states)]):
        trades = after.allocation.trades.tobytes()
        assert again(state.announcement).trades.tobytes() == trades
        assert respond(state.announcement).trades.tobytes() == trades


def test_runs_that_take_turns_do_not_notice_each_other(rts24):
    respond, mechanisms = Compiled().compile(rts24), (SlopeBids(), SlopeBids(opening_barrier=50.0))
    apart = [list(islice(iterate(rts24, mechanism, respond), 8)) for mechanism in mechanisms]
    in_turns = zip(*(islice(iterate(rts24, mechanism, respond), 8) for mechanism in mechanisms), strict=True)
    for alone, together in zip(apart, zip(*in_turns, strict=True), strict=True):
        assert [r.prices.tobytes() for r in together] == [r.prices.tobytes() for r in alone]
        assert [r.allocation.trades.tobytes() for r in together] == [r.allocation.trades.tobytes() for r in alone]


def test_what_was_kept_of_a_round_holds_no_books(rts24):
    assert all(round_.allocation.bid is None for round_ in rounds_of(rts24, 3))


def test_bids_count_among_the_bytes(rts24):
    bids, targets = (
        next(iterate(rts24, MECHANISMS[name], Compiled().compile(rts24))).bytes_exchanged
        for name in ("slope-bids", "admm")
    )
    assert targets < bids < 3 * targets


def test_the_serial_executor_refuses(rts24):
    with pytest.raises(AgentError, match="use the compiled one"):
        next(iterate(rts24, SlopeBids(), Serial().compile(rts24)))


def test_responses_without_bids_are_refused():
    market, mechanism = two_agents.rising_cost().market, SlopeBids()
    with pytest.raises(ValueError, match="hold no slope bids"):
        mechanism.step(mechanism.start(market, cold_opening(market)), Responses(np.zeros(2), np.zeros(2)))


def test_disclosed_markets_are_refused():
    market = leases.saturated().market
    good = next(good for good in market.goods if good.family == Family.LEASE)
    disclosed = market.with_disclosures({good: Disclosure(100.0, 1.0, {})})
    with pytest.raises(AgentError, match="ex ante disclosure"):
        SlopeBids().start(disclosed, cold_opening(disclosed))


@pytest.mark.parametrize(
    "setting", ["opening_barrier", "caution", "smallest_cut", "largest_cut", "longest_move", "accuracy"]
)
def test_settings_that_lead_nowhere_are_refused(setting):
    with pytest.raises(ValueError, match=f"{setting} is 0"):
        replace(SlopeBids(), **{setting: 0.0})


def test_a_run_need_not_ask_for_certificates_to_end_when_it_has_settled(rts24):
    result = run(rts24, SlopeBids(), Compiled(), stop=stop_at(1e-6, 100))
    assert result.status == Status.CONVERGED
    assert len(result.records) < 25
    assert sum(np.isfinite(record.relative_gap) for record in result.records) == 1


def test_scenarios_with_ex_ante_disclosure_are_refused_with_the_place():
    with pytest.raises(ScenarioError, match=r"coordinator\.mechanism"):
        load_scenario("rts24", ["disclosure=ex_ante", "coordinator.mechanism=slope-bids"])


@pytest.mark.parametrize(
    "settings",
    [
        (),
        ("hyperscalers=[]",),
        ("modular_datacenters=[]",),
        ("modular_datacenters=[]", "hyperscalers=[]"),
        ("modular_datacenters=[]", "hyperscalers=[]", "periods=2", "load_profile=[0.8, 1.0]"),
        ("grid.line_limit_scale=1.206", "modular_datacenters.mdc2.bus=8"),
        ("periods=3", "load_profile=[0.255, 0.646, 0.381]"),
    ],
)
def test_producers_bound_to_sell_all_they_have_find_the_prices_of_the_monolith(settings):
    """Capacity and forward position leave their sales no room: two limits on one sum meet.

    Where somebody else could buy, the two sums differ, and the difference has no room. The baseline's last digits
    are the solver's, and they decide how many rounds it takes: without hyperscalers from 22 to 51.
    """
    bound = ["consumers.forward_position=1", "coordinator.mechanism=slope-bids", "coordinator.max_rounds=100"]
    study = with_monolith(decompose(load_scenario("rts24", [*bound, *settings])))
    assert study.run.status == Status.CONVERGED
    assert study.monolith.difference.price_usd_per_mwh < 0.01


def test_who_cannot_buy_at_all_does_not_keep_the_others_from_settling():
    """What is sold to nobody has no lowest price: the price falls without end."""
    idle = "hyperscalers=[{name: idle, bus: 22, cost_weight: 0.5, batches_mw: {none: 0}}]"
    market = build_market(load_scenario("rts24", ["modular_datacenters=[]", idle]))
    result = run(market, SlopeBids(), Compiled(), stop=stop_at(1e-6, 100))
    assert result.status == Status.CONVERGED
    assert len(result.records) < 25


@pytest.mark.parametrize("elasticity", [-0.2, -0.001])
def test_leases_that_nobody_could_take_have_the_price_at_which_nobody_offers_them(elasticity):
    """Datacenters with curtailed energy would lease at any price above zero."""
    settings = ["hyperscalers=[]", f"consumers.price_elasticity={elasticity}", "coordinator.mechanism=slope-bids"]
    study = with_monolith(decompose(load_scenario("rts24", settings)))
    assert study.run.status == Status.CONVERGED
    assert len(study.run.records) < 25
    assert study.run.best.prices[study.market.families[Family.LEASE]] == pytest.approx(0.0, abs=1e-6)
    assert study.monolith.difference.demand_mwh < 1e-3


@pytest.mark.parametrize("elasticity", [-2e-4, -2e-5])
def test_prices_may_go_far_on_their_way_where_demand_hardly_answers_them(elasticity):
    settings = [f"consumers.price_elasticity={elasticity}", "coordinator.mechanism=slope-bids"]
    study = with_monolith(decompose(load_scenario("rts24", [*settings, "coordinator.max_rounds=40"])))
    assert study.run.status == Status.CONVERGED
    assert study.monolith.difference.welfare_relative < 1e-8
    assert study.monolith.difference.demand_mwh < 1e-3


@pytest.mark.parametrize("sellers", [(), (two_agents.Seller(two_agents.MWH, capacity_mwh=0.0),)])
def test_what_nobody_can_sell_costs_what_its_buyer_would_pay_for_the_first_unit(sellers):
    good = two_agents.MWH
    market = Market((*sellers, two_agents.Buyer(good)), {good: Scale(30.0, 10.0)})
    result = run(market, SlopeBids(), Compiled(), stop=stop_at(1e-8, 20))
    assert result.status == Status.CONVERGED
    assert not result.best.allocation.trades.any()
    assert result.best.prices == pytest.approx([50.0], rel=1e-9)


def test_an_operator_without_congestion_does_not_answer_the_last_digit_of_a_price():
    late = rounds_of(ring_market(60), 45)[30:]
    assert max(current.max_relative_imbalance for current in late) <= 1e-12


def test_where_rounding_takes_what_was_reached_the_run_ends_and_keeps_it(monkeypatch):
    """Garbage instead of Newton steps, once prices have come to rest."""
    market = three_bus_loop.congested_loop().market
    rounds = []
    honest = ClearingSystem.price_change

    def garbled(self, slope, wanted, told):
        rounds.append(honest(self, slope, wanted, told))
        return rounds[-1] if len(rounds) < 12 else rounds[-1] + 1e3

    monkeypatch.setattr(ClearingSystem, "price_change", garbled)
    result = run(market, SlopeBids(), Batched(), stop=Converged(1e-4) & Settled(1e-14) | MaxRounds(5000))
    assert len(result.records) < 50
    assert result.status == Status.CONVERGED
    assert "rounding: " in result.reason
    assert "of what is paid does not clear, after all but" in result.reason
    assert result.best.number <= 12
