"""Weights of copies: by hand, free of units, and consistent in the clearing step."""

from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np
import pytest
from cases import ex_ante, leases, two_agents
from cases.ex_ante import LEASE
from cases.feasible import EVERY_KIND

from walras.agents import Customer, Declaration, Producer, contract, wheeling
from walras.coordinator import ADMM, Batched, Compiled, Market, NearTargets, Scale, Serial, cold_opening
from walras.coordinator.mechanisms.weights import slopes, typical_shares

NEAR, FAR = contract("plant", "near", 0), contract("plant", "far", 0)


def shares_of(market, name):
    agent = [other.name for other in market.agents].index(name)
    copies = market.copies_of_agents[agent]
    return dict(zip(market.goods_of_agents[agent], typical_shares(market)[copies], strict=True))


def plant() -> Market:
    """At bus 2 it sells to bus 2 and to bus 3; the hub is bus 1. Contracts of 2 MWh, wheeling of 8."""
    producer = Producer("plant", 2, 1, (Customer("near", 2), Customer("far", 3)), 100.0, 10.0, 0.0, 0.0, 1)
    volumes = {NEAR: 2.0, FAR: 2.0, wheeling(2, 0): 8.0, wheeling(3, 0): 8.0}
    return Market((producer,), {good: Scale(40.0, volume) for good, volume in volumes.items()})


def test_a_producer_by_hand():
    """A sale moves by the 2 MWh of its contract; only the far one takes wheeling, from bus 2 to bus 3."""
    market = plant()
    assert shares_of(market, "plant") == pytest.approx({NEAR: 1, FAR: 1, wheeling(2, 0): 0.25, wheeling(3, 0): 0.25})
    by_good = dict(zip(market.goods_of_agents[0], slopes(market), strict=True))
    assert by_good == pytest.approx(dict.fromkeys(market.goods, 20.0))


def test_sales_that_share_a_bus_add_up_as_independent_ones():
    far = [contract("plant", f"far {i}", 0) for i in range(9)]
    customers = tuple(Customer(good.buyer, 3) for good in far)
    producer = Producer("plant", 2, 1, customers, 100.0, 10.0, 0.0, 0.0, 1)
    market = Market((producer,), {good: Scale(40.0, 2.0) for good in far})
    # Wheeling has the volume scale 1: each sale moves by 1, and nine of them by 3.
    assert shares_of(market, "plant") == pytest.approx(
        {**dict.fromkeys(far, 0.5), wheeling(2, 0): 3, wheeling(3, 0): 3}
    )


def test_units_of_variables_do_not_matter():
    goods = tuple(contract("a", name, 0) for name in "xyz")

    @dataclass(frozen=True)
    class Stated:
        units: tuple[float, float]
        name: str = "a"
        moves_money = True

        def declare(self) -> Declaration:
            x = cp.Variable(2, nonneg=True)
            own = np.diag(self.units) @ x
            return Declaration(cp.sum(own), cp.hstack([own, own[0] - own[1]]), goods, [own <= 4])

    scales = {goods[0]: Scale(1.0, 5.0), goods[2]: Scale(1.0, 20.0)}
    expected = typical_shares(Market((Stated((1.0, 1.0)),), scales))
    # x moves by 5, y by 1: z by sqrt(26) of 20.
    assert expected == pytest.approx([1, 1, np.sqrt(26) / 20])
    assert typical_shares(Market((Stated((1e3, 1e-5)),), scales)) == pytest.approx(expected)


def test_units_of_goods_do_not_matter():
    per_mwh, per_kwh = (two_agents.rising_cost(good).market for good in (two_agents.MWH, two_agents.KWH))
    assert typical_shares(per_mwh) == pytest.approx(typical_shares(per_kwh))
    assert slopes(per_mwh) == pytest.approx(slopes(per_kwh) * 1e6)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_of_agent_has_weights(kind):
    shares = typical_shares(Market((EVERY_KIND[kind].agent,)))
    assert (shares > 0).all()
    assert np.isfinite(shares).all()


def test_a_steep_surcharge_is_a_floor_for_the_lease_and_its_inputs():
    known = ex_ante.some_bought().market
    weights = slopes(known)
    stiffness = known.disclosed.stiffness(known.price_scale[known.disclosed.goods])[0]
    assert stiffness > 0
    lease_copies = known.good_of_copy == known.good_index[LEASE]
    assert (weights[lease_copies] >= stiffness * LEASE.mwh_per_unit**2).all()
    assert (weights[np.isin(known.good_of_copy, known.disclosed.input_goods)] >= stiffness).all()


def unequal(market, seed):
    rng = np.random.default_rng(seed)
    return slopes(market) * 10 ** rng.uniform(-1, 1, len(market.good_of_copy))


@pytest.mark.parametrize("case", [ex_ante.some_bought, ex_ante.full, leases.saturated])
def test_clearing_with_unequal_weights_is_the_proximal_step(case):
    """Targets clear, and each is as far from what was offered as price and surcharge over its own rho."""
    market = case().market
    mechanism = ADMM(relaxation=1.0)
    state = replace(mechanism.start(market, cold_opening(market)), rho=unequal(market, 3))
    volume = market.volume_scale[market.good_of_copy]
    for seed in range(20):
        offers = volume * np.random.default_rng(seed).normal(size=len(volume)) * 3
        cleared = mechanism.at_coupling(state, np.sqrt(state.rho) * offers)
        assert np.abs(market.imbalance(cleared.targets)) / market.volume_scale == pytest.approx(0, abs=1e-9)
        worth = cleared.prices[market.good_of_copy] + cleared.surcharges
        np.testing.assert_allclose(state.rho * (cleared.targets - offers), worth, atol=1e-9 * np.abs(worth).max())
        # Where the lease is positive the surcharges are those of the very targets.
        if (cleared.targets[market.disclosed.supply_copy] > 0).all():
            expected = market.surcharges(cleared.targets)
            np.testing.assert_allclose(cleared.surcharges, expected, rtol=1e-6, atol=1e-9)


def test_executors_answer_unequal_weights_alike(rts24):
    rng = np.random.default_rng(4)
    volume = rts24.volume_scale[rts24.good_of_copy]
    announcement = NearTargets(rts24.price_scale, unequal(rts24, 5), volume * rng.normal(size=len(volume)))
    serial, *others = (executor.compile(rts24)(announcement) for executor in (Serial(), Compiled(), Batched()))
    for other in others:
        np.testing.assert_allclose(other.trades / volume, serial.trades / volume, atol=1e-6)


@dataclass(frozen=True)
class Bystander:
    name: str = "bystander"
    moves_money: bool = False

    def declare(self):
        own = cp.Variable(2)
        return Declaration(cp.sum_squares(own), own[:0], (), [])


def test_who_decides_but_trades_nothing_changes_no_weight():
    market = plant()
    with_bystander = Market((*market.agents, Bystander()), market.scales)
    np.testing.assert_array_equal(typical_shares(with_bystander), typical_shares(market))
