"""A producer with a ramp limit gives up sales in one hour for better ones in the next."""

from dataclasses import replace

import pytest
from cases.asking import answer

from walras.agents import Customer, Producer, contract

HOURS = [contract("plant", "near", t) for t in range(3)]
PLANT = Producer(
    name="plant",
    bus=1,
    hub=1,
    customers=(Customer("near", 1),),
    capacity_mw=100.0,
    cost_usd_per_mwh=20.0,
    cost_slope_usd_per_mwh2=0.0,
    emission_rate_kg_per_mwh=0.0,
    periods=2,
    ramp_mw_per_h=30.0,
)


def output(plant, executor, *prices):
    trades, _ = answer(plant, executor, dict(zip(HOURS, prices, strict=False)))
    return [trades[good] for good in HOURS[: len(prices)]]


def test_it_starts_early_for_a_dear_hour(executor):
    # Each MW more in both hours loses 10 $ in the first and wins 30 $ in the second, until the second is at capacity.
    assert output(PLANT, executor, 10.0, 50.0) == pytest.approx([70.0, 100.0], abs=1e-5)


def test_it_goes_down_as_slowly_as_up(executor):
    assert output(PLANT, executor, 50.0, 10.0) == pytest.approx([100.0, 70.0], abs=1e-5)


def test_it_does_not_run_where_a_dear_hour_does_not_pay_for_a_cheap_one(executor):
    # The first 30 MW of the dear hour need nothing before; each more loses 15 $ to win 10 $.
    assert output(PLANT, executor, 5.0, 30.0) == pytest.approx([0.0, 30.0], abs=1e-5)


def test_a_rising_marginal_cost_shares_the_loss(executor):
    # s1 = s2 - 30 with (s1 - 5) + (s2 - 65) = 0 for marginal cost s: s1 = 20, s2 = 50.
    plant = replace(PLANT, cost_usd_per_mwh=0.0, cost_slope_usd_per_mwh2=1.0)
    assert output(plant, executor, 5.0, 65.0) == pytest.approx([20.0, 50.0], abs=1e-5)


def test_without_a_limit_hours_stand_by_themselves(executor):
    assert output(replace(PLANT, ramp_mw_per_h=None), executor, 10.0, 50.0) == pytest.approx([0.0, 100.0], abs=1e-5)


def test_the_first_hour_is_free(executor):
    assert output(replace(PLANT, periods=1), executor, 50.0) == pytest.approx([100.0], abs=1e-5)


def test_a_limit_of_zero_makes_a_flat_output(executor):
    # Mean price 22 $/MWh is above the cost.
    plant = replace(PLANT, periods=3, ramp_mw_per_h=0.0)
    assert output(plant, executor, 50.0, 6.0, 10.0) == pytest.approx([100.0] * 3, abs=1e-5)
