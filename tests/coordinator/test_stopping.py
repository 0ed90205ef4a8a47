"""Stopping rules say why a run ends, and compose."""

import numpy as np
import pytest

from walras.agents import Family
from walras.coordinator import Certificate, Converged, MaxRounds, Responses, Round, Stop, StoppingRule


def round_number(number, worst=None):
    certificate = None
    if worst is not None:
        certificate = Certificate(np.array([worst * 100]), 0.0, 100.0, {Family.CONTRACT: worst / 2})
    nothing = Responses(np.zeros(0), np.zeros(0))
    return Round(number, np.zeros(0), nothing, 0.0, 0.0, 0.0, certificate, 0.0, 0, 0)


class Always(StoppingRule):
    def __init__(self, reason, converged):
        self.stop = Stop(reason, converged)

    def check(self, current):
        return self.stop


class Never(StoppingRule):
    def check(self, current):
        return None


YES, NO, NEVER = Always("found", True), Always("gave up", False), Never()
NOW = round_number(1)


def test_converged_needs_a_certificate():
    assert Converged(1e-3).check(round_number(10)) is None


def test_converged_needs_gap_and_imbalance_within_the_tolerance():
    assert Converged(1e-3).check(round_number(10, worst=1.1e-3)) is None
    stop = Converged(1e-3).check(round_number(10, worst=0.9e-3))
    assert stop.converged
    assert "9.00e-04" in stop.reason
    assert "4.50e-04" in stop.reason
    assert "0.001" in stop.reason


def test_a_small_gap_does_not_make_up_for_an_imbalance():
    certificate = Certificate(np.zeros(1), 0.0, 100.0, {Family.CONTRACT: 1e-9, Family.LEASE: 0.5})
    current = Round(3, np.zeros(0), Responses(np.zeros(0), np.zeros(0)), 0.5, 0.0, 0.0, certificate, 0.0, 0, 0)
    assert Converged(1e-3).check(current) is None


def test_a_gap_that_is_no_number_has_not_converged():
    assert Converged(1e-3).check(round_number(10, worst=float("nan"))) is None


def test_max_rounds_counts_from_one_and_is_no_success():
    assert MaxRounds(3).check(round_number(2)) is None
    stop = MaxRounds(3).check(round_number(3))
    assert not stop.converged
    assert "3 rounds" in stop.reason


def test_or_stops_when_either_does():
    assert (NEVER | NEVER).check(NOW) is None
    assert (NEVER | NO).check(NOW).reason == "gave up"
    assert (YES | NEVER).check(NOW).reason == "found"


def test_or_lets_success_give_the_reason():
    assert (NO | YES).check(NOW) == YES.stop
    assert (YES | NO).check(NOW) == YES.stop


def test_and_stops_when_both_do_and_says_both_reasons():
    assert (YES & NEVER).check(NOW) is None
    assert (NEVER & NO).check(NOW) is None
    stop = (YES & NO).check(NOW)
    assert stop.converged
    assert stop.reason == "found; gave up"
    assert not (NO & NO).check(NOW).converged


def test_rules_nest():
    rule = (Converged(1e-3) & MaxRounds(5)) | MaxRounds(10)
    assert rule.check(round_number(4, worst=1e-6)) is None
    assert rule.check(round_number(5, worst=1e-6)).converged
    assert rule.check(round_number(9, worst=1.0)) is None
    assert not rule.check(round_number(10, worst=1.0)).converged


@pytest.mark.parametrize("tolerance", [0.0, -1e-6, float("nan"), float("inf")])
def test_a_tolerance_that_nothing_can_meet_is_refused(tolerance):
    with pytest.raises(ValueError, match=f"tolerance is {tolerance}"):
        Converged(tolerance)


def test_a_budget_without_a_round_is_refused():
    with pytest.raises(ValueError, match="rounds is 0"):
        MaxRounds(0)
