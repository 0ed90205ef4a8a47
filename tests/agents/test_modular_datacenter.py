"""A modular datacenter leases its GPUs out as long as the lease pays for the cheapest energy."""

from dataclasses import replace

import numpy as np
import pytest
from cases.asking import answer
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.agents import ModularDatacenter, contract, lease
from walras.coordinator import Compiled

GPU_MW = 0.0005
COAL, GAS = contract("coal", "mdc", 0), contract("gas", "mdc", 0)
LEASE = lease("mdc", 0, GPU_MW)
MDC = ModularDatacenter("mdc", 4, ("coal", "gas"), 10.0, np.array([4.0]), GPU_MW)


def prices(coal: float, gas: float, lease_usd_per_mwh: float) -> dict:
    return {COAL: coal, GAS: gas, LEASE: lease_usd_per_mwh * GPU_MW}


def test_a_lease_above_the_cheapest_energy_fills_its_capacity(executor):
    trades, cost = answer(MDC, executor, prices(20.0, 30.0, 25.0))
    assert trades == pytest.approx({COAL: -6.0, GAS: 0.0, LEASE: 20000.0}, abs=1e-5)
    assert cost == 0


def test_a_lease_below_the_cheapest_energy_runs_on_curtailed_energy_alone(executor):
    trades, _ = answer(MDC, executor, prices(20.0, 30.0, 15.0))
    assert trades == pytest.approx({COAL: 0.0, GAS: 0.0, LEASE: 8000.0}, abs=1e-5)


def test_it_leases_nothing_out_when_it_had_to_pay_for_it(executor):
    trades, _ = answer(MDC, executor, prices(20.0, 30.0, -1.0))
    assert trades == pytest.approx({COAL: 0.0, GAS: 0.0, LEASE: 0.0}, abs=1e-5)


def test_curtailed_energy_beyond_its_capacity_stays_unused(executor):
    trades, _ = answer(replace(MDC, curtailed_mwh=np.array([15.0])), executor, prices(20.0, 30.0, 25.0))
    assert trades == pytest.approx({COAL: 0.0, GAS: 0.0, LEASE: 20000.0}, abs=1e-5)


def test_energy_that_it_is_paid_to_take_comes_before_curtailed_energy(executor):
    trades, _ = answer(MDC, executor, prices(-5.0, 30.0, 1.0))
    assert trades == pytest.approx({COAL: -10.0, GAS: 0.0, LEASE: 20000.0}, abs=1e-5)


def test_without_capacity_it_does_nothing(executor):
    trades, _ = answer(replace(MDC, capacity_mw=0.0), executor, prices(20.0, 30.0, 25.0))
    assert trades == pytest.approx({COAL: 0.0, GAS: 0.0, LEASE: 0.0}, abs=1e-5)


def test_hours_have_their_own_curtailed_energy(executor):
    agent = replace(MDC, curtailed_mwh=np.array([4.0, 1.0]))
    goods = agent.declare().goods
    trades, _ = answer(agent, executor, {good: 5 * GPU_MW if good.unit == "GPU" else 20.0 for good in goods})
    assert trades[lease("mdc", 0, GPU_MW)] == pytest.approx(8000.0)
    assert trades[lease("mdc", 1, GPU_MW)] == pytest.approx(2000.0)


def test_near_targets_the_lease_moves_with_its_price(executor):
    # Curtailed energy is free, GPUs l: maximise r l - rho (l - 3000)^2 / 2, so l = 3000 + r / rho.
    agent = replace(MDC, sellers=())
    trades, _ = answer(agent, executor, {LEASE: 0.01}, rho=1e-5, targets={LEASE: 3000.0})
    assert trades[LEASE] == pytest.approx(4000.0, rel=1e-6)


@given(
    coal=st.floats(1, 60),
    gas=st.floats(1, 60),
    lease_price=st.floats(0.5, 60),
    capacity=st.floats(0, 20),
    curtailed=st.floats(0, 20),
)
@settings(max_examples=25)
def test_whatever_the_prices_its_profit_is_the_best_on_paper(coal, gas, lease_price, capacity, curtailed):
    agent = replace(MDC, capacity_mw=capacity, curtailed_mwh=np.array([curtailed]))
    announced = prices(coal, gas, lease_price)
    trades, _ = answer(agent, Compiled(), announced)
    free = min(curtailed, capacity)
    best = lease_price * free + max(lease_price - min(coal, gas), 0) * (capacity - free)
    assert sum(announced[good] * quantity for good, quantity in trades.items()) == pytest.approx(
        best, rel=1e-6, abs=1e-6
    )
    energy = trades[LEASE] * GPU_MW
    assert -1e-9 <= energy <= capacity + 1e-6
    assert energy + trades[COAL] + trades[GAS] <= free + 1e-6
