"""A hyperscaler computes where a MWh costs least, its emissions weighed in."""

from dataclasses import replace

import numpy as np
import pytest
from cases.asking import answer
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.agents import Hyperscaler, contract, lease
from walras.coordinator import Compiled

GPU_MW = 0.0005
COAL, NUCLEAR = contract("coal", "cloud", 0), contract("nuclear", "cloud", 0)
ONE, TWO = lease("one", 0, GPU_MW), lease("two", 0, GPU_MW)
CLOUD = Hyperscaler(
    name="cloud",
    bus=9,
    sellers=("coal", "nuclear"),
    emission_rates_kg_per_mwh=np.array([900.0, 0.0]),
    cost_weight=0.5,
    batches=("quick", "slow"),
    workload_mwh=np.array([[30.0], [12.0]]),
    processable={"one": ("quick",), "two": ("quick", "slow"), "idle": ("somebody else's",)},
    gpu_rating_mw=GPU_MW,
)


def prices(coal: float, nuclear: float, one: float, two: float) -> dict:
    return {COAL: coal, NUCLEAR: nuclear, ONE: one * GPU_MW, TWO: two * GPU_MW}


def in_mwh(trades: dict) -> list[float]:
    return [quantity * good.mwh_per_unit for good, quantity in trades.items()]


def test_a_kilogram_weighs_one_minus_alpha_over_alpha():
    assert [replace(CLOUD, cost_weight=alpha).emission_price_usd_per_kg for alpha in (1.0, 0.5, 0.1)] == [0.0, 1.0, 9.0]


def test_who_can_process_none_of_its_batches_lends_it_nothing():
    assert CLOUD.lenders == ("one", "two")
    assert CLOUD.declare().goods == (COAL, NUCLEAR, ONE, TWO)


def test_all_is_done_at_home_when_leases_are_dear(executor):
    trades, cost = answer(CLOUD, executor, prices(20.0, 25.0, 30.0, 30.0))
    assert in_mwh(trades) == pytest.approx([0.0, -42.0, 0.0, 0.0], abs=1e-6)
    assert cost == pytest.approx(0.0, abs=1e-6)


def test_emissions_make_cheap_coal_dear_and_are_its_cost(executor):
    # kappa = 1: coal at 20 + 900 against nuclear at 919, then at 921.
    trades, _ = answer(CLOUD, executor, prices(20.0, 919.0, 2000.0, 2000.0))
    assert in_mwh(trades) == pytest.approx([0.0, -42.0, 0.0, 0.0], abs=1e-6)
    trades, cost = answer(CLOUD, executor, prices(20.0, 921.0, 2000.0, 2000.0))
    assert in_mwh(trades) == pytest.approx([-42.0, 0.0, 0.0, 0.0], abs=1e-6)
    assert cost == pytest.approx(900.0 * 42)


def test_every_batch_goes_to_the_cheapest_lender_that_can_process_it(executor):
    trades, _ = answer(CLOUD, executor, prices(20.0, 25.0, 10.0, 15.0))
    assert in_mwh(trades) == pytest.approx([0.0, 0.0, -30.0, -12.0], abs=1e-6)


def test_a_batch_that_the_cheap_lender_cannot_process_stays_at_home(executor):
    trades, _ = answer(CLOUD, executor, prices(20.0, 25.0, 10.0, 26.0))
    assert in_mwh(trades) == pytest.approx([0.0, -12.0, -30.0, 0.0], abs=1e-6)


def test_it_rents_no_more_than_its_batches_even_for_free(executor):
    trades, _ = answer(CLOUD, executor, prices(20.0, 25.0, 0.0, -5.0))
    assert in_mwh(trades) == pytest.approx([0.0, 0.0, 0.0, -42.0], abs=1e-6)


def test_without_workload_it_does_nothing(executor):
    agent = replace(CLOUD, workload_mwh=np.zeros((2, 1)))
    trades, _ = answer(agent, executor, prices(20.0, 25.0, 10.0, 15.0))
    assert in_mwh(trades) == pytest.approx([0.0] * 4, abs=1e-6)


def test_hours_have_workloads_and_prices_each(executor):
    agent = replace(CLOUD, workload_mwh=np.array([[30.0, 5.0], [12.0, 6.0]]), sellers=("nuclear",))
    agent = replace(agent, emission_rates_kg_per_mwh=np.zeros(1))
    per_mwh = {"nuclear": (25.0, 8.0), "one": (10.0, 10.0), "two": (26.0, 7.0)}
    announced = {good: per_mwh[good.seller][good.period] * good.mwh_per_unit for good in agent.declare().goods}
    trades, _ = answer(agent, executor, announced)
    assert in_mwh(trades) == pytest.approx([-12.0, 0.0, -30.0, 0.0, 0.0, -11.0], abs=1e-6)


def test_near_targets_home_and_lease_share_the_work(executor):
    # One batch of 10: energy x, lease 10 - x (1 MW per GPU): 20 + rho (x - 4) = 23 + rho (6 - x) with rho 1: x = 6.5.
    agent = replace(
        CLOUD,
        sellers=("nuclear",),
        emission_rates_kg_per_mwh=np.zeros(1),
        batches=("quick",),
        workload_mwh=np.array([[10.0]]),
        processable={"one": ("quick",)},
        gpu_rating_mw=1.0,
    )
    rented = lease("one", 0, 1.0)
    trades, _ = answer(agent, executor, {NUCLEAR: 20.0, rented: 23.0}, rho=1.0, targets={NUCLEAR: -4.0, rented: -4.0})
    assert trades == pytest.approx({NUCLEAR: -6.5, rented: -3.5}, abs=1e-6)


@given(
    energy=st.tuples(st.floats(1, 60), st.floats(1, 60)),
    leases=st.tuples(st.floats(1, 60), st.floats(1, 60)),
    cost_weight=st.floats(0.05, 1),
    rates=st.tuples(st.floats(0, 50), st.floats(0, 50)),
)
@settings(max_examples=25)
def test_whatever_the_prices_every_batch_costs_the_least_on_paper(energy, leases, cost_weight, rates):
    agent = replace(CLOUD, cost_weight=cost_weight, emission_rates_kg_per_mwh=np.array(rates))
    announced = prices(*energy, *leases)
    trades, cost = answer(agent, Compiled(), announced)
    kappa = (1 - cost_weight) / cost_weight
    home = min(price + kappa * rate for price, rate in zip(energy, rates, strict=True))
    least = 30 * min(home, *leases) + 12 * min(home, leases[1])
    spent = cost - sum(announced[good] * quantity for good, quantity in trades.items())
    assert spent == pytest.approx(least, rel=1e-7)
