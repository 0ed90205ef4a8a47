"""Faults that users of the command line and of scenario files would meet."""

import json
import os
import shutil

import pandas as pd
import pytest
import yaml
from support.command import assert_refused, settings, walras_command
from support.small_grid import small_document, write_case

from walras import load_scenario, parse_scenario
from walras.coordinator import Status
from walras.experiments.archive.writer import write_run_folder
from walras.experiments.errors import ScenarioError
from walras.experiments.study import decompose, with_monolith


def fault_paths(document) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(document)
    return [fault.path for fault in caught.value.faults]


def test_a_lender_far_smaller_than_the_loads_clears_though_emissions_weigh_much(tmp_path):
    """Lease prices climb by 0.2 $/MWh a round towards 2000: the leases' volume scale is that of loads."""
    hyperscaler = {"name": "h", "bus": 2, "cost_weight": 0.3, "batches_mw": {"chat": 4, "code": 2}}
    lender = {"name": "m", "bus": 1, "capacity_mw": 3, "curtailed_mw": 1, "batches": ["chat"]}
    case = write_case(tmp_path / "case")
    document = small_document(case, hyperscalers=[hyperscaler], modular_datacenters=[lender])
    study = decompose(parse_scenario(document))
    assert study.run.status == Status.CONVERGED


def test_at_1_5_times_the_workload_quantities_lie_within_0_01_mwh_of_the_monolith():
    """At bus 18 a price error of 0.0008 $/MWh, unseen by a gap of 1e-6, moves demand by 0.013 MWh."""
    batches = "hyperscalers.0.batches_mw={batch1: 112.5, batch2: 63, batch3: 76.5, batch4: 72, batch5: 103.5}"
    study = with_monolith(decompose(load_scenario("rts24", [batches])))
    assert study.monolith.difference.demand_mwh <= 0.01
    assert study.monolith.difference.generation_mwh <= 0.01


@pytest.mark.parametrize("name", ["load@1", "grid operator", "U76@1"])
def test_a_name_that_another_agent_has_is_a_fault_of_the_scenario(name):
    answer = walras_command("run", "rts24", "--json", "--max-rounds", 1, "--set", f"modular_datacenters.0.name={name}")
    assert_refused(answer, "modular_datacenters.0.name", name)


@pytest.mark.parametrize("name", ["[/b]", "a[red]b"])
@pytest.mark.parametrize(
    ("key", "words"), [("name", "{name}: not converged"), ("modular_datacenters.0.name", "lease price of {name}")]
)
def test_brackets_in_a_name_are_shown_as_they_are(name, key, words):
    answer = walras_command("run", "rts24", "--max-rounds", 1, "--set", f"{key}='{name}'")
    assert "Traceback" not in answer.err
    assert answer.code == 3
    assert words.format(name=name) in answer.out


def test_dollar_signs_in_a_name_are_no_formula(tmp_path):
    options = settings(r"name='$\nothing$'", r"modular_datacenters.0.name='$\x$'")
    answer = walras_command("run", "rts24", "--tolerance", "1e-2", "--out", tmp_path / "run", *options)
    assert "Traceback" not in answer.err
    assert answer.code == 0


def test_a_source_with_an_overlong_name_is_refused():
    answer = walras_command("run", "rts24", "--json", "--set", f"grid.source={'x' * 300}")
    assert_refused(answer, "grid.source")


@pytest.mark.parametrize(
    "override",
    ["periods=true", "hyperscalers.0.bus=true", "hyperscalers.0.cost_weight=true", "grid.line_limit_scale=true"],
)
def test_a_truth_value_is_no_number(override):
    with pytest.raises(ScenarioError, match="True"):
        load_scenario("rts24", [override])


def test_a_power_of_ten_is_a_number_everywhere():
    """YAML 1.1 reads 1e1 as text, which the tolerance takes and a workload refuses."""
    scenario = load_scenario("rts24", ["coordinator.tolerance=1e-6", "hyperscalers.0.batches_mw.batch1=1e1"])
    assert scenario.hyperscalers[0].batches_mw["batch1"] == 10


def test_the_path_of_a_fault_holds_keys_of_the_file_alone():
    document = load_scenario("rts24").model_dump(mode="json")
    paths = fault_paths(document | {"producers": {"emission_rates": {7: 1.0}}})
    assert not [path for path in paths if "constrained" in path or "[" in path]


def test_an_infinite_emission_rate_in_a_case_is_refused(tmp_path):
    case = write_case(tmp_path / "case", units="G,1,steam,coal,market,100,10,0.1,inf\n")
    assert fault_paths(small_document(case)) == ["grid.source"]


def test_load_that_cannot_be_served_is_reported_under_the_name_of_the_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(small_document(write_case(tmp_path / "case", buses="1,50,1\n2,70,0\n"))))
    assert_refused(walras_command("run", path), f"error: {path}: ")


def test_a_gpu_rating_beyond_arithmetic_ends_without_a_traceback():
    answer = walras_command("run", "rts24", "--json", "--max-rounds", 3, "--set", "gpu_rating_kw=1.0e-300")
    assert "Traceback" not in answer.err


def draw_nothing(*_):
    return []


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    study = decompose(load_scenario("rts24", ["coordinator.tolerance=1e-2"]))
    return write_run_folder(study, tmp_path_factory.mktemp("runs") / "sound", draw_nothing).path


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "broken")


@pytest.mark.parametrize("key", ["certificate", "result", "seconds", "scenario_document"])
@pytest.mark.parametrize("command", ["show", "plot"])
def test_a_document_without_what_a_run_has_is_refused_by_name(folder, key, command):
    document = json.loads((folder / "run.json").read_text())
    document[key] = {}
    (folder / "run.json").write_text(json.dumps(document))
    assert_refused(walras_command(command, folder), str(folder / "run.json"))


@pytest.mark.parametrize("name", ["rounds.parquet", "prices.parquet", "trades.parquet"])
def test_a_table_with_other_columns_is_refused_by_name(folder, name):
    pd.DataFrame({"a": [1]}).to_parquet(folder / name)
    for command in ("show", "plot"):
        assert_refused(walras_command(command, folder), str(folder / name))


def test_a_document_nested_without_end_is_refused_by_name(folder):
    (folder / "run.json").write_text("[" * 100_000)
    assert_refused(walras_command("show", folder), str(folder / "run.json"))


def test_parents_that_were_made_for_a_folder_go_when_writing_fails(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail)
    walras_command("run", "rts24", "--json", "--tolerance", "1e-2", "--out", tmp_path / "a" / "b" / "run")
    assert os.listdir(tmp_path) == []
