"""A producer in a pool sells at its bus, and delivers contracts where its customers are."""

from dataclasses import replace

import numpy as np
import pytest
from cases.asking import answer

from walras.agents import Customer, ForwardContract, PooledProducer, contract, energy
from walras.coordinator import Compiled

HOME, AWAY = energy(1, 0), energy(2, 0)
NEAR, FAR = contract("plant", "near", 0), contract("plant", "far", 0)
PLANT = PooledProducer(
    name="plant",
    bus=1,
    hub=3,
    customers=(Customer("near", 1), Customer("far", 2)),
    capacity_mw=100.0,
    cost_usd_per_mwh=10.0,
    cost_slope_usd_per_mwh2=0.2,
    emission_rate_kg_per_mwh=0.0,
    periods=1,
)


WORTHLESS = {NEAR: 0.0, FAR: 0.0}


def traded(prices, plant=PLANT):
    return answer(plant, Compiled(), {**WORTHLESS, **prices})[0]


def test_it_sells_to_the_pool_up_to_the_price_at_its_bus():
    # 10 + 0.2 s = 24.
    trades = traded({HOME: 24.0, AWAY: 50.0})
    assert trades == pytest.approx({HOME: 70.0, AWAY: 0.0, NEAR: 0.0, FAR: 0.0}, abs=1e-6)


def test_a_contract_is_worth_its_price_less_the_fee_from_the_own_bus():
    # Sold for 21, with energy at 24 here and 19 there: 26, and 10 + 0.2 s = 26.
    trades = traded({HOME: 24.0, AWAY: 19.0, FAR: 21.0})
    assert trades == pytest.approx({HOME: 80.0, AWAY: -80.0, NEAR: 0.0, FAR: 80.0}, abs=1e-6)


def test_what_a_customer_at_the_own_bus_takes_does_not_enter_the_pool():
    trades = traded({HOME: 24.0, AWAY: 50.0, NEAR: 26.0})
    assert trades == pytest.approx({HOME: 0.0, AWAY: 0.0, NEAR: 80.0, FAR: 0.0}, abs=1e-6)


@pytest.mark.parametrize("best", [HOME, NEAR, FAR])
def test_goods_produced_add_up_to_the_output_wherever_it_goes(best):
    trades = traded({HOME: 24.0, AWAY: 24.0, best: 26.0} if best != HOME else {HOME: 26.0, AWAY: 50.0})
    assert set(PLANT.goods_produced) == {HOME, NEAR}
    assert sum(trades[good] for good in PLANT.goods_produced) == pytest.approx(80.0, abs=1e-6)


def test_forward_contracts_bind_what_goes_to_the_pool():
    # A contract is worth 30, so all goes there but what is owed.
    bound = replace(PLANT, forward_contracts=(ForwardContract(("load@2",), np.array([30.0])),))
    trades = traded({HOME: 24.0, AWAY: 19.0, FAR: 25.0}, bound)
    assert trades == pytest.approx({HOME: 100.0, AWAY: -70.0, NEAR: 0.0, FAR: 70.0}, abs=1e-6)
