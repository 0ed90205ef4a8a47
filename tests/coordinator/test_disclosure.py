"""Disclosed goods: takers hear an intensity that follows from the volume, and mind it."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from cases import ex_ante, leases
from cases.ex_ante import BOUGHT, DIRTY_KG, EX_ANTE, GPU_MW, KAPPA, LEASE
from cases.known import assert_solves, trades_of
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.agents import AgentError, Family, contract
from walras.coordinator import (
    ADMM,
    Compiled,
    Disclosure,
    Market,
    MaxRounds,
    Opening,
    Responses,
    Scale,
    Status,
    Tatonnement,
    certify,
    cold_opening,
    iterate,
    joined,
    run,
    stop_at,
)
from walras.coordinator.disclosure import DisclosedGoods

MIX = st.integers(0, 1200).map(float)
CURTAILED = st.integers(0, 200).map(lambda tenths: tenths / 10)
PRICE = st.sampled_from([0.0, 0.001, 1 / 9, 1.0, 9.0, 99.0])
UNIT = st.sampled_from([1 / 1700, 0.001, 1.0])


def goods(mix, curtailed, prices, mwh_per_unit) -> DisclosedGoods:
    """One good, supplied in copy 0 and taken in the others."""
    takers = len(prices)
    return DisclosedGoods(
        copies=1 + takers,
        goods=np.array([0]),
        supply_copy=np.array([0]),
        mwh_per_unit=np.array([mwh_per_unit]),
        mix_kg_per_mwh=np.array([mix]),
        curtailed_mwh=np.array([curtailed]),
        taker_copies=np.arange(1, 1 + takers),
        disclosed_of_taker=np.zeros(takers, dtype=np.int64),
        emission_price_usd_per_kg=np.array(prices),
        input_goods=np.zeros(0, dtype=np.int64),
        disclosed_of_input=np.zeros(0, dtype=np.int64),
    )


def intensity(disclosed: DisclosedGoods, volume_mwh: float) -> float:
    trades = np.zeros(disclosed.copies)
    trades[0] = volume_mwh / disclosed.mwh_per_unit[0]
    return float(disclosed.intensities(trades)[0])


@pytest.mark.parametrize(
    ("volume", "curtailed", "expected"),
    [(4.5, 4.3, 40.0), (4.3, 4.3, 0.0), (2.0, 4.3, 0.0), (0.0, 4.3, 0.0), (-1.0, 4.3, 0.0), (7.0, 0.0, 900.0)],
)
def test_curtailed_energy_comes_first(volume, curtailed, expected):
    assert intensity(goods(900.0, curtailed, [0.25], GPU_MW), volume) == pytest.approx(expected, abs=1e-9)


def test_without_curtailed_energy_the_first_mwh_has_the_intensity_of_all_others():
    assert intensity(goods(900.0, 0.0, [0.25], GPU_MW), 0.0) == 900.0


@given(mix=MIX, curtailed=CURTAILED, prices=st.lists(PRICE, min_size=1, max_size=3), unit=UNIT)
def test_a_surcharge_is_what_each_taker_gives_for_the_emissions_of_a_unit(mix, curtailed, prices, unit):
    disclosed = goods(mix, curtailed, prices, unit)
    charged = disclosed.surcharges(np.array([50.0]))
    assert charged[0] == 0.0
    assert charged[1:] == pytest.approx([price * 50.0 * unit for price in prices])


@settings(max_examples=200)
@given(
    mix=MIX,
    curtailed=CURTAILED,
    prices=st.lists(PRICE, min_size=1, max_size=3),
    unit=UNIT,
    volume=st.integers(-50, 300).map(lambda tenths: tenths / 10),
    stiffness=st.sampled_from([0.01, 1.0, 100.0]),
)
def test_settled_intensities_are_those_of_the_supply_that_they_leave(mix, curtailed, prices, unit, volume, stiffness):
    """Supply c falls by w E: the settled E solves ``E = E(c - w E)``."""
    disclosed = goods(mix, curtailed, prices, unit)
    yielding = 1 / (stiffness * unit**2)
    settled = float(disclosed.settled_intensities(np.array([volume / unit]), np.full(len(prices), yielding))[0])
    w = yielding * sum(prices) * unit**2
    if w == 0:
        assert settled == 0
        return
    assert 0 <= settled <= mix + 1e-9
    left = volume - w * settled
    # Without curtailed energy the intensity jumps at zero volume, and any up to the mix may settle there.
    if curtailed == 0 and abs(left) <= 1e-9 * max(1.0, w * mix):
        return
    # What rounding of the volume makes of the intensity.
    slack = 1e-9 * max(1.0, w * mix) * (mix / max(curtailed, left, 0.1))
    assert settled == pytest.approx(intensity(disclosed, left) if left > 0 else 0.0, abs=slack + 1e-9)


def test_takers_move_the_supply_by_what_each_of_them_yields():
    # 20 units of 1 MWh; a kg/MWh takes 0.5 * 2 + 0.25 * 4 = 2 of them: q + 2 * 9 (1 - 10 / q) = 20 at q = 14.4..
    disclosed = goods(9.0, 10.0, [0.5, 0.25], 1.0)
    settled = float(disclosed.settled_intensities(np.array([20.0]), np.array([2.0, 4.0]))[0])
    volume = 1 + np.sqrt(1 + 180)
    assert settled == pytest.approx(9 * (1 - 10 / volume))


@given(mix=MIX, curtailed=CURTAILED, price=PRICE, volumes=st.lists(st.integers(0, 300), min_size=2, max_size=2))
def test_more_supply_never_settles_at_a_lower_intensity(mix, curtailed, price, volumes):
    disclosed = goods(mix, curtailed, [price], 0.001)
    less, more = (
        float(disclosed.settled_intensities(np.array([mwh / 10 / 0.001]), np.array([1e6]))[0])
        for mwh in sorted(volumes)
    )
    assert more >= less - 1e-9


@given(
    mix=st.integers(10, 1200).map(float),
    curtailed=st.integers(1, 200).map(lambda tenths: tenths / 10),
    price=st.sampled_from([0.01, 1.0, 9.0]),
    takers=st.integers(1, 3),
    unit=UNIT,
    beyond=st.integers(1, 100).map(lambda percent: 1 + percent / 50),
)
def test_stiffness_is_the_slope_of_the_surcharge(mix, curtailed, price, takers, unit, beyond):
    disclosed = goods(mix, curtailed, [price] * takers, unit)
    volume, step = curtailed * beyond, curtailed * 1e-5
    lower, here, upper = (price * intensity(disclosed, v) for v in (volume - step, volume, volume + step))
    stiffness = disclosed.stiffness(np.array([here * unit]))
    assert stiffness[0] == pytest.approx((upper - lower) / (2 * step), rel=1e-4)


def test_what_is_never_reached_or_minded_does_not_rise():
    assert goods(900.0, 4.3, [0.25], 1.0).stiffness(np.array([225.0])) == pytest.approx([0.0])
    assert goods(900.0, 4.3, [0.25], 1.0).stiffness(np.array([300.0])) == pytest.approx([0.0])
    assert goods(900.0, 4.3, [0.0], 1.0).stiffness(np.array([1.0])) == pytest.approx([0.0])
    assert goods(900.0, 0.0, [0.25], 1.0).stiffness(np.array([1.0])) == pytest.approx([0.0])


def settled(market, executor, **options):
    outcome = run(market, ADMM(), executor, stop=stop_at(1e-7, 5000), **options)
    assert outcome.status == Status.CONVERGED, outcome.reason
    return outcome


@pytest.mark.parametrize("name", EX_ANTE)
def test_rounds_end_at_the_lease_on_paper(executor, name):
    known = EX_ANTE[name]()
    outcome = settled(known.market, executor)
    assert_solves(known, outcome.best.prices, outcome.best.allocation, rel=1e-4)


def test_two_hyperscalers_that_weigh_alike_rent_what_one_would():
    market = ex_ante.market_of(10.0, {"east": 3.0, "west": 97.0}, disclosed={LEASE: 4.3})
    outcome = settled(market, Compiled())
    trades = trades_of(market, outcome.best.allocation)
    assert trades["mdc", LEASE] * GPU_MW == pytest.approx(4.5, abs=1e-4)
    assert -(trades["east", LEASE] + trades["west", LEASE]) * GPU_MW == pytest.approx(4.5, abs=1e-4)
    prices = dict(zip(market.goods, outcome.best.prices, strict=True))
    assert prices[LEASE] / GPU_MW == pytest.approx(20.0, abs=1e-3)


def test_the_order_of_agents_changes_nothing(executor):
    market = ex_ante.some_bought().market
    turned = Market(market.agents[::-1], market.scales, market.disclosures)
    one, other = (list(islice(iterate(m, ADMM(), executor.compile(m)), 40)) for m in (market, turned))
    for a, b in zip(one, other, strict=True):
        assert b.prices == pytest.approx(a.prices, rel=1e-9, abs=1e-9)
        assert trades_of(turned, b.allocation) == pytest.approx(trades_of(market, a.allocation), rel=1e-6, abs=1e-6)


def test_the_size_of_a_gpu_changes_nothing_but_the_count_of_gpus():
    """The same rounds in units of a GPU and of a tenth of it."""
    market = ex_ante.some_bought().market

    def finer(good):
        return replace(good, mwh_per_unit=good.mwh_per_unit / 10) if good.family == Family.LEASE else good

    agents = tuple(
        replace(agent, gpu_rating_mw=agent.gpu_rating_mw / 10) if hasattr(agent, "gpu_rating_mw") else agent
        for agent in market.agents
    )
    scales = {
        finer(good): Scale(scale.price / 10, scale.volume * 10) if good.family == Family.LEASE else scale
        for good, scale in market.scales.items()
    }
    fine = Market(agents, scales, {finer(good): value for good, value in market.disclosures.items()})
    per_mwh = [np.array([good.mwh_per_unit for good in m.goods]) for m in (market, fine)]
    one, other = (list(islice(iterate(m, ADMM(), Compiled().compile(m)), 60)) for m in (market, fine))
    for a, b in zip(one, other, strict=True):
        assert b.prices / per_mwh[1] == pytest.approx(a.prices / per_mwh[0], abs=1e-6)


def test_the_certificate_freezes_intensities_at_those_of_the_allocation(executor):
    """At the lease on paper nobody regrets anything, though the hyperscaler would take all at E = 0."""
    known = ex_ante.some_bought()
    market = known.market
    outcome = settled(market, executor)
    respond = executor.compile(market)
    assert certify(market, outcome.best.prices, outcome.best.allocation, respond).total_regret_usd <= 1e-3
    secret = market.with_disclosures({})
    unaware = certify(secret, outcome.best.prices, outcome.best.allocation, executor.compile(secret))
    # Unaware it would rent up to 100 MWh at 20 $ instead of buying at 30.
    assert unaware.regrets_usd[0] == pytest.approx((100.0 - 4.5) * 10.0, rel=1e-3)


def test_takers_hear_the_surcharge_and_the_supplier_the_price_alone():
    market = ex_ante.some_bought().market
    trades = np.zeros(len(market.good_of_copy))
    trades[market.disclosed.supply_copy] = 4.5 / GPU_MW
    charged = trades_of(market, Responses(market.surcharges(trades), np.zeros(len(market.agents))))
    assert charged.pop(("hyperscaler", LEASE)) == pytest.approx(KAPPA * 40.0 * GPU_MW)
    assert set(charged.values()) == {0.0}


def test_prices_move_against_imbalance_also_beside_surcharges():
    market = ex_ante.some_bought().market
    state = Tatonnement().start(
        market, Opening(np.full(len(market.goods), 1.0), np.full(len(market.good_of_copy), 9e4))
    )
    assert state.announcement.surcharges.max() == pytest.approx(KAPPA * DIRTY_KG * (1 - 4.3 / 45) * GPU_MW)


def test_a_run_that_opens_where_another_ended_has_nothing_left_to_do():
    market = ex_ante.some_bought().market
    cold = settled(market, Compiled())
    warm = settled(market, Compiled(), opening=Opening(cold.best.prices, cold.best.allocation.trades))
    assert len(warm.records) < len(cold.records) / 2
    assert warm.best.prices == pytest.approx(cold.best.prices, abs=1e-3)


def test_a_cold_opening_is_what_a_run_starts_from():
    market = leases.saturated().market
    one, other = (run(market, ADMM(), Compiled(), stop=MaxRounds(20), opening=o) for o in (None, cold_opening(market)))
    assert one.watched_prices.tobytes() == other.watched_prices.tobytes()


def test_joined_runs_count_rounds_on_and_keep_the_outcome_of_the_second():
    market = ex_ante.some_bought().market
    first, second = (run(market, ADMM(), Compiled(), stop=MaxRounds(count)) for count in (7, 12))
    both = joined(first, second)
    assert [record.round for record in both.records] == list(range(1, 20))
    assert both.watched_prices.shape == (19, len(both.watched))
    assert both.best.number == second.best.number + 7
    assert [round_.number for round_ in both.tail] == [round_.number + 7 for round_ in second.tail]
    assert both.best.prices.tobytes() == second.best.prices.tobytes()
    for name in ("compile_seconds", "iterate_seconds", "certify_seconds"):
        assert getattr(both, name) == getattr(first, name) + getattr(second, name)


def test_other_disclosures_keep_what_is_known_of_the_agents_and_not_of_the_disclosures():
    market = ex_ante.some_bought().market
    before, problems, matrices = market.disclosed, market.problems, market.matrices
    other = market.with_disclosures({LEASE: Disclosure(450.0, 4.3, {"hyperscaler": KAPPA})})
    assert other.problems is problems
    assert other.matrices is matrices
    assert other.disclosed.mix_kg_per_mwh == pytest.approx([450.0])
    assert market.disclosed is before
    doubled = market.with_scales({good: Scale(2.0, 3.0) for good in market.goods})
    assert doubled.price_scale == pytest.approx(np.full(len(market.goods), 2.0))
    assert doubled.disclosures == market.disclosures
    assert doubled.matrices is matrices


@pytest.mark.parametrize("good", [contract("nobody", "mdc", 0), contract("clean", "nobody", 0)])
def test_a_disclosed_good_must_be_supplied(good):
    market = ex_ante.some_bought().market.with_disclosures({good: Disclosure(1.0, 1.0, {})})
    with pytest.raises(AgentError, match="does not trade it"):
        _ = market.disclosed


def test_contracts_can_be_disclosed_too():
    """The buyer of a disclosed contract minds it like a lease."""
    market = ex_ante.some_bought().market.with_disclosures({BOUGHT: Disclosure(500.0, 0.0, {"mdc": 2.0})})
    assert market.disclosed.surcharges(np.array([500.0])).max() == 1000.0
