"""What must not matter does not: units, the order of agents, the time of day."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from cases import leases, three_bus_loop, two_agents
from cases.known import trades_of

from walras.agents import Family, Hyperscaler, ModularDatacenter, lease
from walras.coordinator import (
    ADMM,
    PDHG,
    AdaptiveStep,
    Anderson,
    Averaged,
    Compiled,
    DiminishingStep,
    FixedStep,
    LevelBundle,
    Market,
    MaxRounds,
    Scale,
    Tatonnement,
    iterate,
    run,
)

NEAR_TARGETS = [ADMM(), Anderson(ADMM(relaxation=1.9, opening_price=1.0)), PDHG(relaxation=1.0), PDHG()]
MECHANISMS = [
    *NEAR_TARGETS,
    Tatonnement(FixedStep(0.05)),
    Tatonnement(DiminishingStep()),
    Tatonnement(AdaptiveStep()),
    Averaged(Tatonnement(DiminishingStep())),
]


def rounds_of(market, mechanism, executor, count):
    return list(islice(iterate(market, mechanism, executor.compile(market), certify_every=10), count))


@pytest.mark.parametrize("mechanism", MECHANISMS, ids=lambda mechanism: mechanism.name)
def test_counting_in_kwh_gives_the_same_prices_per_mwh_in_every_round(executor, mechanism):
    in_mwh = rounds_of(two_agents.rising_cost(two_agents.MWH).market, mechanism, executor, 30)
    in_kwh = rounds_of(two_agents.rising_cost(two_agents.KWH).market, mechanism, executor, 30)
    for a, b in zip(in_mwh, in_kwh, strict=True):
        assert b.prices * 1000 == pytest.approx(a.prices, abs=1e-6)
        assert b.allocation.trades / 1000 == pytest.approx(a.allocation.trades, abs=1e-6)
        assert b.max_relative_imbalance == pytest.approx(a.max_relative_imbalance, abs=1e-8)
        assert b.dual_residual == pytest.approx(a.dual_residual, abs=1e-8)
        if a.certificate:
            assert b.certificate.relative_gap == pytest.approx(a.certificate.relative_gap, abs=1e-7)


def test_counting_in_kwh_leaves_the_level_bundle_its_rounds_to_the_accuracy_of_its_programmes(executor):
    """Once the gap is down to rounding errors, they decide which of equally good trades is taken."""
    in_mwh, in_kwh = (
        rounds_of(two_agents.rising_cost(good).market, LevelBundle(), executor, 12)
        for good in (two_agents.MWH, two_agents.KWH)
    )
    for a, b in zip(in_mwh, in_kwh, strict=True):
        assert b.prices * 1000 == pytest.approx(a.prices, abs=1e-3)
        assert b.allocation.trades / 1000 == pytest.approx(a.allocation.trades, abs=1e-2)


def with_smaller_gpus(market: Market, factor: float) -> Market:
    """The same market with GPUs of less power, and so more of them."""
    resized = tuple(
        replace(agent, gpu_rating_mw=agent.gpu_rating_mw / factor)
        if isinstance(agent, (Hyperscaler, ModularDatacenter))
        else agent
        for agent in market.agents
    )
    scales = {
        replace(good, mwh_per_unit=good.mwh_per_unit / factor) if good.family == Family.LEASE else good: Scale(
            scale.price / factor, scale.volume * factor
        )
        if good.family == Family.LEASE
        else scale
        for good, scale in market.scales.items()
    }
    return Market(resized, scales)


@pytest.mark.parametrize("mechanism", NEAR_TARGETS, ids=lambda mechanism: mechanism.name)
def test_the_size_of_a_gpu_changes_nothing_but_the_count_of_gpus(executor, mechanism):
    market = leases.saturated().market
    finer = with_smaller_gpus(market, 1000.0)
    assert lease("mdc", 0, leases.GPU_MW / 1000) in finer.goods
    per_mwh = [np.array([good.mwh_per_unit for good in m.goods]) for m in (market, finer)]
    for a, b in zip(*(rounds_of(m, mechanism, executor, 40) for m in (market, finer)), strict=True):
        assert b.prices / per_mwh[1] == pytest.approx(a.prices / per_mwh[0], abs=1e-5)
        assert b.max_relative_imbalance == pytest.approx(a.max_relative_imbalance, abs=1e-7)


@pytest.mark.parametrize("mechanism", NEAR_TARGETS, ids=lambda mechanism: mechanism.name)
@pytest.mark.parametrize("case", [three_bus_loop.congested_loop, leases.saturated])
def test_the_order_of_agents_changes_nothing(executor, mechanism, case):
    market = case().market
    turned = Market(market.agents[::-1], market.scales)
    for a, b in zip(*(rounds_of(m, mechanism, executor, 30) for m in (market, turned)), strict=True):
        assert b.prices == pytest.approx(a.prices, rel=1e-9, abs=1e-7)
        assert trades_of(turned, b.allocation) == pytest.approx(trades_of(market, a.allocation), rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("mechanism", NEAR_TARGETS, ids=lambda mechanism: mechanism.name)
def test_the_order_of_agents_changes_nothing_on_rts24(rts24, mechanism):
    order = np.random.default_rng(5).permutation(len(rts24.agents))
    shuffled = Market(tuple(rts24.agents[i] for i in order), rts24.scales)
    assert shuffled.goods == rts24.goods
    for a, b in zip(*(rounds_of(m, mechanism, Compiled(), 40) for m in (rts24, shuffled)), strict=True):
        np.testing.assert_allclose(b.prices, a.prices, rtol=1e-7, atol=1e-7)
        assert b.allocation.costs.sum() == pytest.approx(a.allocation.costs.sum(), rel=1e-7)


@pytest.mark.parametrize("mechanism", [*MECHANISMS, LevelBundle()], ids=lambda mechanism: mechanism.name)
def test_two_runs_give_identical_bits(executor, mechanism):
    market = three_bus_loop.congested_loop().market
    first, second = (run(market, mechanism, executor, stop=MaxRounds(30), certify_every=10) for _ in range(2))
    assert first.best.prices.tobytes() == second.best.prices.tobytes()
    assert first.best.allocation.trades.tobytes() == second.best.allocation.trades.tobytes()
    assert first.watched_prices.tobytes() == second.watched_prices.tobytes()
    assert first.certificate.regrets_usd.tobytes() == second.certificate.regrets_usd.tobytes()


def test_two_runs_of_rts24_give_identical_bits(rts24):
    first, second = (run(rts24, ADMM(), Compiled(), stop=MaxRounds(60)) for _ in range(2))
    assert first.watched_prices.tobytes() == second.watched_prices.tobytes()
    assert first.best.allocation.trades.tobytes() == second.best.allocation.trades.tobytes()
    assert first.certificate.regrets_usd.tobytes() == second.certificate.regrets_usd.tobytes()
