"""A run keeps its best round, its reason and its history, whatever happens."""

from dataclasses import replace

import numpy as np
import pytest
from cases import three_bus_loop, two_agents
from cases.two_agents import MWH, Buyer, Seller

from walras.agents import AgentError, Family, wheeling
from walras.coordinator import (
    ADMM,
    Compiled,
    Converged,
    FixedStep,
    Market,
    MaxRounds,
    Prices,
    RunInterrupted,
    Status,
    StoppingRule,
    Tatonnement,
    diagnose,
    history,
    iterate,
    run,
)


@pytest.fixture
def loop():
    return three_bus_loop.congested_loop().market


class After(StoppingRule):
    def reason(self, current):
        return "enough" if current.number == 5 else None


def test_the_reason_is_the_sentence_of_the_rule_that_stopped_it(loop):
    result = run(loop, ADMM(), Compiled(), stop=After() | MaxRounds(9))
    assert (result.status, result.reason, len(result.records)) == (Status.NOT_CONVERGED, "enough", 5)


def test_convergence_is_a_certificate_within_the_tolerance(loop):
    result = run(loop, ADMM(), Compiled(), stop=Converged(1e-6))
    assert result.status == Status.CONVERGED
    assert "within 1e-06" in result.reason
    assert result.certificate.relative_gap <= 1e-6
    assert result.certificate.max_relative_imbalance <= 1e-6


def test_without_a_rule_it_converges_to_one_in_a_million(loop):
    result = run(loop, ADMM(), Compiled())
    assert result.status == Status.CONVERGED
    assert result.certificate.worst <= 1e-6
    assert (result.mechanism_name, result.executor_name) == ("admm", "compiled")


def test_the_best_round_is_kept_even_when_later_ones_are_worse():
    market = two_agents.constant_cost().market
    seen = []
    result = run(
        market, Tatonnement(FixedStep(0.2)), Compiled(), stop=MaxRounds(30), certify_every=1, on_round=seen.append
    )
    worst = [current.certificate.worst for current in seen]
    assert result.best.number == int(np.argmin(worst)) + 1
    assert result.best.number < 30
    assert result.certificate.worst == min(worst)


def test_the_history_has_one_record_a_round_and_a_gap_where_it_was_certified(loop):
    seen = []
    result = run(loop, ADMM(), Compiled(), stop=MaxRounds(10), certify_every=4, on_round=seen.append)
    assert [record.round for record in result.records] == list(range(1, 11))
    assert [not np.isnan(record.relative_gap) for record in result.records] == [n in (4, 8, 10) for n in range(1, 11)]
    for record, current in zip(result.records, seen, strict=True):
        assert record.max_relative_imbalance == current.max_relative_imbalance
        assert record.price_change == current.price_change
        assert record.bytes_exchanged == current.bytes_exchanged > 0


def test_the_last_round_is_certified_in_any_case(loop):
    result = run(loop, ADMM(), Compiled(), stop=MaxRounds(7), certify_every=100)
    assert result.best.number == 7
    assert result.certificate.relative_gap > 0


def test_prices_of_watched_goods_are_kept_round_by_round(loop):
    seen = []
    good = wheeling(2, 0)
    result = run(loop, ADMM(), Compiled(), stop=MaxRounds(6), watch=[good], on_round=seen.append)
    assert result.watched == (good,)
    position = loop.good_index[good]
    assert result.watched_prices[:, 0].tolist() == [current.prices[position] for current in seen]


def test_by_default_leases_and_wheeling_of_the_first_hour_are_watched(loop, rts24):
    assert run(loop, ADMM(), Compiled(), stop=MaxRounds(1)).watched == (wheeling(1, 0), wheeling(2, 0))
    watched = run(rts24, ADMM(), Compiled(), stop=MaxRounds(1)).watched
    assert {good.family for good in watched} == {Family.LEASE, Family.WHEELING}
    assert len(watched) == 3 + 23


def test_prices_and_imbalances_of_the_last_rounds_are_kept(loop):
    seen = []
    result = run(loop, ADMM(), Compiled(), stop=MaxRounds(100), on_round=seen.append)
    assert result.tail[-1].number == 100
    assert [current.number for current in result.tail] == list(range(101 - len(result.tail), 101))
    assert len(result.tail) < 100
    for kept, current in zip(reversed(result.tail), reversed(seen), strict=False):
        excess = np.zeros(len(loop.goods))
        np.add.at(excess, loop.good_of_copy, current.allocation.trades)
        assert kept.imbalances == pytest.approx(excess, abs=1e-12)
        assert kept.prices.tolist() == current.prices.tolist()


@pytest.mark.parametrize(("rounds_that_fit", "kept"), [(0, [20]), (1, [20]), (3, [18, 19, 20])])
def test_where_rounds_are_large_fewer_of_the_last_are_kept(loop, monkeypatch, rounds_that_fit, kept):
    monkeypatch.setattr(history, "_TAIL_NUMBERS", rounds_that_fit * 2 * len(loop.goods))
    result = run(loop, ADMM(), Compiled(), stop=MaxRounds(20))
    assert [current.number for current in result.tail] == kept


def test_a_run_makes_the_rounds_of_the_generator(loop):
    seen = []
    run(loop, ADMM(), Compiled(), stop=MaxRounds(8), on_round=seen.append)
    for current, expected in zip(seen, iterate(loop, ADMM(), Compiled().compile(loop)), strict=False):
        assert current.prices.tolist() == expected.prices.tolist()


def eager_seller():
    """Its capacity is far beyond need and its cost 10: it cannot answer prices above that."""
    seller = Seller(MWH, cost=10.0, slope=0.0, capacity_mwh=np.inf)
    return Market((seller, Buyer(MWH)), two_agents.rising_cost().market.scales)


def test_an_agent_that_fails_later_leaves_the_rounds_before(executor):
    # Steps of 0.1 * 3: prices 0, 7.5, then 7.5 + 0.3 * 21.25 = 13.875, at which supply is unbounded.
    result = run(eager_seller(), Tatonnement(FixedStep(0.1)), executor)
    assert result.status == Status.NOT_CONVERGED
    assert [record.round for record in result.records] == [1, 2]
    assert result.best.prices[0] == pytest.approx(7.5, abs=1e-6)
    assert "round 2" in result.reason
    assert "seller" in result.reason
    assert result.certificate.total_regret_usd == pytest.approx(0.0, abs=1e-5)


def test_an_agent_that_fails_in_the_first_round_is_an_error(executor):
    market = eager_seller()

    class HighStart:
        name = "high start"
        announces = Prices

        def start(self, market, opening):
            return replace(Tatonnement().start(market, opening), next_prices=np.array([40.0]))

        step = Tatonnement().step

    with pytest.raises(AgentError, match="seller"):
        run(market, HighStart(), executor)


class FailsFrom:
    """An executor whose agents answer some announcements and then no more; records count from 1."""

    name = "failing"
    answers = Compiled.answers

    def __init__(self, first_failure):
        self.first_failure = first_failure

    def compile(self, market):
        respond, answers = Compiled().compile(market), []

        def answer(announcement):
            answers.append(None)
            if len(answers) >= self.first_failure:
                raise AgentError("agent A is gone")
            return respond(announcement)

        return answer


def test_an_agent_that_is_gone_for_good_leaves_the_best_certified_round(loop):
    # Each round takes two answers: one to the announcement, one for the certificate, which round 4 has to do without.
    result = run(loop, ADMM(), FailsFrom(8), certify_every=1)
    assert [record.round for record in result.records] == [1, 2, 3, 4]
    assert result.best.number <= 3
    assert "round 4" in result.reason
    assert "agent A is gone" in result.reason
    assert result.certificate.worst < float("inf")


def test_a_run_without_any_certificate_says_whose_solver_failed(loop):
    """Regrets without end are nobody's fault but the solver's; the market is not to blame."""

    class NeverAlone(FailsFrom):
        def compile(self, market):
            respond = Compiled().compile(market)

            def answer(announcement):
                if isinstance(announcement, Prices):
                    raise AgentError("agent A has no best response: HiGHS ends with Not Set")
                return respond(announcement)

            return answer

    result = run(loop, ADMM(), NeverAlone(0), stop=MaxRounds(60))
    told = "nothing is certified: agent A has no best response: HiGHS ends with Not Set"
    assert result.reason == f"60 rounds are spent; {told}"
    assert diagnose(result).summary == told
    assert not diagnose(result).regrets_usd


@pytest.mark.parametrize("number", [1, 3, 30])
def test_an_interrupt_leaves_what_was_computed(loop, number):
    def press_control_c(current):
        if current.number == number:
            raise KeyboardInterrupt

    with pytest.raises(RunInterrupted) as caught:
        run(loop, ADMM(), Compiled(), stop=Converged(1e-12), certify_every=25, on_round=press_control_c)
    result = caught.value.run
    assert isinstance(caught.value, KeyboardInterrupt)
    assert result.status == Status.NOT_CONVERGED
    assert len(result.records) == number
    assert f"round {number}" in result.reason
    assert result.best.number == (25 if number == 30 else number)


@pytest.mark.parametrize("last", [3, 5])
def test_an_interrupt_in_the_closing_certificate_leaves_the_rounds(loop, last):
    """One answer a round, then the one for the certificate, which nobody gets: after an interrupt, or after the end."""

    class Interrupted(FailsFrom):
        def compile(self, market):
            answer = FailsFrom.compile(self, market)

            def respond(announcement):
                try:
                    return answer(announcement)
                except AgentError as error:
                    raise KeyboardInterrupt from error

            return respond

    def broken_off(current):
        if current.number == 3:
            raise KeyboardInterrupt

    with pytest.raises(RunInterrupted) as caught:
        run(loop, ADMM(), Interrupted(last + 1), stop=After(), on_round=broken_off if last == 3 else None)
    result = caught.value.run
    assert (result.status, len(result.records)) == (Status.NOT_CONVERGED, last)
    assert "interrupted" in result.reason
    assert result.certificate.relative_gap == float("inf")
    assert result.certificate.max_relative_imbalance == result.records[-1].max_relative_imbalance


def test_an_interrupt_before_the_first_round_ends_leaves_nothing(loop):
    class Interrupted:
        name, answers = "interrupted", Compiled.answers

        def compile(self, market):
            def press_control_c(announcement):
                raise KeyboardInterrupt

            return press_control_c

    with pytest.raises(KeyboardInterrupt) as caught:
        run(loop, ADMM(), Interrupted())
    assert type(caught.value) is KeyboardInterrupt


def test_an_error_of_the_users_own_function_is_not_swallowed(loop):
    def break_down(current):
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError, match="disk full"):
        run(loop, ADMM(), Compiled(), on_round=break_down)
