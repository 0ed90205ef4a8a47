"""Repair: from trades that clear nearly to an allocation that clears, and what it proves of the welfare."""

from types import SimpleNamespace

import numpy as np
import pytest
from cases import ex_ante
from cases.ex_ante import BOUGHT, GPU_MW, LEASE
from cases.known import trades_of
from cases.random.market import random_markets
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.coordinator import ADMM, Compiled, MaxRounds, Responses, run
from walras.coordinator.measures.own_scale import volumes_mwh
from walras.experiments.monolith.equilibrium import EX_POST, assemble_monolith
from walras.experiments.settlement import minimiser
from walras.experiments.settlement.own_units import in_own_units
from walras.experiments.settlement.repair import nearest_clearing
from walras.experiments.settlement.settlement import settle, unsettled
from walras.experiments.settlement.stacked_market import stack


@settings(max_examples=25)
@given(market=random_markets(), rounds=st.integers(5, 60))
def test_a_settled_allocation_clears_and_bounds_the_welfare_gap(market, rounds):
    """At any round: nobody can have more welfare than the gap allows, as the monolith confirms."""
    outcome = run(market, ADMM(), Compiled(), stop=MaxRounds(rounds), certify_every=5)
    monolith = assemble_monolith(market, stack(market))
    settlement = settle(outcome, EX_POST, monolith.stacked)
    equilibrium = monolith.equilibrium(EX_POST)
    trades, scale = settlement.allocation.trades, 1 + np.abs(settlement.allocation.trades).max()
    assert np.abs(market.imbalance(trades)).max() <= 1e-5 * scale
    turnover = outcome.certificate.scale_usd
    if turnover <= 0:
        return
    true_gap = (settlement.allocation.costs.sum() - equilibrium.allocation.costs.sum()) / turnover
    slack = 1e-6 * (1 + np.abs(equilibrium.allocation.costs).sum() / turnover)
    assert settlement.repaired_gap >= -slack
    assert -slack <= true_gap <= settlement.repaired_gap + slack


@settings(max_examples=15)
@given(market=random_markets(), seed=st.integers(0, 1000))
def test_the_repaired_trades_are_the_nearest(market, seed):
    """No clearing allocation on the way to the equilibrium is nearer, where all are kept that can be."""
    stacked = stack(market)
    equilibrium = assemble_monolith(market, stacked).equilibrium(EX_POST).allocation.trades
    wanted = equilibrium + np.random.default_rng(seed).uniform(0.5, 5, len(equilibrium))
    own = in_own_units(market, stacked, wanted)
    known, asked = (
        market.constraints.variables(trades, volumes_mwh(market, trades)) / own.units
        for trades in (equilibrium, wanted)
    )
    asked = np.clip(asked, own.stacked.lower, own.stacked.upper)
    point = nearest_clearing(market, own, wanted)
    assert (asked - point) @ (known - point) <= 1e-4


def test_what_clears_already_stays_as_it_is():
    market = ex_ante.some_bought().market
    stacked = stack(market)
    known = ex_ante.some_bought().trades
    trades = np.zeros(len(market.good_of_copy))
    for position, copy in enumerate(trades_of(market, _allocation(trades, market))):
        trades[position] = known.get(copy, 0.0)
    trades[[copy == ("dirty", BOUGHT) for copy in trades_of(market, _allocation(trades, market))]] = 0.2
    repaired = repaired_trades(market, stacked, trades)
    assert repaired == pytest.approx(trades, abs=1e-6)


def test_contracts_that_one_party_does_not_want_stay_void_and_datacenters_keep_their_trades():
    market = ex_ante.some_bought().market
    outcome = run(market, ADMM(), Compiled(), stop=MaxRounds(40))
    answered = outcome.best.allocation.trades
    stacked = stack(market)
    repaired = repaired_trades(market, stacked, answered)
    before, after = (trades_of(market, _allocation(trades, market)) for trades in (answered, repaired))
    assert max(abs(before[copy] - after[copy]) for copy in before if copy[0] != "mdc") > 1e-9
    for copy, quantity in before.items():
        if copy[0] == "mdc":
            assert after[copy] * copy[1].mwh_per_unit == pytest.approx(quantity * copy[1].mwh_per_unit, abs=1e-7)
        if quantity == 0 and copy[1].family == "contract":
            assert after[copy] == pytest.approx(0.0, abs=1e-7)


def test_where_datacenters_cannot_keep_their_trades_the_nearest_clearing_is_found_all_the_same():
    """The hyperscaler can take 100 MWh; leases of 120 cannot clear."""
    market = ex_ante.market_of(200.0, {"hyperscaler": 100.0}, disclosed={LEASE: 4.3})
    trades = np.zeros(len(market.good_of_copy))
    trades[market.disclosed.supply_copy] = 120.0 / GPU_MW
    stacked = stack(market)
    repaired = repaired_trades(market, stacked, trades)
    leased = repaired[market.disclosed.supply_copy] * GPU_MW
    assert np.abs(market.imbalance(repaired)).max() * GPU_MW <= 1e-6
    assert 0 < leased[0] <= 100.0 + 1e-6


def test_a_run_that_did_not_end_is_shown_as_it_is():
    outcome = run(ex_ante.some_bought().market, ADMM(), Compiled(), stop=MaxRounds(3))
    settlement = unsettled(outcome)
    assert settlement.allocation is outcome.best.allocation
    assert (settlement.selection, settlement.repaired_gap, settlement.mix_kg_per_mwh) == ("none", None, None)


def repaired_trades(market, stacked, trades):
    own = in_own_units(market, stacked, trades)
    return own.allocation(nearest_clearing(market, own, trades)).trades


def _allocation(trades, market):
    return Responses(trades, np.zeros(len(market.agents)))


def test_where_piqp_fails_clarabel_repairs(monkeypatch):
    market = ex_ante.some_bought().market
    answered = run(market, ADMM(), Compiled(), stop=MaxRounds(40)).best.allocation.trades
    stacked = stack(market)
    by_piqp = repaired_trades(market, stacked, answered)
    fails = SimpleNamespace(is_solved=False, largest_residual=np.inf)
    monkeypatch.setattr(minimiser, "by_piqp", lambda programme, settings: fails)
    assert repaired_trades(market, stacked, answered) == pytest.approx(by_piqp, abs=1e-5)
