"""When extrapolations are rejected, and what is remembered: on residuals that are given, wherever a step starts."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from cases.mapped import MARKET, Mapped, states

from walras.coordinator import ADMM, Anderson, cold_opening
from walras.coordinator.mechanisms.anderson_memory import Memory


def along(residuals):
    """A map of one number that moves it by the next of these residuals, whatever it is."""
    given = iter(residuals)
    return Mapped(lambda x: x + next(given), (0.0,))


def counts(residuals, **settings):
    """Accepted and rejected extrapolations after steps with these residuals."""
    *_, last = states(Anderson(along(residuals), **settings), len(residuals))
    return last.accepted, last.rejected


@pytest.mark.parametrize(
    ("residuals", "accepted", "rejected"),
    [
        # Two plain steps show what to extrapolate, the third is the first to start from an extrapolation.
        ([1.0], 0, 0),
        ([1.0, 0.5], 0, 0),
        ([1.0, 0.5, 0.25], 1, 0),
        ([1.0, 0.5, 0.25, 0.125], 2, 0),
        # Up to twice the last residual is accepted.
        ([1.0, 0.5, 1.0], 1, 0),
        ([1.0, 0.5, 1.001], 0, 1),
        ([1.0, 0.5, 0.25, 0.501], 1, 1),
        # After a rejection two plain steps are made anew, and what was counted stays.
        ([1.0, 0.5, 0.25, 0.501, 0.4, 0.3], 1, 1),
        ([1.0, 0.5, 0.25, 0.501, 0.4, 0.3, 0.2], 2, 1),
        ([1.0, 0.5, 0.25, 0.501, 0.4, 0.3, 0.601], 1, 2),
    ],
)
def test_residuals_may_double_and_no_more(residuals, accepted, rejected):
    assert counts(residuals) == (accepted, rejected)


@pytest.mark.parametrize(
    ("residuals", "accepted", "rejected"),
    [
        # The first: a thousand times the first residual of 2.
        ([2.0, 1.0, 1999.0], 1, 0),
        ([2.0, 1.0, 2001.0], 0, 1),
        # The second: 2000 / 2 ** 1.1 = 933.03, the third: 2000 / 3 ** 1.1 = 597.31.
        ([2.0, 1.0, 1.5, 933.0], 2, 0),
        ([2.0, 1.0, 1.5, 933.1], 1, 1),
        ([2.0, 1.0, 1.5, 1.2, 597.3], 3, 0),
        ([2.0, 1.0, 1.5, 1.2, 597.4], 2, 1),
        # The shortest residual from which extrapolation began counts: 0.5 after a restart, but not 5.
        ([2.0, 1.0, 2001.0, 0.5, 0.4, 499.9], 1, 1),
        ([2.0, 1.0, 2001.0, 0.5, 0.4, 500.1], 0, 2),
        ([2.0, 1.0, 2001.0, 5.0, 4.0, 1999.0], 1, 1),
        ([2.0, 1.0, 2001.0, 5.0, 4.0, 2001.0], 0, 2),
    ],
)
def test_residuals_that_may_grow_fast_must_still_be_summable(residuals, accepted, rejected):
    assert counts(residuals, growth=1e9) == (accepted, rejected)


def test_without_memory_nothing_is_rejected_however_residuals_grow():
    assert counts([1.0, 10.0, 1e5], memory=0) == (0, 0)


@dataclass(frozen=True)
class Changing(Mapped):
    """Its third step is the first of another map."""

    steps: list = field(default_factory=list)

    def is_same_map(self, before, after):
        self.steps.append(after)
        return len(self.steps) != 3


def test_another_map_is_begun_with_nothing_but_the_counts():
    given = iter([100.0, 50.0, 70.0, 0.25, 0.125, 249.0])
    mechanism = Anderson(Changing(lambda x: x + next(given), (0.0,)), growth=1e9)
    *_, second, third, fourth, fifth, sixth = states(mechanism, 6)
    assert (len(second.memory), second.first_norm) == (1, 100.0)
    # The step that changed the map leads where it leads: nothing is judged, remembered or extrapolated.
    assert third.inner is third.plain
    assert (len(third.memory), third.last, third.first_norm) == (0, None, np.inf)
    assert (len(fourth.memory), fourth.first_norm) == (0, 0.25)
    assert (len(fifth.memory), fifth.first_norm) == (1, 0.25)
    assert (third.accepted, fifth.accepted, sixth.accepted) == (0, 0, 1)


def test_of_many_differences_the_last_hundred_are_remembered():
    residuals = np.random.default_rng(1).uniform(1.0, 1.5, 103)
    *_, before, last = states(Anderson(along(residuals)), 102)
    assert (len(before.memory), len(last.memory)) == (100, 100)
    assert last.memory.residuals[-1] == pytest.approx([residuals[101] - residuals[100]])
    assert last.memory.residuals[0] == pytest.approx([residuals[2] - residuals[1]])


def test_the_usual_regularisation_hardly_shortens_a_secant():
    """From 10 and 6 that of ``x = 1 + x / 2`` leads to 2."""
    second = states(Anderson(Mapped(lambda x: 1 + x / 2, (10.0,))), 2)[-1]
    assert second.announcement.prices == pytest.approx([2.0], abs=1e-4)


def test_a_correction_by_hand():
    """Images changed by 3, residuals by 4: normalised by 5. Then 16 / 25 + 0.36 = 1, and 4 * 5 / 25 of the image."""
    memory = Memory().with_difference(np.array([3.0]), np.array([4.0]), 5)
    assert memory.lengths.tolist() == [5.0]
    assert memory.correction(np.array([5.0]), 0.36) == pytest.approx([2.4])


@pytest.mark.parametrize(("exponent", "remembered"), [(-511, 1), (-512, 0)])
def test_a_difference_whose_square_keeps_all_its_digits_is_remembered(exponent, remembered):
    """2 ** -1022 is the smallest number that does."""
    assert len(Memory().with_difference(np.array([2.0**exponent]), np.zeros(1), 5)) == remembered


def test_to_others_it_is_the_mechanism_that_it_accelerates():
    assert Anderson(ADMM()).announces == ADMM().announces
    assert Anderson(ADMM()).name == "accelerated admm"
    start = Anderson(Mapped(lambda x: x, (7.0,))).start(MARKET, cold_opening(MARKET))
    assert start.market is MARKET
    assert (start.prices.tolist(), start.announcement.prices.tolist()) == ([7.0], [7.0])
    assert (start.allocation.trades.tolist(), start.dual_residual) == ([0.0, 0.0], 0.0)


def test_nothing_is_remembered_at_first():
    assert (len(Memory()), Memory().lengths.shape, Memory().gram.shape) == (0, (0,), (0, 0))
