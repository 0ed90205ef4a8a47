"""The monolith of declarations and the paper's own matrices vanish at the same point, and only there."""

from dataclasses import replace

import numpy as np
import pytest
from cases.all_known import ALL_KNOWN
from cases.one_bus import on_one_bus
from cases.random.market import random_markets
from hypothesis import given, settings

from walras import build_market, load_scenario
from walras.agents import Consumer, Family, GridOperator, Producer
from walras.coordinator import Market, Responses
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.results.ledger import Ledger
from walras.experiments.theory.paper_mlcp import paper_mlcp
from walras.experiments.theory.recovery import recover


def is_of_the_paper(market: Market) -> bool:
    """Bilateral, with producers."""
    return Family.ENERGY not in market.families and any(isinstance(agent, Producer) for agent in market.agents)


OF_THE_PAPER = [name for name, known in ALL_KNOWN.items() if is_of_the_paper(known().market)]


def ledger_of(market: Market) -> Ledger:
    equilibrium = solve_monolith(market)
    return Ledger(market, equilibrium.prices, equilibrium.allocation)


def residual(ledger: Ledger, period: int = 0) -> float:
    mlcp = paper_mlcp(ledger.market, period)
    return mlcp.residual(recover(mlcp, ledger))


@pytest.fixture(scope="module")
def ledger(rts24):
    return ledger_of(rts24)


def test_the_equilibrium_of_the_declarations_solves_the_conditions_of_the_paper(case_study):
    assert residual(ledger_of(case_study)) <= 1e-6


@pytest.mark.parametrize("name", OF_THE_PAPER)
def test_so_it_does_in_markets_solved_by_hand(name):
    market = ALL_KNOWN[name]().market
    if not any(isinstance(agent, GridOperator) for agent in market.agents):
        market = on_one_bus(market, periods=2 if name == "two hours" else 1)
    ledger = ledger_of(market)
    assert residual(ledger) <= 1e-6
    assert residual(ledger, ledger.grid_operator.fixed_withdrawal_mw.shape[1] - 1) <= 1e-6


@settings(max_examples=20)
@given(random_markets())
def test_so_it_does_in_random_markets(market):
    equilibrium = solve_monolith(market)
    found = residual(Ledger(market, equilibrium.prices, equilibrium.allocation))
    assert found <= 1e-6 + 2 * equilibrium.mlcp_residual


VARIATIONS = {
    "two hours": ["periods=2", "load_profile=[0.8, 1.0]"],
    "no modular datacenters": ["modular_datacenters=[]"],
    "no hyperscaler": ["hyperscalers=[]"],
    "wide lines": ["grid.line_limit_scale=1.5"],
    "two hyperscalers": [
        "hyperscalers=[{name: a, bus: 24, cost_weight: 0.5, batches_mw: {batch1: 30, batch2: 4, batch3: 20}}, "
        "{name: b, bus: 3, cost_weight: 0.2, batches_mw: {batch4: 20, batch5: 9}}]"
    ],
}


@pytest.mark.parametrize("name", VARIATIONS)
def test_so_it_does_in_variations_of_the_case_study(name):
    ledger = ledger_of(build_market(load_scenario("rts24", VARIATIONS[name])))
    for period in range(ledger.grid_operator.fixed_withdrawal_mw.shape[1]):
        assert residual(ledger, period) <= 1e-6


def test_one_wrong_price_shows_in_every_family(ledger):
    """Of a contract that nobody wants the price may be lower, so contracts are those that are traded."""
    market = ledger.market
    volume = market.imbalance(np.abs(ledger.allocation.trades))
    wrong = {
        family: [index for index in indices if family != Family.CONTRACT or volume[index] > 1][:12]
        for family, indices in market.families.items()
    }
    assert [len(indices) for indices in wrong.values()] == [12, 3, 12]
    for index in (index for indices in wrong.values() for index in indices):
        step = market.goods[index].mwh_per_unit * (np.arange(len(ledger.prices)) == index)
        for prices in (ledger.prices - step, ledger.prices + step):
            assert residual(replace(ledger, prices=prices)) >= 0.01, market.goods[index]


def test_one_wrong_trade_shows_for_every_agent(ledger):
    """One side of a trade alone is moved by 1 MWh."""
    for copies in ledger.market.copies_of_agents:
        place = copies.start
        mwh = ledger.market.goods[ledger.market.good_of_copy[place]].mwh_per_unit
        trades = ledger.allocation.trades + (np.arange(len(ledger.allocation.trades)) == place) / mwh
        moved = replace(ledger, allocation=Responses(trades, ledger.allocation.costs))
        assert residual(moved) >= 0.01, ledger.market.goods[ledger.market.good_of_copy[place]]


def test_a_contract_moved_on_both_sides_shows(ledger):
    """It clears, but seller and buyer no longer are where their curves meet the price."""
    market = ledger.market
    consumer = next(agent for agent in market.agents if isinstance(agent, Consumer))
    good = consumer.contracts[0]
    of_good = market.good_of_copy == market.good_index[good]
    sign = np.where([market.agents[agent] is consumer for agent in market.agent_of_copy], -1.0, 1.0)
    trades = ledger.allocation.trades + 10 * of_good * sign
    assert residual(replace(ledger, allocation=Responses(trades, ledger.allocation.costs))) >= 1.0


def test_without_congestion_rent_the_grid_operator_is_not_at_its_best(ledger):
    mlcp = paper_mlcp(ledger.market, 0)
    values = recover(mlcp, ledger)
    lines = len(mlcp.hour.operator.grid.line_ids)
    broken = mlcp.residuals(values | {"forward_rent": np.zeros(lines), "backward_rent": np.zeros(lines)})
    assert broken["withdrawal"] >= 10


def test_the_conditions_of_another_market_do_not_hold(ledger):
    dearer = load_scenario("rts24", ["consumers.price_elasticity=-0.3"])
    other = paper_mlcp(build_market(dearer), 0)
    assert other.residual(recover(other, ledger)) >= 1.0
