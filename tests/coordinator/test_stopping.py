"""Stopping rules say why a run ends, and compose."""

from dataclasses import replace

import numpy as np
import pytest

from walras.agents import Family
from walras.coordinator import Certificate, Converged, MaxRounds, Responses, Round, Settled, StoppingRule, stop_at


def of_one_agent(regret=0.0, imbalance=0.0):
    """Relative to a turnover of 100 $, for an agent as large as the market."""
    return Certificate(
        regrets_usd=np.array([regret * 100]),
        imbalance_value_usd=0.0,
        turnover_usd=100.0,
        least_turnover_usd=0.1,
        relative_imbalances={Family.CONTRACT: imbalance},
        relative_violations=np.zeros(1),
        relative_regrets_of_agents=np.array([regret]),
        relative_imbalances_of_agents=np.array([imbalance]),
        dual_value_usd=0.0,
    )


def round_number(number, worst=None, dual_residual=0.0, imbalance=0.0):
    certificate = None
    if worst is not None:
        certificate = of_one_agent(regret=worst, imbalance=worst / 2)
    nothing = Responses(np.zeros(0), np.zeros(0))
    return Round(number, np.zeros(0), nothing, imbalance, dual_residual, 0.0, certificate, 0.0, 0, 0)


class Always(StoppingRule):
    def __init__(self, sentence, goal):
        self.sentence = sentence
        self.is_what_for = goal

    def reason(self, current):
        return self.sentence

    def goal(self, current):
        return self.sentence if self.is_what_for else None


class Never(StoppingRule):
    def reason(self, current):
        return None


YES, NO, NEVER = Always("found", True), Always("gave up", False), Never()
NOW = round_number(1)


def test_converged_needs_a_certificate():
    assert Converged(1e-3).reason(round_number(10)) is None


def test_converged_needs_gap_and_imbalance_within_the_tolerance():
    assert Converged(1e-3).reason(round_number(10, worst=1.1e-3)) is None
    reason = Converged(1e-3).reason(round_number(10, worst=0.9e-3))
    assert "9.00e-04" in reason
    assert "4.50e-04" in reason
    assert "0.001" in reason
    assert Converged(1e-3).goal(round_number(10, worst=0.9e-3)) is not None
    assert Converged(1e-3).goal(round_number(10, worst=1.1e-3)) is None


def test_a_small_gap_does_not_make_up_for_an_imbalance():
    certificate = replace(of_one_agent(), relative_imbalances={Family.CONTRACT: 1e-9, Family.LEASE: 0.5})
    current = Round(3, np.zeros(0), Responses(np.zeros(0), np.zeros(0)), 0.5, 0.0, 0.0, certificate, 0.0, 0, 0)
    assert Converged(1e-3).reason(current) is None


def test_a_gap_that_is_no_number_has_not_converged():
    assert Converged(1e-3).reason(round_number(10, worst=float("nan"))) is None


def test_max_rounds_counts_from_one_and_is_no_success():
    assert MaxRounds(3).reason(round_number(2)) is None
    assert "3 rounds" in MaxRounds(3).reason(round_number(3))
    assert MaxRounds(3).goal(round_number(3)) is None


def test_settled_looks_at_both_residuals_and_at_nothing_else():
    nothing = Responses(np.zeros(0), np.zeros(0))
    unclear = Round(1, np.zeros(0), nothing, 1.1e-4, 0.0, 0.0, None, 0.0, 0, 0)
    assert Settled(1e-4).reason(unclear) is None
    assert Settled(1e-4).reason(round_number(1, worst=1.0, dual_residual=0.9e-4)) is not None
    assert Settled(1e-4).reason(round_number(1, worst=0.0, dual_residual=1.1e-4)) is None
    assert Settled(1e-4).goal(round_number(1)) is None


def test_the_usual_rule_goes_on_until_the_announcement_has_settled_and_yet_counts_as_converged():
    rule = stop_at(1e-3, 10)
    moving = round_number(5, worst=1e-4, dual_residual=1e-3)
    assert rule.reason(moving) is None
    assert rule.goal(moving) is not None
    assert rule.reason(round_number(5, worst=1e-4, dual_residual=1e-5)) is not None
    assert "10 rounds" in rule.reason(round_number(10, worst=1e-4, dual_residual=1e-3))
    assert rule.goal(round_number(10, worst=2e-3)) is None


def test_or_stops_when_either_does():
    assert (NEVER | NEVER).reason(NOW) is None
    assert (NEVER | NO).reason(NOW) == "gave up"
    assert (YES | NEVER).reason(NOW) == "found"
    assert (YES | NO).reason(NOW) == "found"


def test_a_goal_stays_a_goal_when_rules_are_joined():
    assert (NO | YES).goal(NOW) is not None
    assert (NO & YES).goal(NOW) is not None
    assert (NO | NEVER).goal(NOW) is None
    assert (NO & NO).goal(NOW) is None


def test_and_stops_when_both_do_and_says_both_reasons():
    assert (YES & NEVER).reason(NOW) is None
    assert (NEVER & NO).reason(NOW) is None
    assert (YES & NO).reason(NOW) == "found; gave up"


def test_rules_nest():
    rule = (Converged(1e-3) & MaxRounds(5)) | MaxRounds(10)
    assert rule.reason(round_number(4, worst=1e-6)) is None
    assert "within 0.001; 5 rounds" in rule.reason(round_number(5, worst=1e-6))
    assert rule.reason(round_number(9, worst=1.0)) is None
    assert "10 rounds" in rule.reason(round_number(10, worst=1.0))


@pytest.mark.parametrize("tolerance", [0.0, -1e-6, float("nan"), float("inf")])
def test_a_tolerance_that_nothing_can_meet_is_refused(tolerance):
    with pytest.raises(ValueError, match=f"tolerance is {tolerance}"):
        Converged(tolerance)


def test_a_budget_without_a_round_is_refused():
    with pytest.raises(ValueError, match="rounds is 0"):
        MaxRounds(0)


def test_what_just_reaches_a_tolerance_is_within_it():
    assert Converged(0.5).reason(round_number(1, worst=0.5)) is not None
    assert Settled(0.5).reason(round_number(1, dual_residual=0.5)) is not None
    assert Settled(0.5).reason(round_number(1, imbalance=0.5)) is not None


@pytest.mark.parametrize(("imbalance", "wanted"), [(0.0, True), (0.49, True), (0.5, True), (0.51, False)])
def test_a_certificate_is_asked_for_where_what_is_known_without_one_is_within_the_tolerance(imbalance, wanted):
    assert Converged(0.5).wants_certificate(round_number(1, imbalance=imbalance)) is wanted


def test_a_certificate_is_asked_for_where_it_could_end_the_run():
    assert (YES | NEVER).wants_certificate(NOW)
    assert not (NEVER | NEVER).wants_certificate(NOW)
    assert (YES & NO).wants_certificate(NOW)
    assert not (YES & NEVER).wants_certificate(NOW)


@pytest.mark.parametrize(
    ("rule", "within", "beyond"),
    [
        (Converged(), {"worst": 0.99e-6}, {"worst": 1.01e-6}),
        (Settled(), {"dual_residual": 0.99e-7}, {"dual_residual": 1.01e-7}),
    ],
)
def test_by_default_a_millionth_has_converged_and_a_tenth_of_that_settled(rule, within, beyond):
    assert rule.reason(round_number(1, **within)) is not None
    assert rule.reason(round_number(1, **beyond)) is None


def test_by_default_5000_rounds_may_be_spent():
    assert MaxRounds().reason(round_number(4999)) is None
    assert MaxRounds().reason(round_number(5000)) == "5000 rounds are spent"


def test_the_usual_rule_has_settled_within_a_tenth_of_the_tolerance():
    assert stop_at(1e-3, 10).reason(round_number(5, worst=1e-3, dual_residual=0.99e-4)) is not None
    assert stop_at(1e-3, 10).reason(round_number(5, worst=1e-3, dual_residual=1.01e-4)) is None


def test_a_budget_of_one_round_is_spent_by_it():
    assert MaxRounds(1).reason(NOW) == "1 rounds are spent"


def test_a_rule_must_give_reasons():
    with pytest.raises(TypeError, match="reason"):
        StoppingRule()
