"""Rows: what they say of themselves, and what the ratios make of them."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from walras.coordinator import ADMM, EXECUTORS, Compiled, MaxRounds, Serial, SlopeBids, run
from walras.experiments.bench.measurements import TOLERANCES, Plan, all_pairs, crossed_pairs
from walras.experiments.bench.measuring import Bench, _Measuring, bench
from walras.experiments.bench.peers.plain_loop import PlainLoop
from walras.experiments.bench.ratios import ratios, times_fastest_qp
from walras.experiments.bench.rows.decompositions import decomposition_rows
from walras.experiments.bench.rows.qp_solvers import by_piqp
from walras.experiments.bench.rows.row import Kind, Subject
from walras.experiments.bench.rows.verdict import Verdict
from walras.network import GridError


def rows_of(measured: Bench, method: str, executor: str):
    return [row for row in measured.rows if (row.method, row.executor) == (method, executor)]


def test_a_mechanism_that_converges_has_a_certified_row_for_each_tolerance(measured):
    rows = rows_of(measured, "admm", "compiled")
    assert [row.tolerance for row in rows] == list(TOLERANCES)
    assert all(row.reached for row in rows)
    assert [row.rounds for row in rows] == sorted(row.rounds for row in rows)
    for row in rows:
        # A price, a target and a trade for each of 9 goods to or from each of 2 traders; 6 agents hear and answer.
        assert row.bytes_per_round == 8 * 3 * 18
        assert row.messages_per_round == 12


def test_a_row_that_did_not_get_there_says_so_and_ends_the_way(small):
    subject = Subject(small, Kind.DECOMPOSITION, "admm", "compiled")
    (row,) = decomposition_rows(subject, ADMM(), Compiled(), TOLERANCES, budget_seconds=1e-9)
    assert not row.reached
    assert row.tolerance == TOLERANCES[0]
    assert row.outcome == "1e-09 s are spent"
    assert row.rounds == 1
    assert max(row.verdict.relative_gap, row.verdict.max_relative_imbalance) > row.tolerance


def test_the_plain_loop_makes_the_rounds_of_admm(small, measured):
    rows = rows_of(measured, "admm", "plain loop")
    assert all(row.kind == Kind.PEER for row in rows)
    # Its best responses are those of CVXPY's default solver, too inexact to certify much more.
    reached = {row.tolerance for row in rows if row.reached}
    assert reached >= {1e-3, 1e-4}
    assert all("its own best responses" in row.outcome for row in rows if not row.reached)
    exact = run(small.market, ADMM(), Compiled(), stop=MaxRounds(10)).best.allocation
    loop = run(small.market, ADMM(), PlainLoop(), stop=MaxRounds(10)).best.allocation
    assert loop.trades == pytest.approx(exact.trades, abs=0.05)
    assert loop.costs == pytest.approx(exact.costs, rel=1e-3)


def test_what_an_executor_cannot_answer_is_a_row_with_its_reason(small):
    subject = Subject(small, Kind.DECOMPOSITION, "slope-bids", "serial")
    (row,) = decomposition_rows(subject, SlopeBids(), Serial(), TOLERANCES, budget_seconds=60.0)
    assert not row.reached
    assert "announces BidRequest, which the executor serial does not answer" in row.outcome


def test_a_grid_that_is_not_there_is_left_out_with_a_sentence(monkeypatch):
    def missing(name):
        raise GridError(f"{name} needs an extra")

    monkeypatch.setattr("walras.experiments.bench.problems.problems.read_case", missing)
    outcome = bench(Plan(("case118",), (), 1.0, 1.0), on_step=lambda step: None)
    assert outcome.rows == ()
    assert outcome.skipped == ("case118 is left out: case118 needs an extra",)


def test_when_time_is_spent_no_row_begins_and_what_is_left_out_is_named():
    outcome = bench(Plan(("exchange",), (), 1.0, 1.0, total_seconds=-60.0), on_step=lambda step: None)
    assert outcome.rows == ()
    assert outcome.skipped == ("exchange is left out: -1 minutes are spent",)


def test_methods_that_come_too_late_are_named_in_one_sentence(monkeypatch):
    monkeypatch.setattr("walras.experiments.bench.measurements.QP_SOLVERS", {"piqp": by_piqp})
    plan = Plan(("exchange",), (("admm", "compiled"),), 1.0, 1.0, total_seconds=60.0, exchange_size=2)
    # The problem and its first method are in time.
    in_time = iter([True, True])
    monkeypatch.setattr(_Measuring, "is_late", lambda self: not next(in_time, False))
    outcome = bench(plan, on_step=lambda step: None)
    assert {row.method for row in outcome.rows} == {"admm"}
    assert outcome.skipped == (
        "piqp on exchange, semismooth newton on exchange, admm plain loop on exchange are left out: "
        "1 minutes are spent",
    )


def test_progress_hears_of_as_many_methods_as_were_announced():
    pairs = (("admm", "compiled"), ("slope-bids", "batched"))
    plan = Plan(("exchange",), pairs, 1.0, 1.0, exchange_size=2, monoliths=("piqp", "semismooth newton"))
    steps = []
    bench(plan, on_step=steps.append)
    assert steps == [
        "admm compiled on exchange",
        "slope-bids batched on exchange",
        "piqp on exchange",
        "semismooth newton on exchange",
        "admm plain loop on exchange",
    ]
    assert plan.measurements == len(steps)


def test_an_interrupt_keeps_what_was_measured():
    steps = []

    def interrupts_the_second(step):
        steps.append(step)
        if len(steps) == 2:
            raise KeyboardInterrupt

    plan = Plan(("rts24", "exchange"), (), 1.0, 1.0, exchange_size=2)
    outcome = bench(plan, on_step=interrupts_the_second)
    assert {(row.problem, row.method) for row in outcome.rows} == {("rts24", "piqp")}
    assert outcome.skipped == ("interrupted at clarabel on rts24; whatever comes after it is left out",)


def test_an_interrupt_that_a_run_has_swallowed_ends_the_measuring_too():
    """What it measured in a row that was cut short is not to be had."""
    steps, plan = [], Plan(("exchange",), (), 1.0, 1.0, exchange_size=2)

    @contextmanager
    def breakable():
        yield
        if len(steps) == 2:
            raise KeyboardInterrupt

    outcome = bench(plan, steps.append, breakable)
    assert {row.method for row in outcome.rows} == {"piqp"}
    assert len(outcome.skipped) == 1


def test_what_failed_on_a_smaller_market_is_not_tried_on_a_larger_one(monkeypatch):
    monkeypatch.setattr("walras.experiments.bench.measurements.QP_SOLVERS", {})
    plan = Plan(("rts24", "exchange"), (("tatonnement", "batched"),), 1e-9, 1e-9, exchange_size=18)
    tatonnement = [row.outcome for row in bench(plan, lambda step: None).rows if row.method == "tatonnement"]
    assert tatonnement == ["1e-09 s are spent", "not tried: it did not reach 0.001 on rts24"]
    # It may do on a smaller one.
    plan = replace(plan, exchange_size=2)
    tatonnement = [row.outcome for row in bench(plan, lambda step: None).rows if row.method == "tatonnement"]
    assert tatonnement == ["1e-09 s are spent"] * 2


def test_one_executor_answers_for_all_in_large_markets(monkeypatch):
    monkeypatch.setattr("walras.experiments.bench.problems.problems.LARGE_GOODS", 3)
    monkeypatch.setattr("walras.experiments.bench.measurements.QP_SOLVERS", {})
    plan = Plan(("exchange",), (("admm", "batched"), ("admm", "compiled")), 1e-9, 30.0, exchange_size=2)
    rows = [row for row in bench(plan, lambda step: None).rows if row.kind == Kind.DECOMPOSITION]
    assert {row.executor for row in rows} == {"batched"}
    # The budget is that of large markets.
    assert all(row.reached for row in rows)


def test_crossed_pairs_are_fewer_than_all():
    crossed, all_ = crossed_pairs(), all_pairs()
    assert set(crossed) < set(all_)
    assert ("admm", "serial") in crossed
    assert ("slope-bids", "compiled") in crossed
    assert ("tatonnement", next(iter(EXECUTORS))) in crossed
    assert ("tatonnement", "serial") not in crossed


@pytest.fixture
def hand_made(small):
    """QPs of 1 s with 3 s of set-up and 1.5 s without; mechanisms of 4 s with 2 s and 5 s without; a peer of 12 s."""

    def row(kind, method, seconds, setup, gap=1e-5):
        blank = Subject(small, kind, method).row(1e-4, Verdict(gap, 0.0, 0.0), "")
        return replace(blank, iterate_seconds=seconds, canonicalise_seconds=0.0, compile_seconds=setup, rounds=10)

    return (
        row(Kind.QP, "fast", 1.0, 3.0),
        row(Kind.QP, "soon ready", 1.5, 0.0),
        row(Kind.QP, "wrong but faster", 0.1, 0.0, gap=1.0),
        row(Kind.DECOMPOSITION, "admm", 4.0, 2.0),
        row(Kind.DECOMPOSITION, "slow", 5.0, 0.0),
        row(Kind.PEER, "dede", 12.0, 6.0),
        row(Kind.PEER, "lost", 99.0, 0.0, gap=1.0),
        row(Kind.PEER, "all set-up", 0.0, 3.0),
    )


def test_ratios_are_those_on_paper_and_leave_out_what_did_not_get_there(hand_made):
    found = {ratio.other: ratio for ratio in ratios(hand_made)}
    assert set(found) == {"fastest QP (fast)", "dede"}
    assert {ratio.fastest.method for ratio in found.values()} == {"admm"}
    assert {ratio.fastest_end_to_end.method for ratio in found.values()} == {"slow"}
    assert {ratio.fastest_from_matrices.method for ratio in found.values()} == {"slow"}
    assert found["dede"].times_faster == 3
    assert found["dede"].times_faster_from_matrices == pytest.approx(12 / 5)
    assert found["fastest QP (fast)"].times_faster_from_matrices == pytest.approx(1 / 5)
    assert found["dede"].times_faster_end_to_end == pytest.approx(18 / 5)
    assert found["fastest QP (fast)"].times_faster == 0.25
    assert found["fastest QP (fast)"].times_faster_end_to_end == pytest.approx(1.5 / 5)


def test_rows_are_held_against_the_fastest_qp_that_got_there(hand_made):
    assert [times_fastest_qp(row, hand_made) for row in hand_made] == [1.0, 1.5, None, 4.0, 5.0, 12.0, None, 0.0]
    assert hand_made[3].round_milliseconds == 400
