"""Own mechanisms in the benchmark: measured like those of the catalogue, with leave alone."""

import sys

import pytest
from support.command import assert_refused, walras_command
from support.own_parts import write_parts

from walras.coordinator import EXECUTORS
from walras.experiments.bench.measurements import Plan, all_pairs, measurements
from walras.experiments.bench.problems.problems import problem_builders


@pytest.fixture
def module(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    return write_parts(tmp_path)


def test_without_leave_nothing_is_measured(module):
    answer = walras_command("bench", "--mechanism", f"{module}:Fixed")
    assert_refused(answer, f"--mechanism {module}:Fixed names code, which runs only with --allow-code")
    assert module not in sys.modules


def test_what_is_no_mechanism_is_refused_before_anything_is_measured(module):
    answer = walras_command("bench", "--mechanism", f"{module}:Neither", "--allow-code")
    assert_refused(answer, "is no mechanism: it lacks announces, start, step")


def test_an_own_mechanism_has_a_row_for_every_executor(module, monkeypatch):
    plans = []

    def stop(plan, *_):
        plans.append(plan)
        raise KeyboardInterrupt

    monkeypatch.setattr("walras.experiments.cli.bench.measure", stop)
    walras_command("bench", "--mechanism", f"{module}:Fixed", "--mechanism", "admm", "--allow-code")
    (plan,) = plans
    assert plan.pairs == tuple(
        (name, each) for name in ("admm", f"{module}:Fixed") for each in EXECUTORS if each != "ray"
    )


def test_a_row_of_an_own_mechanism_is_judged_like_any_other(module):
    sys.path.append("")
    own = f"{module}:Fixed"
    pairs = tuple(pair for pair in all_pairs([own]) if pair == (own, "compiled"))
    plan = Plan(("exchange",), pairs, budget_seconds=0.2, large_budget_seconds=0.2, exchange_size=3)
    subject, measure = next(iter(measurements(problem_builders(3, 0)["exchange"](), plan)))
    (row,) = measure()
    assert (subject.method, row.method, row.executor) == (own, own, "compiled")
    assert not row.reached
    assert row.rounds > 1
