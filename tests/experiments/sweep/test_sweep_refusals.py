"""Sweeps that are refused: before anything is computed, with all faults, and with nothing written."""

import os

import pytest
from support.command import assert_refused, walras_command
from support.small_sweep import write_sweep

from walras.experiments.sweep.plan import plan_sweep
from walras.experiments.sweep.sweep_folder import open_sweep_folder
from walras.experiments.sweep.sweep_reading import load_sweep
from walras.experiments.sweep.work import Failed
from walras.experiments.workers.local_workers import LocalWorkers
from walras.experiments.workers.task import LostWorkerError
from walras.network import read_case

SEEDS = {"seed": [1, 2]}


@pytest.fixture(autouse=True)
def no_computation(monkeypatch):
    monkeypatch.setattr(LocalWorkers, "execute", lambda *_: pytest.fail("it computed"))


def refused(tmp_path, source, *needles, options=()):
    before = sorted(os.listdir(tmp_path))
    assert_refused(walras_command("sweep", source, "--json", "--out", tmp_path / "out", *options), *needles)
    assert sorted(os.listdir(tmp_path)) == before


@pytest.mark.parametrize(
    ("sections", "needles"),
    [
        ({}, ["nothing varies"]),
        ({"grid": {}, "runs": []}, ["nothing varies"]),
        ({"grid": SEEDS, "gird": {}}, ["gird: unknown key", "monolith"]),
        ({"grid": {"seed": 3}}, ["grid.seed: is 3", "lists of values"]),
        ({"grid": {"seed": []}}, ["grid.seed: is []"]),
        ({"grid": {"grid": {"line_limit_scale": [0.5]}}}, ["grid.grid: is {'line_limit_scale'", "dotted path"]),
        ({"grid": {7: [1]}}, ["grid.7: is 7"]),
        ({"grid": {"a=b": [1]}}, ["grid.a=b"]),
        ({"grid": SEEDS, "runs": [{"seed": 1}]}, ["grid.seed: stands in runs too"]),
        ({"grid": SEEDS, "monolith": "yes"}, ["monolith: is 'yes'"]),
        ({"grid": {"seed": list(range(400)), "periods": list(range(1, 400))}}, ["159,600 runs", "100,000"]),
        ({"grid": SEEDS, "scenario": 3}, ["scenario: is 3", "built-in name"]),
    ],
    ids=str,
)
def test_a_fault_of_the_sweep_file_is_named_with_what_is_allowed(tmp_path, sections, needles):
    source = write_sweep(tmp_path, **sections)
    refused(tmp_path, source, f"error: {source}: ", *needles)


@pytest.mark.parametrize(
    ("text", "needle"),
    [("", "mapping"), ("- 1", "mapping"), ("grid: {seed: [1]}", "scenario: is missing"), ("a: [", "no plain YAML")],
)
def test_what_is_no_sweep_file_is_refused(tmp_path, text, needle):
    source = tmp_path / "sweep.yaml"
    source.write_text(text)
    refused(tmp_path, source, f"error: {source}: ", needle)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    refused(tmp_path, tmp_path / "none.yaml", "is no file; a sweep is a YAML file")


def test_all_faults_of_all_runs_are_listed_each_once(tmp_path):
    runs = [{"seed": 1}, {"seed": -1}, {"periods": 0, "consumers.price_elasticity": 1}, {"periods": 0, "seed": 4}]
    source = write_sweep(tmp_path, runs=runs)
    answer = walras_command("sweep", source)
    assert_refused(
        answer,
        "run 2 (seed=-1): ",
        "runs 3, 4: ",
        "run 3 (periods=0, consumers.price_elasticity=1): ",
        "consumers.price_elasticity: is 1",
    )
    assert len(answer.err.splitlines()) == 3


def test_a_fault_of_the_scenario_itself_is_listed_once_for_all_runs(tmp_path):
    source = write_sweep(tmp_path, set={"colour": "red"}, grid=SEEDS)
    answer = walras_command("sweep", source)
    assert_refused(answer, f"error: {source}: all runs: ", "colour: unknown key")
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize("scenario", ["nowhere.yaml", "rts25"])
def test_a_scenario_that_is_not_there_is_refused(tmp_path, scenario):
    refused(tmp_path, write_sweep(tmp_path, scenario=scenario, grid=SEEDS), "all runs", scenario, "rts24")


def test_a_key_that_leads_nowhere_is_refused(tmp_path):
    refused(tmp_path, write_sweep(tmp_path, grid={"hyperscalers.x.bus": [1]}), "'x' is no item of the list", "'h'")


def test_runs_that_are_the_same_are_refused(tmp_path):
    source = write_sweep(tmp_path, runs=[{"seed": 1}, {"seed": 2}, {"periods": 1, "seed": 1}])
    refused(tmp_path, source, "run 3 (periods=1, seed=1): is the same as run 1")


@pytest.mark.parametrize(("key", "options"), [("seed", ["--seed", 3]), ("seed", ["--set", " seed =3"])])
def test_an_option_that_fixes_what_varies_is_refused(tmp_path, key, options):
    refused(tmp_path, write_sweep(tmp_path, grid=SEEDS), key, "fixes what the sweep varies", options=options)


def test_no_workers_are_refused(tmp_path):
    refused(tmp_path, write_sweep(tmp_path, grid=SEEDS), "--workers", options=["--workers", 0])


@pytest.fixture
def begun(tmp_path):
    """A sweep, its plan, and its folder without any run."""
    source = write_sweep(tmp_path, grid=SEEDS)
    plan = plan_sweep(load_sweep(source), source, executor="compiled")
    with open_sweep_folder(tmp_path / "out", plan):
        pass
    return source, plan, tmp_path / "out"


def test_the_folder_of_another_sweep_is_refused_and_left_alone(begun, tmp_path):
    source, _, out = begun
    before = (out / "sweep.json").read_bytes()
    write_sweep(tmp_path, grid={"seed": [1, 2, 3]})
    assert_refused(walras_command("sweep", source, "--out", out), f"{out} holds another sweep", "2 runs, 2 of them")
    write_sweep(tmp_path, grid=SEEDS)
    assert_refused(walras_command("sweep", source, "--out", out, "--tolerance", 0.1), "0 of them among the 2")
    assert (out / "sweep.json").read_bytes() == before


def test_two_processes_do_not_work_on_one_sweep(begun):
    source, plan, out = begun
    with open_sweep_folder(out, plan):
        assert_refused(walras_command("sweep", source, "--out", out), f"{out}: another process works on this sweep")


def test_what_is_no_sweep_folder_is_refused_and_left_alone(begun, tmp_path):
    source, _, _ = begun
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "precious").write_text("data")
    assert_refused(walras_command("sweep", source, "--out", tmp_path / "taken"), "is no sweep folder")
    assert os.listdir(tmp_path / "taken") == ["precious"]
    answer = walras_command("sweep", source, "--out", tmp_path / "taken" / "precious")
    assert_refused(answer, "is no folder")


@pytest.mark.parametrize("text", ["{", "[]", '{"runs": [1], "walras": ""}', "{}"])
def test_a_broken_sweep_folder_is_refused_by_the_name_of_the_file(begun, text):
    source, _, out = begun
    (out / "sweep.json").write_text(text)
    assert_refused(walras_command("sweep", source, "--out", out), str(out / "sweep.json"))


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_broken_failure_is_refused_by_the_name_of_the_file(begun, text, monkeypatch):
    source, plan, out = begun
    monkeypatch.setattr(LocalWorkers, "execute", lambda *_: (status for status in ()))
    for run in plan.runs:
        (out / "failures" / f"{run.key}.json").write_text(text)
    assert_refused(walras_command("sweep", source, "--out", out), f"{plan.runs[0].key}.json")


def test_a_worker_that_is_killed_ends_the_sweep_with_a_message(begun, monkeypatch):
    source, _, out = begun

    def die(_, tasks):
        tasks[0].keep(Failed("", 0.0))
        raise LostWorkerError("a worker was killed")
        yield

    monkeypatch.setattr(LocalWorkers, "execute", die)
    answer = walras_command("sweep", source, "--out", out)
    assert (answer.code, answer.out) == (1, "")
    assert "a worker was killed" in answer.err
    assert f"1 of 2 runs are finished and kept in {out}" in answer.err


def test_without_a_folder_what_is_finished_lasts_where_it_is_told(begun, monkeypatch):
    source, plan, out = begun
    (out.parent / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(out.parent / "temporary"))

    def die(_, tasks):
        if finished:
            tasks[0].keep(Failed("", 0.0))
        raise LostWorkerError("a worker was killed")
        yield

    monkeypatch.setattr(LocalWorkers, "execute", die)
    finished = False
    assert walras_command("sweep", source).err.endswith("0 of 2 runs are finished\n")
    assert list((out.parent / "temporary").iterdir()) == []
    finished = True
    answer = walras_command("sweep", source)
    (kept,) = (out.parent / "temporary").iterdir()
    assert f"1 of 2 runs are finished and kept in {kept}; the same command with --out {kept} goes on" in answer.err
    with open_sweep_folder(kept, plan) as folder:
        assert folder.pending(plan.runs) == list(plan.runs[1:])


@pytest.mark.parametrize(
    ("sections", "needles"),
    [
        ({"set": {"seed": 3}, "grid": SEEDS}, ["set.seed: varies"]),
        ({"grid": {"coordinator.tolerance": [float("nan"), float("inf")]}}, ["run 1", "is nan", "run 2", "is inf"]),
        ({"grid": {"seed": ["1"]}}, ["seed: is '1'", "valid integer"]),
        ({"grid": {"hyperscalers.h.name": [["a"]]}}, ["hyperscalers.0.name: is ['a']", "valid string"]),
        ({"grid": {"hyperscalers.h.batches_mw. chat": [1, 2]}}, ["batches_mw. chat", "without blanks"]),
        ({"grid": {"a.": [1]}}, ["must read key.path=value"]),
    ],
    ids=str,
)
def test_values_are_taken_as_they_stand(tmp_path, sections, needles):
    refused(tmp_path, write_sweep(tmp_path, **sections), *needles)


def test_a_sweep_reads_its_scenario_and_its_case_once(tmp_path, monkeypatch):
    source = write_sweep(tmp_path, grid={"seed": list(range(50))})
    times = []
    monkeypatch.setattr("walras.experiments.sweep.plan.read_case", lambda name: times.append(name) or read_case(name))
    assert len(plan_sweep(load_sweep(source), source, executor="compiled").runs) == 50
    assert len(times) == 1
