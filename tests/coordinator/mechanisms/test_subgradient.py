"""Subgradient method: a round by hand, the least profit of linear markets, and settings that are refused."""

from itertools import islice, pairwise

import numpy as np
import pytest
from cases.linear_market import transport

from walras.coordinator import Compiled, Opening, cold_opening, iterate
from walras.coordinator.announcement import Responses, prices_of_copies
from walras.coordinator.mechanisms.subgradient import Subgradient


def states(market, mechanism, count, opening=None):
    """The state after every one of so many rounds."""
    respond, state = Compiled().compile(market), mechanism.start(market, opening or cold_opening(market))
    for _ in range(count):
        state = mechanism.step(state, respond(state.announcement))
        yield state


@pytest.mark.parametrize("seed", range(3))
def test_profits_come_near_the_optimal_welfare_from_above(seed):
    case = transport(seed)
    welfare = -case.solved_by_scipy().fun
    profits = [state.profit_usd for state in states(case.market, Subgradient(), 400)]
    assert profits == sorted(profits, reverse=True)
    assert profits[-1] >= welfare - 1e-9 * abs(welfare)
    assert profits[-1] - welfare <= 0.01 * (profits[0] - welfare)


def test_the_first_step_leads_to_the_estimated_level_if_profits_are_linear():
    case = transport(0)
    market, mechanism = case.market, Subgradient(drop=0.02)
    opening = Opening(np.full(len(market.goods), 1.0), cold_opening(market).trades)
    respond, start = Compiled().compile(market), mechanism.start(market, opening)
    responses = respond(start.announcement)
    after = mechanism.step(start, responses)
    imbalance = market.imbalance(responses.trades)
    fallen = -imbalance @ (after.next_prices - start.next_prices)
    assert fallen == pytest.approx(0.02 * np.abs(responses.costs[market.moves_money]).sum())
    profit = prices_of_copies(market, start.announcement) @ responses.trades - responses.costs.sum()
    assert after.profit_usd == pytest.approx(profit)


def test_after_a_long_path_without_progress_the_drop_is_halved_from_the_best_prices():
    case = transport(1)
    market = case.market
    found = list(states(market, Subgradient(drop=5.0, path=0.01), 12))
    halved = [after for before, after in pairwise(found) if after.drop_usd < before.drop_usd]
    assert halved
    for state in halved:
        assert np.array_equal(state.next_prices, state.prices)
        assert state.path_usd == 0


def test_the_allocation_is_a_mean_of_responses():
    case = transport(2)
    rounds = list(islice(iterate(case.market, Subgradient(weight=0.25), Compiled().compile(case.market)), 3))
    respond, state, trades = Compiled().compile(case.market), None, None
    mechanism = Subgradient(weight=0.25)
    state = mechanism.start(case.market, cold_opening(case.market))
    for current in rounds:
        answered: Responses = respond(state.announcement)
        trades = answered.trades if trades is None else 0.75 * trades + 0.25 * answered.trades
        state = mechanism.step(state, answered)
        assert current.allocation.trades == pytest.approx(trades)


@pytest.mark.parametrize("settings", [{"drop": 0}, {"path": 0}, {"weight": 0}, {"weight": 1}])
def test_settings_without_a_way_to_settle_are_refused(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        Subgradient(**settings)
