"""Whole commands in the benchmark: seconds and memory of a process beside those of its rounds."""

import json
import signal
import time
from pathlib import Path

import pytest
import yaml
from support.command import walras_command
from support.small_grid import small_document, write_case

from walras.experiments.bench.measurements import Plan
from walras.experiments.bench.measuring import _Measuring, bench
from walras.experiments.bench.rows.whole_command import TimedCommand, timed_command, timed_grid

KEYS = {
    "grid",
    "verb",
    "mechanism",
    "executor",
    "tolerance",
    "reached",
    "outcome",
    "exit_code",
    "seconds",
    "cpu_seconds",
    "peak_memory_mib",
    "rounds",
    "rounds_seconds",
    "times_rounds",
}
TIMED_GRID = "walras.experiments.bench.measuring.timed_grid"
SMALL = ("bench", "--problem", "rts24", "--mechanism", "slope-bids", "--executor", "batched", "-q")


def measured(grid, verb, budget_seconds):
    return TimedCommand(grid, verb, "both residuals are small", 0, 4.0, 3.0, 150.0, 14, 0.5)


def nowhere(grid, verb, budget_seconds):
    return TimedCommand(grid, verb, f"ended after {budget_seconds:g} s", seconds=budget_seconds)


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "small.yaml"
    document = small_document(write_case(tmp_path / "case"), hyperscalers=[], modular_datacenters=[])
    path.write_text(yaml.safe_dump(document))
    return str(path)


def test_a_command_is_measured_from_the_start_of_its_process_to_its_exit(scenario):
    begin = time.perf_counter()
    command = timed_command("small", "compare", scenario, 60.0)
    assert command.reached, command.outcome
    assert command.rounds > 0
    assert 0 < command.rounds_seconds < command.seconds < time.perf_counter() - begin
    assert command.times_rounds == command.seconds / command.rounds_seconds
    assert command.cpu_seconds > 0.2
    # The interpreter with NumPy, SciPy and CVXPY.
    assert command.peak_memory_mib is None or command.peak_memory_mib > 60


def test_a_command_that_takes_too_long_is_ended(scenario):
    begin = time.perf_counter()
    command = timed_command("small", "run", scenario, 0.1)
    assert time.perf_counter() - begin < 5
    assert not command.reached
    assert command.outcome == "ended after 0.1 s"
    assert command.times_rounds is None


def test_what_keeps_a_command_from_a_result_is_its_outcome(tmp_path):
    command = timed_command("none", "run", str(tmp_path / "none.yaml"), 60.0)
    assert (command.reached, command.exit_code, command.rounds) == (False, 2, None)
    assert "is neither a file nor a built-in scenario" in command.outcome


def test_a_grid_from_elsewhere_gets_a_scenario_of_its_own(monkeypatch):
    asked = []

    def seen(grid, verb, scenario, budget_seconds):
        asked.append(scenario if scenario == grid else yaml.safe_load(Path(scenario).read_text()))

    monkeypatch.setattr("walras.experiments.bench.rows.whole_command.timed_command", seen)
    timed_grid("rts24", "run", 1.0)
    timed_grid("case118", "run", 1.0)
    assert asked == ["rts24", {"name": "case118", "grid": {"source": "case118"}}]


def test_commands_are_measured_before_all_rows_and_announced(monkeypatch):
    monkeypatch.setattr(TIMED_GRID, measured)
    steps = []
    plan = Plan((), (), 1.0, 1.0, commands=("rts24", "case118"))
    outcome = bench(plan, on_step=steps.append)
    assert steps == ["walras run rts24", "walras compare rts24", "walras run case118", "walras compare case118"]
    assert plan.measurements == len(steps) == len(outcome.commands)


def test_where_a_run_gets_nowhere_no_comparison_is_tried(monkeypatch):
    monkeypatch.setattr(TIMED_GRID, nowhere)
    outcome = bench(Plan((), (), 1.0, 1.0, commands=("rts24",), command_seconds=3.0), on_step=lambda step: None)
    assert [one.outcome for one in outcome.commands] == ["ended after 3 s", "not tried: run did not get there"]


def test_commands_that_come_too_late_are_named(monkeypatch):
    monkeypatch.setattr(TIMED_GRID, measured)
    in_time = iter([True])
    monkeypatch.setattr(_Measuring, "is_late", lambda self: not next(in_time, False))
    plan = Plan((), (), 1.0, 1.0, total_seconds=60.0, commands=("rts24",))
    outcome = bench(plan, on_step=lambda step: None)
    assert [one.verb for one in outcome.commands] == ["run"]
    assert outcome.skipped == ("walras compare rts24 is left out: 1 minutes are spent",)


def test_an_interrupted_benchmark_keeps_its_commands(monkeypatch, tmp_path):
    def second_is_broken_off(grid, verb, budget_seconds):
        return measured(grid, verb, budget_seconds) if verb == "run" else signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(TIMED_GRID, second_is_broken_off)
    answer = walras_command(*SMALL, "--out", tmp_path / "bench")
    assert answer.code == 143, answer.err
    assert "interrupted at walras compare rts24; whatever comes after it is left out" in answer.out
    (command,) = json.loads((tmp_path / "bench" / "bench.json").read_text())["commands"]
    assert set(command) == KEYS
    assert (command["verb"], command["reached"], command["times_rounds"]) == ("run", True, 8.0)
    (line,) = (line for line in answer.out.splitlines() if line.startswith("walras run rts24"))
    assert line.split()[3:] == ["4.00", "8.0", "150", "14", "0.500", "3.00", "yes"]


def test_row_seconds_hold_for_commands_and_options_may_leave_them_out(monkeypatch):
    budgets = []

    def asked(grid, verb, budget_seconds):
        budgets.append(budget_seconds)
        return nowhere(grid, verb, budget_seconds)

    monkeypatch.setattr(TIMED_GRID, asked)
    monkeypatch.setattr("walras.experiments.bench.measuring.problem_builders", lambda *_: {})
    assert walras_command(*SMALL, "--row-seconds", "7").code == 0
    assert budgets == [7.0]
    assert walras_command("bench", "--mechanism", "admm", "-q").code == 0
    assert walras_command("bench", "--problem", "exchange", "-q").code == 0
    assert budgets == [7.0]
    assert walras_command("bench", "-q").code == 0
    assert len(budgets) == 4
