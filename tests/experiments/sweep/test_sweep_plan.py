"""The plan of a sweep: which runs, and when a run is the same run; nothing is computed here."""

import json
import pickle
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from support.command import walras_command
from support.small_sweep import write_sweep

from walras.agents import AgentError
from walras.experiments.sweep.plan import plan_sweep
from walras.experiments.sweep.run_tables import sweep_tables, write_tables
from walras.experiments.sweep.sweep_folder import open_sweep_folder
from walras.experiments.sweep.sweep_reading import load_sweep
from walras.experiments.sweep.work import run_tasks


def plan_of(path, **options):
    return plan_sweep(load_sweep(path), path, **{"executor": "compiled", **options})


def keys(path, **options):
    return [run.key for run in plan_of(path, **options).runs]


def test_runs_are_the_product_of_the_list_and_the_grid_and_the_last_key_varies_fastest(tmp_path):
    grid = {"consumers.price_elasticity": [-0.1, -0.2], "seed": [1, 2]}
    path = write_sweep(tmp_path, runs=[{"name": "a"}, {"name": "b"}], grid=grid)
    parameters = [tuple(run.parameters.values()) for run in plan_of(path).runs]
    assert parameters == [(name, e, seed) for name in "ab" for e in (-0.1, -0.2) for seed in (1, 2)]


def test_values_may_be_lists_mappings_text_and_null(tmp_path):
    batches = [{"chat": 1.5, "code": [2]}, {"chat": 1e-3, "code": 2}]
    grid = {"hyperscalers.h.batches_mw": batches, "producers.hydro_injection_mw": [None, 1]}
    plan = plan_of(write_sweep(tmp_path, grid=grid, set={"name": 'say: "é" # no comment'}))
    assert [run.scenario.hyperscalers[0].batches_mw for run in plan.runs] == [batches[i] for i in (0, 0, 1, 1)]
    assert [run.scenario.producers.hydro_injection_mw for run in plan.runs] == [None, 1, None, 1]
    assert {run.scenario.name for run in plan.runs} == {'say: "é" # no comment'}


def test_options_override_what_is_fixed_and_what_varies_comes_last(tmp_path):
    path = write_sweep(tmp_path, set={"seed": 1, "coordinator.tolerance": 0.1}, grid={"periods": [1]})
    (run,) = plan_of(path, overrides=["seed=2"]).runs
    assert (run.scenario.seed, run.scenario.coordinator.tolerance) == (2, 0.1)


def test_a_case_is_found_beside_the_sweep_file(tmp_path, monkeypatch):
    path = write_sweep(tmp_path, grid={"grid.source": ["case"]})
    monkeypatch.chdir(tmp_path.parent)
    (run,) = plan_of(path).runs
    assert run.scenario.grid.source == str(tmp_path / "case")


def test_a_run_keeps_its_key_wherever_it_stands_and_whatever_else_the_sweep_holds(tmp_path):
    first = keys(write_sweep(tmp_path, grid={"seed": [1, 2, 3]}))
    second = keys(write_sweep(tmp_path, runs=[{"seed": 3, "periods": 1}, {"seed": 1}]))
    assert second == [first[2], first[0]]


def test_a_folder_is_taken_up_by_a_sweep_that_writes_the_same_runs_another_way(tmp_path):
    with open_sweep_folder(tmp_path / "out", plan_of(write_sweep(tmp_path, grid={"seed": [1, 2]}))):
        pass
    identity = json.loads((tmp_path / "out" / "sweep.json").read_text())
    other = plan_of(write_sweep(tmp_path, set={"periods": 1}, runs=[{"seed": 1, "name": "small"}, {"seed": 2}]))
    with open_sweep_folder(tmp_path / "out", other) as folder:
        assert folder.pending(other.runs) == list(other.runs)
    assert json.loads((tmp_path / "out" / "sweep.json").read_text()) == identity


@pytest.mark.parametrize(
    "change",
    [
        {"set": {"coordinator.tolerance": 1e-3}},
        {"set": {"name": "other"}},
        {"monolith": True},
    ],
    ids=str,
)
def test_a_change_of_the_sweep_changes_all_keys(tmp_path, change):
    grid = {"seed": [1, 2]}
    before = keys(write_sweep(tmp_path, grid=grid))
    assert not set(before) & set(keys(write_sweep(tmp_path, grid=grid, **change)))


def test_the_scenario_its_case_the_executor_and_the_version_change_the_keys(tmp_path, monkeypatch):
    path = write_sweep(tmp_path, grid={"seed": [1]})
    seen = {*keys(path), *keys(path, executor="serial")}
    units = tmp_path / "case" / "unit_groups.csv"
    units.write_text(units.read_text().replace("900", "901"))
    seen |= {*keys(path)}
    scenario = tmp_path / "small.yaml"
    scenario.write_text(scenario.read_text().replace("cost_weight: 0.9", "cost_weight: 0.8"))
    seen |= {*keys(path)}
    monkeypatch.setattr("walras.experiments.sweep.identity.version", lambda _: "99.0")
    seen |= {*keys(path)}
    assert len(seen) == 5


def test_an_agent_that_fails_is_a_row_with_its_reason_and_other_errors_are_not_hidden(tmp_path, monkeypatch):
    plan = plan_of(write_sweep(tmp_path, grid={"seed": [1]}))

    def fail(error):
        def raise_it(*_, **__):
            raise error

        monkeypatch.setattr("walras.experiments.sweep.work.decompose", raise_it)

    with open_sweep_folder(tmp_path / "out", plan) as folder:
        (task,) = run_tasks(plan, folder, "compiled")
        fail(KeyError("a fault of walras"))
        with pytest.raises(KeyError):
            task.compute()
        fail(AgentError("agent G has\nno best response"))
        assert task.keep(task.compute()) == "failed"
        runs, iterations = sweep_tables(plan, folder)
    assert runs["reason"].tolist() == ["AgentError: agent G has; no best response"]
    assert len(iterations) == 0


def test_a_task_brings_its_grid_along_and_touches_no_file_of_the_sweep(tmp_path):
    plan = plan_of(write_sweep(tmp_path, set={"coordinator.max_rounds": 2}, grid={"seed": [1]}))
    with open_sweep_folder(tmp_path / "out", plan) as folder:
        (task,) = run_tasks(plan, folder, "compiled")
        assert task.name == "run 1 (seed=1)"
        shutil.rmtree(tmp_path / "case")
        result = pickle.loads(pickle.dumps(task.compute))()
        assert not folder.is_finished(plan.runs[0])
        assert task.keep(result) == "not_converged"
        assert folder.is_finished(plan.runs[0])


def test_lists_over_the_hours_stay_lists_where_some_run_has_several_hours(tmp_path):
    plan = plan_of(write_sweep(tmp_path, set={"coordinator.max_rounds": 2}, grid={"periods": [1, 2]}))
    with open_sweep_folder(tmp_path / "out", plan) as folder:
        for task in run_tasks(plan, folder, "compiled"):
            task.keep(task.compute())
        write_tables(folder, *sweep_tables(plan, folder))
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    for name in ("price_usd_per_mwh.2", "demand_mwh.1", "lease.m.energy_mwh"):
        assert [len(hours) for hours in runs[name]] == [1, 2]
    assert runs["welfare_usd"].dtype == float


def test_values_of_several_kinds_become_json_text_in_the_table(tmp_path):
    mixed = [{"producers.hydro_injection_mw": value} for value in (0.5, [1])]
    source = write_sweep(tmp_path, runs=[{"seed": 10**30}, {"name": "b"}, *mixed])
    plan = plan_of(source)
    with open_sweep_folder(tmp_path / "out", plan) as folder:
        for run in plan.runs:
            folder.failure(run).write_text(json.dumps({"reason": "none", "seconds": 1.0}))
        write_tables(folder, *sweep_tables(plan, folder))
    runs = pd.read_parquet(tmp_path / "out" / "runs.parquet")
    assert [json.loads(seed) for seed in runs["seed"]] == [10**30, 5, 5, 5]
    assert runs["producers.hydro_injection_mw"].isna().tolist() == [True, True, False, False]
    assert [json.loads(value) for value in runs["producers.hydro_injection_mw"][2:]] == [0.5, [1]]


def test_the_sweep_of_the_readme_is_valid(tmp_path):
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    (block,) = [block for block in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "monolith:" in block]
    path = tmp_path / "sweep.yaml"
    path.write_text(block)
    document = yaml.safe_load(block)
    count = 1
    for values in document["grid"].values():
        count *= len(values)
    assert len(plan_of(path).runs) == count > 1
    assert walras_command("sweep", path, "--set", "periods=0").err.startswith(f"error: {path}: all runs: ")
