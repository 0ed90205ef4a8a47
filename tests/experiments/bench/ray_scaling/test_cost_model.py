"""The cost model of rounds on Ray: known costs are found again, and what was held out is predicted."""

import dataclasses
import math

import pytest

from walras.experiments.bench.ray_scaling.cost_model import CostModel, Linear
from walras.experiments.bench.ray_scaling.round_time import Load, MessageTime, RoundTime

TRUTH = CostModel(
    messages=Linear((4e-4, 3e-4, 2e-9)),
    step=Linear((1e-4, 2e-8)),
    here=Linear((5e-5, 1e-6)),
    there=Linear((6e-5, 1.1e-6)),
)


def load(workers, agents, copies):
    each = max(workers, 1)
    return Load(workers, copies, math.ceil(agents / each), math.ceil(copies / each), 40 * copies if workers else 0)


def measured(workers, agents, copies, noise=1.0, truth=TRUTH):
    own = load(workers, agents, copies)
    seconds = noise * truth.seconds(own)
    answers = seconds - noise * truth.step.seconds(1, copies)
    return RoundTime("made up", copies // 2, agents, 1, own, (seconds,), (answers,), 0.0)


SIZES = ((20, 400), (200, 3_000), (2_000, 60_000), (500, 200_000))
MESSAGES = [
    MessageTime(workers, 1, size, TRUTH.messages.seconds(1, workers, size))
    for workers in (1, 2)
    for size in (0, 10**5, 10**7)
]


def test_known_costs_are_found_again():
    found = CostModel.fitted([measured(workers, *size) for size in SIZES for workers in (0, 1)], MESSAGES)
    for field in dataclasses.fields(CostModel):
        expected = getattr(TRUTH, field.name).seconds_per_unit
        assert getattr(found, field.name).seconds_per_unit == pytest.approx(expected, rel=1e-6), field.name


def test_two_workers_are_predicted_from_one():
    noise = iter((1.05, 0.96, 1.02, 0.97, 1.01, 1.03, 0.95, 1.04))
    found = CostModel.fitted([measured(workers, *size, next(noise)) for size in SIZES for workers in (0, 1)], MESSAGES)
    for size in SIZES:
        held_out = measured(2, *size)
        assert found.seconds(held_out.load) == pytest.approx(held_out.seconds, rel=0.06), size


def test_rounds_of_more_workers_do_not_count_in_the_fit():
    rounds = [measured(workers, *size) for size in SIZES for workers in (0, 1)]
    slow = [measured(2, *size, noise=9.0) for size in SIZES]
    assert CostModel.fitted(rounds + slow, MESSAGES) == CostModel.fitted(rounds, MESSAGES)


def test_answers_that_took_less_than_their_messages_do_not_make_work_free():
    truth = dataclasses.replace(TRUTH, there=Linear((0.0, 2e-8)))
    noise = dict.fromkeys(SIZES, 1.0) | {SIZES[0]: 0.9}
    answered = [measured(1, *size, noise[size], truth) for size in SIZES]
    own = answered[0].load
    assert answered[0].median_answer_seconds < truth.messages.seconds(1, own.workers, own.sent_bytes)
    found = CostModel.fitted([*(measured(0, *size) for size in SIZES), *answered], MESSAGES)
    for point in answered[1:]:
        assert found.seconds(point.load) == pytest.approx(point.seconds, rel=0.03)


def test_a_step_is_what_a_round_takes_beside_its_own_answers():
    own = load(0, 20, 400)
    point = RoundTime("made up", 200, 20, 1, own, (1.0, 3.0, 2.0), (0.9, 1.0, 1.9), 0.0)
    assert point.step_seconds == pytest.approx(0.1)


def test_no_cost_is_below_nothing():
    found = Linear.fitted([(1.0, 1.0), (1.0, 2.0), (1.0, 3.0)], [3.0, 2.0, 1.5], [3.0, 2.0, 1.5])
    assert min(found.seconds_per_unit) >= 0


def test_without_rounds_of_one_worker_there_is_no_model():
    with pytest.raises(ValueError, match="one worker are needed"):
        CostModel.fitted([measured(0, *size) for size in SIZES], MESSAGES)


def test_a_size_from_which_on_workers_pay():
    here, there = load(0, 1000, 100_000), load(4, 1000, 100_000)
    contracts = TRUTH.pays_from(4, 50_000, here, there)
    share = contracts / 50_000
    faster, slower = (
        [TRUTH.seconds(load(workers, 1000 * share * factor, 100_000 * share * factor)) for workers in (4, 0)]
        for factor in (1.05, 0.95)
    )
    assert faster[0] < faster[1]
    assert slower[0] > slower[1]


def test_closed_forms_that_take_less_than_their_messages_never_pay():
    cheap = dataclasses.replace(TRUTH, here=Linear((0.0, 2e-8)), there=Linear((0.0, 2e-8)))
    assert cheap.pays_from(64, 50_000, load(0, 1000, 100_000), load(64, 1000, 100_000)) == float("inf")
