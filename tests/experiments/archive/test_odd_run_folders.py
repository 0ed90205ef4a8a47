"""Run folders in which something has another type: the file and the key are named, nothing is a traceback."""

import copy
import json
import shutil

import pandas as pd
import pytest
from support.command import assert_refused, walras_command
from support.small_sweep import write_small_scenario

from walras import decompose, load_scenario, with_monolith
from walras.experiments.archive.writer import write_run_folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    scenario = load_scenario(write_small_scenario(folder), ["coordinator.max_rounds=5"])
    return write_run_folder(with_monolith(decompose(scenario)), folder / "sound", lambda *_: []).path


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "odd")


def put(document, path, value):
    *way, last = path.split(".")
    for key in way:
        document = document[int(key) if isinstance(document, list) else key]
    document[last] = value


ODD = {
    "status": 3,
    "reason": None,
    "rounds": "many",
    "rounds ": None,
    "scenario": "\x1b[31mred",
    "certificate": [],
    "certificate.relative_gap": "small",
    "certificate.regret_usd": {"a": "b"},
    "seconds.build": None,
    "result.price_usd_per_mwh": {},
    "result.price_usd_per_mwh.1": [],
    "result.price_usd_per_mwh.2": 7,
    "result.lease.m": {"energy_mwh": [0]},
    "result.co2_t": None,
    "result.surplus_usd": [1],
    "equilibrium.seconds": "x",
    "equilibrium.result.lease": {},
    "equilibrium.interval": {"welfare_usd": [1]},
    "difference": None,
    "diagnosis.goods": [{}],
    "diagnosis.summary": 1,
    "scenario_document.grid": "case",
    "scenario_document.grid.source": 5,
}


@pytest.mark.parametrize("path", ODD)
@pytest.mark.parametrize("command", ["show", "plot"])
def test_a_value_of_another_type_is_named_with_its_place(folder, command, path):
    file = folder / "run.json"
    document = json.loads(file.read_text())
    put(document, path.strip(), ODD[path])
    file.write_text(json.dumps(document))
    before = {entry.name for entry in folder.iterdir()}
    named = path.strip().removesuffix(".m")
    assert_refused(walras_command(command, folder), f"{file}: {named}", "no run of walras")
    assert {entry.name for entry in folder.iterdir()} == before


TEXTS = {
    "NaN": "NaN is no number",
    "-Infinity": "-Infinity is no number",
    "1e999": "'1e999' is a number too large",
    "9" * 5000: "has 5000 digits",
    '{"a": 1, "a": 2}': "'a' is used twice",
    "[" * 100_000: "recursion",
}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:12])
def test_json_that_would_be_read_as_something_else_is_refused(folder, text):
    file = folder / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"seed": "@"}).replace('"@"', text))
    assert_refused(walras_command("show", folder, "--json"), f"{file}: cannot be read", TEXTS[text])


def test_figures_that_were_not_finite_are_shown_and_drawn(folder):
    file = folder / "run.json"
    document = json.loads(file.read_text())
    document["certificate"]["relative_gap"] = None
    for part in (document["result"], document["equilibrium"]["result"]):
        part["price_usd_per_mwh"]["1"] = [None]
        part["welfare_usd"] = None
    document["equilibrium"]["interval"] = {"welfare_usd": [None, 1.0]}
    if "diagnosis" in document:
        document["diagnosis"]["goods"][0]["imbalance"] = [None, None]
    file.write_text(json.dumps(document))
    shown = walras_command("show", folder, "-v")
    assert (shown.code, shown.err) == (0, "")
    assert "not finite" in shown.out
    assert walras_command("plot", folder, "--out", folder / "figures").code == 0


CHANGES = {
    "text for numbers": lambda table: table.assign(round="first"),
    "numbers for text": lambda table: (
        table.assign(kind=3) if "kind" in table else table.assign(round=None, dual_residual="x")
    ),
    "lists": lambda table: (
        table.assign(round=[[1]] * len(table)) if "round" in table else table.assign(good=[["a"]] * len(table))
    ),
    "dates": lambda table: table.assign(**{table.columns[0]: pd.Timestamp("2026-01-01")}),
    "another table": lambda table: pd.DataFrame({"foreign": [1]}),
}


@pytest.mark.parametrize("name", ["rounds.parquet", "prices.parquet", "trades.parquet"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_table_of_other_columns_is_named(folder, name, change):
    table = pd.read_parquet(folder / name)
    changed = CHANGES[change](copy.deepcopy(table))
    if name == "trades.parquet" and change == "text for numbers":
        changed = changed.assign(price="dear")
    changed.to_parquet(folder / name)
    for command in ("show", "plot"):
        assert_refused(walras_command(command, folder), str(folder / name), "no table of a run")


def test_a_run_on_a_grid_that_has_changed_since_is_not_drawn(folder):
    file = folder / "run.json"
    document = json.loads(file.read_text())
    for part in (document["result"], document["equilibrium"]["result"]):
        part["flow_mw"] = {"b": [0.0]}
    file.write_text(json.dumps(document))
    assert_refused(walras_command("plot", folder), str(file), "result.flow_mw has no a", "the grid has changed")
