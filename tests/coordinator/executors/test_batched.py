"""Batched answers are those of the agents' own CVXPY problems, and rounds are those of the compiled executor."""

from itertools import islice

import numpy as np
import pytest
from cases.all_known import ALL_KNOWN
from cases.random.agents import announcements, consumers, producers
from cases.random.market import random_markets
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.agents import AgentError, Consumer, canonicalise
from walras.agents.canonical.stacked_matrices import stacked_matrices
from walras.coordinator import (
    ADMM,
    BalanceResiduals,
    Batched,
    Compiled,
    Market,
    NearTargets,
    Prices,
    Serial,
    iterate,
)
from walras.coordinator.announcement import prices_of_copies
from walras.coordinator.executors.batched.nested_sums import nested_sums
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario, parse_scenario


def losses(market, announcement, responses):
    """The terms of what an agent minimises, from its trades and its cost."""
    worth = prices_of_copies(market, announcement) * responses.trades
    terms = [responses.costs, -worth]
    if isinstance(announcement, NearTargets):
        terms.append(announcement.rho * (responses.trades - announcement.targets) ** 2 / 2)
    return np.concatenate(terms)


def loss(market, announcement, responses):
    return losses(market, announcement, responses).sum()


def assert_no_worse_than_cvxpy(market, announcement, tolerance):
    batched, serial = (executor.compile(market)(announcement) for executor in (Batched(), Serial()))
    found, expected = (losses(market, announcement, responses) for responses in (batched, serial))
    # Terms of hundreds of dollars may leave a loss of cents.
    size = max(1.0, np.abs(expected).sum())
    assert found.sum() == pytest.approx(expected.sum(), rel=tolerance, abs=tolerance * size)
    return batched, serial


@given(st.data())
@settings(max_examples=60)
def test_answers_near_targets_are_those_of_the_own_cvxpy_problem(data):
    agent = data.draw(st.one_of(consumers(), producers()))
    market = Market((agent,))
    assert nested_sums(stacked_matrices([canonicalise(agent)])).is_recognised.all()
    batched, serial = assert_no_worse_than_cvxpy(market, data.draw(announcements(market, 1)), 1e-8)
    np.testing.assert_allclose(batched.trades, serial.trades, atol=1e-7)


def test_what_must_be_bought_is_bought_though_nobody_wants_any_of_it_at_first():
    """20 MWh from three sellers, each far above what it is worth: alike, a third from each."""
    town = Consumer("town", 1, ("a", "b", "c"), np.array([10.0]), np.ones(1), np.zeros(1), np.array([20.0]))
    market = Market((town,))
    announcement = NearTargets(np.full(3, 60.0), np.ones(3), np.zeros(3))
    assert Batched().compile(market)(announcement).trades == pytest.approx(np.full(3, -20 / 3), abs=1e-9)


@given(st.data())
@settings(max_examples=60)
def test_weights_that_differ_by_decades_are_answered_within_the_constraints(data):
    """Solvers in CVXPY are less exact there: an active-set solver is asked directly."""
    agent = data.draw(st.one_of(consumers(), producers()))
    market = Market((agent,))
    announcement = data.draw(announcements(market, 2))
    batched, compiled = (executor.compile(market)(announcement) for executor in (Batched(), Compiled()))
    assert loss(market, announcement, batched) == pytest.approx(
        loss(market, announcement, compiled), rel=1e-8, abs=1e-7
    )
    count = len(agent.contracts)
    quantities = np.abs(batched.trades[:count]).reshape(-1, market.goods[-1].period + 1)
    assert (batched.trades[:count] * (1 if agent.name == "producer" else -1) >= 0).all()
    if agent.name == "producer":
        assert (quantities.sum(axis=0) <= agent.capacity_mw + 1e-9).all()
    elif agent.forward_purchase_mwh is not None:
        assert (quantities.sum(axis=0) >= agent.forward_purchase_mwh - 1e-9).all()


@given(st.data())
@settings(max_examples=60)
def test_pure_best_responses_earn_what_those_of_the_own_cvxpy_problem_earn(data):
    agent = data.draw(st.one_of(consumers(), producers()))
    market = Market((agent,))
    drawn = data.draw(announcements(market, 1))
    assert_no_worse_than_cvxpy(market, Prices(drawn.prices), 1e-6)


@given(st.data())
@settings(max_examples=25)
def test_no_answer_depends_on_the_ones_before(data):
    """One after the other, announcements get to the bit the answers that they get alone."""
    agent = data.draw(st.one_of(consumers(), producers()))
    market = Market((agent,))
    first = data.draw(announcements(market, 2))
    respond = Batched().compile(market)
    for _ in range(4):
        other = data.draw(announcements(market, 2))
        announcement = NearTargets(other.prices, first.rho, other.targets)
        alone = Batched().compile(market)(announcement)
        assert respond(announcement).trades.tobytes() == alone.trades.tobytes()


def assert_same_rounds(market, mechanism, count):
    both = [
        islice(iterate(market, mechanism, executor.compile(market), certify_every=10), count)
        for executor in (Compiled(), Batched())
    ]
    volume = market.volume_scale[market.good_of_copy]
    for compiled, batched in zip(*both, strict=True):
        where = f"round {compiled.number}"
        prices = (compiled.prices - batched.prices) / market.price_scale
        np.testing.assert_allclose(prices, 0, atol=1e-9, err_msg=where)
        trades = (compiled.allocation.trades - batched.allocation.trades) / volume
        np.testing.assert_allclose(trades, 0, atol=1e-9, err_msg=where)
        np.testing.assert_allclose(batched.allocation.costs, compiled.allocation.costs, rtol=1e-9, atol=1e-7)
        if compiled.certificate:
            atol = 1e-8 * max(compiled.certificate.turnover_usd, compiled.certificate.least_turnover_usd)
            found, expected = batched.certificate.regrets_usd, compiled.certificate.regrets_usd
            np.testing.assert_allclose(found, expected, rtol=1e-8, atol=atol)


@pytest.mark.parametrize("name", ALL_KNOWN)
def test_rounds_on_markets_with_an_answer_on_paper(name):
    assert_same_rounds(ALL_KNOWN[name]().market, ADMM(rho_rule=BalanceResiduals(every=7)), 40)


@given(random_markets())
@settings(max_examples=10)
def test_rounds_on_random_markets(market):
    assert_same_rounds(market, ADMM(), 30)


RTS24 = {
    "its own rates": (),
    "surrogate rates": ("producers.emission_rates=surrogate",),
    "ex ante": ("producers.emission_rates=surrogate", "disclosure=ex_ante"),
    "two hours": ("periods=2", "load_profile=[1.0, 0.8]"),
    "datacenters answered together": ("periods=3", "load_profile=[1.0, 0.8, 0.9]"),
    "forward contracts": ("consumers.forward_position=0.6", "consumers.forward_basis=contract"),
    "forward purchases": ("consumers.forward_position=0.6", "consumers.forward_basis=consumer"),
    "forward sales": ("consumers.forward_position=0.6", "consumers.forward_basis=generator"),
}


@pytest.mark.parametrize("name", RTS24)
def test_rounds_on_rts24(name):
    assert_same_rounds(build_market(load_scenario("rts24", list(RTS24[name]))), ADMM(), 60)


def test_rounds_with_many_datacenters():
    """Two hyperscalers with less work than twelve modular datacenters would take; six hours."""
    rng = np.random.default_rng(5)
    work = {f"batch{i}": float(rng.integers(2, 12)) for i in range(6)}
    modular = [
        {
            "name": f"mdc{i}",
            "bus": int(rng.integers(1, 25)),
            "capacity_mw": float(rng.integers(5, 30)),
            "curtailed_mw": float(rng.integers(0, 9)),
            "batches": rng.permutation(list(work))[: i % 4 + 1].tolist(),
        }
        for i in range(12)
    ]
    hyperscalers = [
        {"name": "first", "bus": 3, "cost_weight": 0.9, "batches_mw": dict(list(work.items())[:4])},
        {"name": "second", "bus": 9, "cost_weight": 0.5, "batches_mw": dict(list(work.items())[4:])},
    ]
    document = {
        "name": "many datacenters",
        "grid": {"source": "rts24", "line_limit_scale": 0.6},
        "producers": {"emission_rates": "rts96"},
        "periods": 6,
        "load_profile": [1.0, 0.9, 0.8, 0.7, 0.8, 0.9],
        "modular_datacenters": modular,
        "hyperscalers": hyperscalers,
    }
    assert_same_rounds(build_market(parse_scenario(document)), ADMM(), 40)


def test_some_copies_without_rho_are_left_to_the_workspaces(rts24):
    rng, copies = np.random.default_rng(1), len(rts24.good_of_copy)
    rho = rng.uniform(0.1, 1, copies) * (rng.uniform(size=copies) > 0.3)
    targets = rng.normal(size=copies)
    announcement = NearTargets(rng.uniform(0, 50, len(rts24.goods)), rho, targets)
    batched, compiled = (executor.compile(rts24)(announcement) for executor in (Batched(), Compiled()))
    np.testing.assert_array_equal(batched.trades, compiled.trades)


def test_an_agent_that_cannot_keep_what_it_owes_is_named():
    agent = build_market(load_scenario("rts24", list(RTS24["forward contracts"]))).agents[-2]
    market = Market((type(agent)(**{**vars(agent), "capacity_mw": 1e-3}),))
    zeros = np.zeros(len(market.goods))
    with pytest.raises(AgentError, match=agent.name):
        Batched().compile(market)(NearTargets(zeros, zeros + 1, zeros))
