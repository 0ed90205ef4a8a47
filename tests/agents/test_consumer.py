"""A consumer buys from the cheapest seller until its last MWh is worth the price."""

from dataclasses import replace

import numpy as np
import pytest
from cases.asking import answer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from walras.agents import Consumer, contract
from walras.coordinator import Compiled

CHEAP, DEAR = contract("cheap", "town", 0), contract("dear", "town", 0)


def town(hydro: float = 5.0) -> Consumer:
    return Consumer("town", 3, ("cheap", "dear"), np.array([100.0]), np.array([2.0]), np.array([hydro]))


def benefit(demand: float) -> float:
    return 100 * demand - demand**2


def test_it_buys_at_the_lower_price_until_value_and_price_meet(executor):
    # 100 - 2 d = 20 gives d = 40, of which 5 are hydro.
    trades, cost = answer(town(), executor, {CHEAP: 20.0, DEAR: 30.0})
    assert trades == pytest.approx({CHEAP: -35.0, DEAR: 0.0}, abs=1e-6)
    assert cost == pytest.approx(-benefit(40))


def test_it_buys_nothing_where_hydro_alone_is_worth_less_than_the_price(executor):
    # 100 - 2 * 5 = 90 is below 91.
    trades, cost = answer(town(), executor, {CHEAP: 91.0, DEAR: 95.0})
    assert trades == pytest.approx({CHEAP: 0.0, DEAR: 0.0}, abs=1e-6)
    assert cost == pytest.approx(-benefit(5))


def test_it_is_indifferent_between_equal_prices(executor):
    trades, _ = answer(town(), executor, {CHEAP: 20.0, DEAR: 20.0})
    assert sum(trades.values()) == pytest.approx(-35.0, abs=1e-6)
    assert max(trades.values()) <= 1e-9


def test_it_takes_more_than_satiation_when_it_is_paid_to(executor):
    # 100 - 2 d = -10 gives d = 55.
    trades, _ = answer(town(), executor, {CHEAP: -10.0, DEAR: 0.0})
    assert trades[CHEAP] == pytest.approx(-50.0, abs=1e-6)


def test_near_targets_distance_counts_beside_value_and_price(executor):
    # One seller, bought x: 100 - 2 (x + 5) - 20 - 3 (x - 10) = 0 gives x = 20.
    agent = Consumer("town", 3, ("cheap",), np.array([100.0]), np.array([2.0]), np.array([5.0]))
    trades, cost = answer(agent, executor, {CHEAP: 20.0}, rho=3.0, targets={CHEAP: -10.0})
    assert trades[CHEAP] == pytest.approx(-20.0, abs=1e-6)
    assert cost == pytest.approx(-benefit(25))


def test_hours_do_not_mix(executor):
    agent = Consumer("town", 3, ("cheap", "dear"), np.array([100.0, 50.0]), np.array([2.0, 1.0]), np.array([0.0, 4.0]))
    prices = {
        contract("cheap", "town", 0): 40.0,
        contract("dear", "town", 0): 60.0,
        contract("cheap", "town", 1): 45.0,
        contract("dear", "town", 1): 30.0,
    }
    trades, _ = answer(agent, executor, prices)
    assert list(trades.values()) == pytest.approx([-30.0, 0.0, 0.0, -16.0], abs=1e-6)


@given(
    prices=st.tuples(st.floats(1, 150), st.floats(1, 150)),
    willingness=st.floats(10, 200),
    slope=st.floats(0.05, 5),
    hydro=st.floats(0, 20),
)
@example(prices=(2.0, 1.0), willingness=10.0, slope=1.0, hydro=2.9e-15)
@settings(max_examples=25)
def test_whatever_the_prices_its_demand_is_the_kkt_point(prices, willingness, slope, hydro):
    agent = Consumer("town", 3, ("cheap", "dear"), np.array([willingness]), np.array([slope]), np.array([hydro]))
    trades, _ = answer(agent, Compiled(), dict(zip((CHEAP, DEAR), prices, strict=True)))
    bought = max((willingness - min(prices)) / slope - hydro, 0.0)
    assert -sum(trades.values()) == pytest.approx(bought, rel=1e-5, abs=1e-4)


def test_it_buys_what_it_agreed_to_before_from_the_cheapest_seller(executor):
    # Of its own accord it would buy nothing at 91; the 10 MWh come on top of 5 of hydro.
    bound = replace(town(), forward_purchase_mwh=np.array([10.0]))
    trades, cost = answer(bound, executor, {CHEAP: 91.0, DEAR: 95.0})
    assert trades == pytest.approx({CHEAP: -10.0, DEAR: 0.0}, abs=1e-6)
    assert cost == pytest.approx(-benefit(15))


def test_what_it_would_buy_anyway_is_no_burden(executor):
    bound = replace(town(), forward_purchase_mwh=np.array([35.0]))
    trades, _ = answer(bound, executor, {CHEAP: 20.0, DEAR: 30.0})
    assert trades == pytest.approx({CHEAP: -35.0, DEAR: 0.0}, abs=1e-6)
