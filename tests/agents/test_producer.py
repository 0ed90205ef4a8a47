"""A producer sells at the best net price until marginal cost or capacity stops it."""

from dataclasses import replace

import numpy as np
import pytest
from cases.asking import answer
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.agents import AgentError, Customer, ForwardContract, Producer, canonicalise, contract, wheeling
from walras.coordinator import Compiled

NEAR, FAR = contract("plant", "near", 0), contract("plant", "far", 0)
HOME, AWAY = wheeling(1, 0), wheeling(2, 0)
PLANT = Producer(
    name="plant",
    bus=1,
    hub=3,
    customers=(Customer("near", 1), Customer("far", 2)),
    capacity_mw=80.0,
    cost_usd_per_mwh=10.0,
    cost_slope_usd_per_mwh2=0.5,
    emission_rate_kg_per_mwh=500.0,
    periods=1,
)


def prices(near: float, far: float, home: float = 0.0, away: float = 0.0) -> dict:
    return {NEAR: near, FAR: far, HOME: home, AWAY: away}


def test_it_sells_until_marginal_cost_meets_the_price(executor):
    # 10 + 0.5 s = 30 gives s = 40; cost 400 + 0.25 * 1600.
    trades, cost = answer(PLANT, executor, prices(30.0, 25.0))
    assert trades == pytest.approx({NEAR: 40.0, FAR: 0.0, HOME: 0.0, AWAY: 0.0}, abs=1e-6)
    assert cost == pytest.approx(800.0)


def test_it_stops_at_its_capacity(executor):
    # 10 + 0.5 * 80 = 50 is still below 60.
    trades, cost = answer(PLANT, executor, prices(60.0, 25.0))
    assert trades[NEAR] == pytest.approx(80.0, abs=1e-6)
    assert cost == pytest.approx(800.0 + 1600.0)


def test_it_sells_nothing_below_its_first_marginal_cost(executor):
    trades, cost = answer(PLANT, executor, prices(9.0, 8.0))
    assert trades == pytest.approx(dict.fromkeys(trades, 0.0), abs=1e-6)
    assert cost == pytest.approx(0.0, abs=1e-6)


def test_wheeling_decides_to_whom_it_sells(executor):
    # To far: 35 - (8 - 2) = 29 net, to near 28: it sells 10 + 0.5 s = 29, s = 38 to far.
    trades, _ = answer(PLANT, executor, prices(28.0, 35.0, home=2.0, away=8.0))
    assert trades == pytest.approx({NEAR: 0.0, FAR: 38.0, HOME: 38.0, AWAY: -38.0}, abs=1e-6)


def test_a_sale_at_its_own_bus_needs_no_wheeling(executor):
    trades, _ = answer(PLANT, executor, prices(30.0, 0.0, home=99.0, away=99.0))
    assert trades[NEAR] == pytest.approx(40.0, abs=1e-6)
    assert trades[HOME] == pytest.approx(0.0, abs=1e-6)


def test_with_constant_marginal_cost_it_sells_all_or_nothing(executor):
    plant = replace(PLANT, cost_slope_usd_per_mwh2=0.0)
    assert answer(plant, executor, prices(10.01, 0.0))[0][NEAR] == pytest.approx(80.0)
    assert answer(plant, executor, prices(9.99, 0.0))[0][NEAR] == pytest.approx(0.0)


def test_near_targets_distance_counts_beside_price_and_cost(executor):
    # One customer at the plant's own bus, the hub: 30 - 10 - 0.5 s - 2 (s - 5) = 0 gives s = 12.
    plant = replace(PLANT, hub=1, customers=(Customer("near", 1),))
    trades, _ = answer(plant, executor, {NEAR: 30.0}, rho=2.0, targets={NEAR: 5.0})
    assert trades == pytest.approx({NEAR: 12.0}, abs=1e-6)


def test_hours_have_a_capacity_each(executor):
    plant = replace(PLANT, customers=(Customer("near", 1),), hub=1, periods=2)
    goods = contract("plant", "near", 0), contract("plant", "near", 1)
    trades, _ = answer(plant, executor, dict(zip(goods, (30.0, 100.0), strict=True)))
    assert list(trades.values()) == pytest.approx([40.0, 80.0], abs=1e-6)


@pytest.mark.parametrize(
    ("bus", "hub", "expected"),
    [
        # Rows: wheeling to buses; columns: sales at bus 1 and at bus 2.
        (1, 9, {1: [0, 1], 2: [0, -1]}),
        (1, 1, {2: [0, -1]}),
        (1, 2, {1: [0, 1]}),
        (5, 9, {1: [-1, 0], 2: [0, -1], 5: [1, 1]}),
        (5, 5, {1: [-1, 0], 2: [0, -1]}),
    ],
)
def test_wheeling_is_supplied_at_home_and_taken_at_the_customer_but_for_the_hub(bus, hub, expected):
    problem = canonicalise(replace(PLANT, bus=bus, hub=hub))
    sales = dict(zip(problem.goods, problem.T.toarray(), strict=True))
    near, far = np.flatnonzero(sales.pop(NEAR))[0], np.flatnonzero(sales.pop(FAR))[0]
    supplied = {good: [row[near], row[far]] for good, row in sales.items()}
    assert supplied == {wheeling(to, 0): per_sale for to, per_sale in expected.items()}


@given(
    near=st.floats(0, 80),
    far=st.floats(0, 80),
    home=st.floats(-20, 20),
    away=st.floats(-20, 20),
    slope=st.floats(0.05, 2),
)
@settings(max_examples=25)
def test_whatever_the_prices_its_output_is_the_kkt_point(near, far, home, away, slope):
    trades, _ = answer(replace(PLANT, cost_slope_usd_per_mwh2=slope), Compiled(), prices(near, far, home, away))
    net = max(near, far - (away - home))
    output = min(max((net - 10) / slope, 0.0), 80.0)
    assert trades[NEAR] + trades[FAR] == pytest.approx(output, rel=1e-5, abs=1e-4)
    assert trades[HOME] == pytest.approx(trades[FAR], abs=1e-7)
    assert trades[AWAY] == pytest.approx(-trades[FAR], abs=1e-7)


def owing(*forward: ForwardContract, periods: int = 1) -> Producer:
    return replace(PLANT, forward_contracts=forward, periods=periods)


def test_it_sells_what_it_owes_to_one_customer_at_any_price(executor):
    # 20 MWh to far at a loss; to near until 10 + 0.5 s = 30, s = 40.
    plant = owing(ForwardContract(("far",), np.array([20.0])))
    trades, cost = answer(plant, executor, prices(30.0, 5.0))
    assert trades == pytest.approx({NEAR: 20.0, FAR: 20.0, HOME: 20.0, AWAY: -20.0}, abs=1e-6)
    assert cost == pytest.approx(800.0)


def test_what_it_owes_to_several_together_goes_to_the_one_who_pays_most(executor):
    plant = owing(ForwardContract(("near", "far"), np.array([20.0])))
    trades, _ = answer(plant, executor, prices(3.0, 5.0))
    assert trades == pytest.approx({NEAR: 0.0, FAR: 20.0, HOME: 20.0, AWAY: -20.0}, abs=1e-6)


def test_what_it_would_sell_anyway_is_no_burden(executor):
    plant = owing(ForwardContract(("near",), np.array([40.0])))
    trades, cost = answer(plant, executor, prices(30.0, 25.0))
    assert trades[NEAR] == pytest.approx(40.0, abs=1e-6)
    assert cost == pytest.approx(800.0)


def test_it_owes_by_the_hour(executor):
    plant = owing(ForwardContract(("near",), np.array([20.0, 0.0])), periods=2)
    hours = {replace(good, period=t): price for good, price in prices(5.0, 0.0).items() for t in (0, 1)}
    trades, _ = answer(plant, executor, hours)
    assert [trades[contract("plant", "near", t)] for t in (0, 1)] == pytest.approx([20.0, 0.0], abs=1e-6)


def test_more_than_its_capacity_cannot_be_owed(executor):
    plant = owing(ForwardContract(("near",), np.array([80.1])))
    with pytest.raises(AgentError, match="plant"):
        answer(plant, executor, prices(30.0, 25.0))
