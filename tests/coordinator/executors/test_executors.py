"""Executors differ in speed and never in the answer."""

from itertools import islice

import numpy as np
import pytest
from cases import leases, three_bus_loop, two_agents, two_hours

from walras.coordinator import (
    ADMM,
    EXECUTORS,
    MECHANISMS,
    BalanceResiduals,
    Compiled,
    DiminishingStep,
    Serial,
    Tatonnement,
    iterate,
)
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario


def rounds_of(market, mechanism, executor, count):
    return list(islice(iterate(market, mechanism, executor.compile(market), certify_every=10), count))


def assert_same_rounds(market, mechanism, count, tolerance):
    pairs = zip(*(rounds_of(market, mechanism, executor, count) for executor in (Serial(), Compiled())), strict=True)
    for serial, compiled in pairs:
        prices = (serial.prices - compiled.prices) / market.price_scale
        np.testing.assert_allclose(prices, 0, atol=tolerance, err_msg=f"prices of round {serial.number}")
        volume = market.volume_scale[market.good_of_copy]
        trades = (serial.allocation.trades - compiled.allocation.trades) / volume
        np.testing.assert_allclose(trades, 0, atol=tolerance, err_msg=f"trades of round {serial.number}")
        assert compiled.allocation.costs == pytest.approx(serial.allocation.costs, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("mechanism", [ADMM(), ADMM(relaxation=1.0, rho_rule=BalanceResiduals(every=7))])
@pytest.mark.parametrize("case", [three_bus_loop.congested_loop, leases.saturated])
def test_rounds_of_admm_are_the_same_on_small_markets(case, mechanism):
    assert_same_rounds(case().market, mechanism, 60, 1e-7)


@pytest.mark.parametrize("case", [two_agents.rising_cost, two_hours.two_hours])
def test_rounds_of_tatonnement_are_the_same_where_best_responses_are_unique(case):
    assert_same_rounds(case().market, Tatonnement(DiminishingStep(0.05)), 40, 1e-6)


def test_rounds_of_admm_are_the_same_on_rts24(rts24):
    serial, compiled = (rounds_of(rts24, ADMM(), executor, 40) for executor in (Serial(), Compiled()))
    for a, b in zip(serial, compiled, strict=True):
        np.testing.assert_allclose(a.prices, b.prices, rtol=1e-6, atol=1e-6, err_msg=f"round {a.number}")
        np.testing.assert_allclose(a.allocation.costs, b.allocation.costs, rtol=1e-6, atol=1e-3)


def test_rounds_of_admm_are_the_same_on_six_hours_of_rts24():
    """So many hours of a grid are answered by sparse factors."""
    options = ["periods=6", "load_profile=[1.0, 0.9, 0.8, 0.7, 0.8, 0.9]"]
    market = build_market(load_scenario("rts24", options))
    serial, compiled = (rounds_of(market, ADMM(), executor, 12) for executor in (Serial(), Compiled()))
    for a, b in zip(serial, compiled, strict=True):
        np.testing.assert_allclose(a.prices, b.prices, rtol=1e-6, atol=1e-6, err_msg=f"round {a.number}")
        np.testing.assert_allclose(a.allocation.costs, b.allocation.costs, rtol=1e-6, atol=1e-3)


def test_certificates_are_the_same_on_rts24(rts24):
    pairs = zip(*(rounds_of(rts24, ADMM(), executor, 30) for executor in (Serial(), Compiled())), strict=True)
    certificates = [(a.certificate, b.certificate) for a, b in pairs if a.certificate]
    assert len(certificates) == 3
    for serial, compiled in certificates:
        assert compiled.relative_gap == pytest.approx(serial.relative_gap, rel=1e-5)
        assert compiled.max_relative_imbalance == pytest.approx(serial.max_relative_imbalance, rel=1e-6)
        np.testing.assert_allclose(compiled.regrets_usd, serial.regrets_usd, rtol=1e-4, atol=0.01)


def test_a_compiled_market_may_change_between_targets_and_prices_alone():
    """A certificate in between changes no later round."""
    market = three_bus_loop.congested_loop().market
    often, never = (
        list(islice(iterate(market, ADMM(), Compiled().compile(market), certify_every=every), 20)) for every in (1, 99)
    )
    assert [list(r.prices) for r in often] == [list(r.prices) for r in never]


def test_the_catalogue_names_executors_and_mechanisms_that_work():
    market = three_bus_loop.congested_loop().market
    assert set(EXECUTORS) >= {"serial", "compiled", "batched"}
    assert set(MECHANISMS) >= {"admm", "tatonnement", "tatonnement-averaged"}
    for mechanism in MECHANISMS.values():
        assert len(rounds_of(market, mechanism, Compiled(), 3)) == 3
    assert len({mechanism.name for mechanism in MECHANISMS.values()}) >= 5
