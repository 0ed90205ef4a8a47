"""A run that its user breaks off says what there is, keeps it, and tells by its exit code that it was broken off."""

import json
import signal
from contextlib import contextmanager, suppress
from itertools import count
from types import SimpleNamespace

import pandas as pd
import pytest
from support.command import walras_command

from walras import load_scenario
from walras.coordinator import Status
from walras.experiments import decomposition
from walras.experiments.cli import solve
from walras.experiments.study import MonolithFailure, StudyInterrupted, decompose, with_monolith

ROUND = 5


@pytest.fixture(autouse=True)
def listening():
    """Processes in the background may have been started deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_control_c(current):
    if current.number == ROUND:
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def interrupted(monkeypatch):
    """Ctrl-C arrives in the fifth round of the command."""

    @contextmanager
    def progress_line(max_rounds, *, quiet):
        yield SimpleNamespace(on_step=lambda _: None, on_round=press_control_c, on_phase=lambda _: None)

    monkeypatch.setattr(solve, "progress_line", progress_line)


@pytest.mark.usefixtures("interrupted")
@pytest.mark.parametrize("command", ["run", "compare"])
def test_what_there_is_is_printed_and_kept_and_the_exit_code_is_130(tmp_path, command):
    out = tmp_path / "run"
    answer = walras_command(command, "rts24", "--json", "--out", out)
    assert answer.code == 130, answer.err
    assert answer.err == f"written to {out}\n"
    document = answer.document
    assert document["status"] == "not_converged"
    assert document["reason"] == f"after round {ROUND}: interrupted"
    assert (document["rounds"], document["best_round"]) == (ROUND, ROUND)
    assert document["result"]["welfare_usd"] > 0
    # Nobody wants to wait for the monolith then.
    assert not document.keys() & {"equilibrium", "monolith_failure"}
    assert json.loads((out / "run.json").read_text())["reason"] == document["reason"]
    assert pd.read_parquet(out / "rounds.parquet")["round"].tolist() == list(range(1, ROUND + 1))
    shown = walras_command("show", out)
    assert shown.code == 0
    assert f"rts24: not converged after {ROUND} rounds" in shown.out


@pytest.mark.parametrize("times", [1, 2])
def test_figures_are_left_out_with_a_word_if_a_signal_comes_while_they_are_drawn(tmp_path, monkeypatch, times):
    """The first signal ends the run and figures are drawn still; one that comes then ends them too."""
    if times == 2:

        @contextmanager
        def progress_line(max_rounds, *, quiet):
            yield SimpleNamespace(on_step=lambda _: None, on_round=press_control_c, on_phase=lambda _: None)

        monkeypatch.setattr(solve, "progress_line", progress_line)
    monkeypatch.setattr("matplotlib.figure.Figure.draw", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    out = tmp_path / "run"
    answer = walras_command("run", "rts24", "--tolerance", "1e-2", "--json", "--out", out)
    assert answer.code == (143 if times == 1 else 130)
    warning = f"warning: interrupted; figures are missing: `walras plot {out}` draws them"
    assert answer.err == f"{warning}\nwritten to {out}\n"
    assert answer.document["status"] == ("converged" if times == 1 else "not_converged")
    assert sorted(path.name for path in out.iterdir()) == [
        "prices.parquet",
        "rounds.parquet",
        "run.json",
        "trades.parquet",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
    assert walras_command("show", out).code == 0


def test_a_signal_while_the_folder_is_written_does_not_cut_it_short(tmp_path, monkeypatch):
    write = pd.DataFrame.to_parquet

    def interrupted(*given, **named):
        signal.raise_signal(signal.SIGTERM)
        return write(*given, **named)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", interrupted)
    answer = walras_command("run", "rts24", "--tolerance", "1e-2", "--json", "--out", tmp_path / "run")
    assert answer.code == 143
    assert answer.document["status"] == "converged"
    assert walras_command("show", tmp_path / "run").code == 0


def test_a_signal_in_a_settlement_keeps_the_run_and_begins_no_monolith(monkeypatch):
    monkeypatch.setattr(decomposition, "settle", lambda *_: signal.raise_signal(signal.SIGTERM))
    answer = walras_command("compare", "rts24", "--tolerance", "1e-2", "--json")
    assert answer.code == 143
    assert answer.document["status"] == "not_converged"
    assert answer.document["certificate"]["relative_gap"] < 1e-2
    assert not answer.document.keys() & {"equilibrium", "monolith_failure"}


def test_a_signal_while_intervals_are_sought_keeps_the_equilibrium(monkeypatch):
    monkeypatch.setattr("walras.experiments.study.intervals", lambda *_: signal.raise_signal(signal.SIGTERM))
    answer = walras_command("compare", "rts24", "--tolerance", "1e-2", "--json")
    assert answer.code == 143
    assert answer.document["status"] == "converged"
    assert answer.document["equilibrium"]["mlcp_residual"] < 1e-4
    assert answer.document["equilibrium"]["interval"] == {}


@pytest.mark.usefixtures("interrupted")
def test_the_table_of_an_interrupted_run_says_so():
    answer = walras_command("run", "rts24")
    assert answer.code == 130
    assert f"rts24: not converged after {ROUND} rounds" in answer.out
    assert "interrupted" in answer.out


def test_before_the_first_round_there_is_nothing_to_show_or_keep(tmp_path, monkeypatch):
    monkeypatch.setattr("walras.experiments.decomposition.run", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    answer = walras_command("run", "rts24", "--json", "--out", tmp_path / "run")
    assert (answer.code, answer.out) == (130, "")
    assert answer.err == "error: interrupted before there was anything to keep\n"
    assert list(tmp_path.iterdir()) == []


def test_an_error_that_something_makes_of_an_early_interrupt_is_no_traceback(monkeypatch):
    def fail(*_, **__):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        raise ValueError("no such number")

    monkeypatch.setattr(decomposition, "run", fail)
    answer = walras_command("run", "rts24")
    assert (answer.code, answer.out) == (143, "")
    assert answer.err == "error: interrupted before there was anything to keep\n"


def test_an_interrupted_study_holds_the_rounds_that_were_made():
    with pytest.raises(StudyInterrupted) as caught:
        decompose(load_scenario("rts24"), on_round=press_control_c)
    study = caught.value.study
    assert study.run.status == Status.NOT_CONVERGED
    assert [record.round for record in study.run.records] == list(range(1, ROUND + 1))
    assert study.monolith is None


def test_an_interrupted_search_for_the_monolith_leaves_the_run(monkeypatch):
    study = decompose(load_scenario("rts24", ["coordinator.tolerance=1e-2"]))
    monkeypatch.setattr("walras.experiments.study.assemble_monolith", lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(StudyInterrupted) as caught:
        with_monolith(study)
    assert caught.value.study.run is study.run
    assert caught.value.study.monolith == MonolithFailure("interrupted")


def broken_off(name, times, monkeypatch):
    """Ctrl-C arrives when decomposition calls a function for the so-manieth time."""
    function, calls = getattr(decomposition, name), count(1)

    def interrupted(*given, **named):
        if next(calls) == times:
            signal.raise_signal(signal.SIGINT)
        return function(*given, **named)

    monkeypatch.setattr(decomposition, name, interrupted)


@pytest.mark.parametrize(("name", "times"), [("run", 2), ("settle", 1)])
def test_between_two_purchase_mixes_the_rounds_of_the_first_are_kept(name, times, monkeypatch):
    broken_off(name, times, monkeypatch)
    scenario = load_scenario("rts24", ["disclosure=ex_ante", "coordinator.mechanism=admm-anderson"])
    with pytest.raises(StudyInterrupted) as caught:
        decompose(scenario, executor="batched")
    run = caught.value.study.run
    assert run.status == Status.NOT_CONVERGED
    assert run.reason == f"after round {len(run.records)}: interrupted"
    assert len(run.records) > 50


def test_an_interrupt_in_the_last_round_is_not_lost():
    rounds = len(decompose(load_scenario("rts24", ["coordinator.mechanism=slope-bids"])).run.records)

    def at_the_goal(current):
        if current.number == rounds:
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(StudyInterrupted) as caught:
        decompose(load_scenario("rts24", ["coordinator.mechanism=slope-bids"]), on_round=at_the_goal)
    assert caught.value.study.run.status == Status.NOT_CONVERGED
