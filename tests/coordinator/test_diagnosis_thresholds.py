"""Where oscillation and drift begin, who is named and who is not: on made-up last rounds of the smallest market."""

from dataclasses import replace

import numpy as np
import pytest
from cases import two_agents

from walras.agents import contract
from walras.coordinator import ADMM, Compiled, Diagnosis, MaxRounds, Pattern, Symptom, diagnose, run
from walras.coordinator.history import TailRound


@pytest.fixture(scope="module")
def one_round():
    return run(two_agents.rising_cost().market, ADMM(), Compiled(), stop=MaxRounds(1))


def with_tail(result, imbalances, prices):
    rounds = enumerate(zip(imbalances, prices, strict=True), start=1)
    return replace(result, tail=tuple(TailRound(n, np.array([p]), np.array([i])) for n, (i, p) in rounds))


def pattern(result, imbalances, prices):
    (symptom,) = diagnose(with_tail(result, imbalances, prices)).symptoms
    return symptom.pattern


def turning(turns, rounds):
    """Half a MWh too much, too little, and so on for some rounds, and then always the same."""
    return [0.5 * (-1) ** min(step, turns) for step in range(rounds)]


@pytest.mark.parametrize(
    ("imbalances", "expected"),
    [
        # From one of 20 rounds to the next are 19 steps, and 2 turns more than a tenth of these.
        (turning(2, 20), Pattern.OSCILLATES),
        (turning(2, 21), Pattern.STALLS),
        (turning(3, 21), Pattern.OSCILLATES),
        # It stays on the other side: one turn.
        (turning(1, 20), Pattern.STALLS),
        # To meet zero is no turn, and neither is to come nearer.
        ([0.0, -0.5] * 10, Pattern.STALLS),
        ([5.0 - step / 8 for step in range(20)], Pattern.STALLS),
    ],
)
def test_more_than_a_tenth_of_the_steps_must_turn(one_round, imbalances, expected):
    assert pattern(one_round, imbalances, [30.0] * len(imbalances)) == expected


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        # 3/8 up and 1/8 down: the net 2/8 are half of the path, and no more.
        ([10.0, 10.375, 10.25], Pattern.STALLS),
        ([10.0, 10.376, 10.25], Pattern.STALLS),
        ([10.0, 10.375, 10.251], Pattern.DRIFTS),
        ([10.0, 9.625, 9.749], Pattern.DRIFTS),
        ([10.0, 9.625, 9.751], Pattern.STALLS),
        ([10.0, 10.0, 10.0], Pattern.STALLS),
        ([0.5, 300.0, 1.0], Pattern.STALLS),
    ],
)
def test_more_than_half_of_the_price_path_must_lead_one_way(one_round, prices, expected):
    assert pattern(one_round, [-4.0] * len(prices), prices) == expected


def test_a_good_that_clears_is_not_named(one_round):
    diagnosis = diagnose(with_tail(one_round, [0.0] * 3, [30.0, 31.0, 32.0]))
    assert diagnosis.symptoms == ()
    assert diagnosis.summary == "every good clears"


@pytest.mark.parametrize(
    ("regrets", "named"),
    [
        ([0.0, 0.5], (("buyer", 0.5),)),
        ([2.0, 3.0], (("buyer", 3.0), ("seller", 2.0))),
        ([3.0, 2.0], (("seller", 3.0), ("buyer", 2.0))),
        ([0.0, 0.0], ()),
    ],
)
def test_only_who_regrets_is_named_and_first_who_regrets_most(one_round, regrets, named):
    certificate = replace(one_round.certificate, regrets_usd=np.array(regrets))
    diagnosis = diagnose(replace(one_round, best=replace(one_round.best, certificate=certificate)))
    assert diagnosis.regrets_usd == named


def test_the_market_is_said_to_do_what_most_of_the_imbalance_does():
    shares = {"a": (Pattern.DRIFTS, 0.4), "b": (Pattern.STALLS, 0.35), "c": (Pattern.STALLS, 0.25)}
    symptoms = tuple(
        Symptom(contract(name, "x", 0), pattern, (-1.0, 1.0), (0.0, 1.0), share)
        for name, (pattern, share) in shares.items()
    )
    expected = "the market stalls over its last 9 rounds, foremost on contract b -> x, hour 1"
    assert Diagnosis(9, symptoms, ()).summary == expected
