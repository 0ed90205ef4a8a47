"""`walras why`: tables, one JSON document, a figure, and what is wrong in words."""

import json
import shutil

import pytest
from support.command import assert_refused, settings, walras_command

from walras.experiments.cli.printing.terms import term_of
from walras.experiments.sweep.kept_sweep import IDENTITY_FILE

FAST = ["--mechanism", "slope-bids", "--executor", "batched", "--quiet"]


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("why") / "run"
    assert walras_command("run", "rts24", *FAST, "--out", folder).code == 0
    return folder


@pytest.fixture(scope="module")
def told():
    return walras_command("why", "rts24", "--bus", 15, "--json").document


def test_a_document_says_who_and_what_set_the_price(told):
    assert (told["scenario"], told["bus"], told["hour"], told["hours"]) == ("rts24", "15", 1, 1)
    price = told["price_usd_per_mwh"]
    assert len(price) == len(told["marginal_emissions_kg_per_mwh"]) == 24
    set_by = told["set_by"]
    assert sum(one["yields_mwh"] for one in set_by["agents"]) == pytest.approx(1)
    assert sum(one["price_part_usd_per_mwh"] for one in set_by["agents"]) == pytest.approx(price["15"])
    assert set_by["agents_for_one_less"] is None
    lines = sum(line["price_part_usd_per_mwh"] for line in set_by["lines"])
    assert price[set_by["hub"]] + lines == pytest.approx(price["15"])
    less, more = told["marginal_emissions_kg_per_mwh"]["15"]
    assert less == more == pytest.approx(sum(one["emissions_kg"] for one in set_by["agents"]))
    assert told["derivatives"]["load"]["15"]["co2_kg.system"] == [less, more]
    assert set(told["derivatives"]) == {
        "load", "line_limit", "cost_weight", "emission_rate", "marginal_cost", "capacity",
    }  # fmt: skip
    assert list(told["not_unique"]) == ["co2_kg.mdc"]
    assert told["point"]["kkt_residual"] < 1e-9
    assert told["point"]["run_price_difference_usd_per_mwh"] is None


def test_every_key_and_heading_is_explained(told):
    keys = {*told, *told["point"], *told["set_by"], *told["set_by"]["agents"][0], *told["set_by"]["lines"][0]}
    keys |= {*told["derivatives"], *(figure.partition(".")[0] for figure in told["derivatives"]["load"]["15"])}
    unexplained = {key for key in keys if term_of(key) is None} - {"scenario", "hours", "bus", "name"}
    assert not unexplained


def test_a_run_folder_is_explained_and_held_against_its_equilibrium(run_folder, told):
    document = walras_command("why", run_folder, "--bus", 15, "--json").document
    assert document["point"].pop("run_status") == "converged"
    assert document["point"].pop("run_price_difference_usd_per_mwh") < 1e-6
    assert document["price_usd_per_mwh"] == pytest.approx(told["price_usd_per_mwh"])
    answer = walras_command("why", run_folder)
    assert answer.code == 0
    assert "energy at bus 24 costs 221.9 $/MWh" in answer.out
    assert "prices of the run are those of the equilibrium to" in answer.out


def test_a_run_that_did_not_converge_is_said_to_be_none(tmp_path):
    short = walras_command("run", "rts24", *settings("coordinator.max_rounds=2"), "--quiet", "--out", tmp_path / "run")
    assert short.code == 3
    answer = walras_command("why", tmp_path / "run")
    assert answer.code == 0
    assert "the run ended without converging (not_converged): all here is of the equilibrium" in " ".join(
        answer.out.split()
    )


def test_a_run_ex_ante_keeps_the_mix_that_it_disclosed(tmp_path):
    mix = ["disclosure=ex_ante", 'purchase_mix_kg_per_mwh={"mdc1": 500, "mdc2": 300}']
    assert walras_command("run", "rts24_paper", *settings(*mix), "--quiet", "--out", tmp_path / "run").code == 0
    answer = walras_command("why", tmp_path / "run", "--bus", 11)
    assert answer.code == 0
    assert "mdc1, hour 1: 500, mdc2, hour 1: 300" in " ".join(answer.out.split())
    document = json.loads((tmp_path / "run" / "run.json").read_text())
    del document["disclosure"]["mix_kg_per_mwh"]["mdc2"]
    (tmp_path / "run" / "run.json").write_text(json.dumps(document))
    assert_refused(
        walras_command("why", tmp_path / "run"), "run.json: disclosure.mix_kg_per_mwh says nothing of", "mdc2"
    )


def test_tables_and_figure(tmp_path):
    answer = walras_command(
        "why",
        "rts24",
        "--set",
        "producers.emission_rates=surrogate",
        "--bus",
        3,
        "--verbose",
        "--out",
        tmp_path / "drawn",
    )
    assert answer.code == 0
    for words in ("energy at bus 3 costs 149.5 $/MWh", "full line", "alpha of hyperscaler", "not unique: co2_kg.mdc"):
        assert words in answer.out
    assert {path.name for path in (tmp_path / "drawn").iterdir()} == {
        "marginal_emissions.png",
        "marginal_emissions.svg",
    }


@pytest.mark.parametrize(
    "overrides",
    [
        ["hyperscalers=[]"],
        ["modular_datacenters=[]"],
        ["hyperscalers=[]", "modular_datacenters=[]", "trade=pooled"],
        ['hyperscalers.hyperscaler.batches_mw={"batch1": 0}', "modular_datacenters=[]"],
        ["disclosure=ex_ante", "hyperscalers.hyperscaler.cost_weight=1"],
    ],
    ids=" ".join,
)
def test_markets_without_somebody_are_explained_too(overrides):
    answer = walras_command("why", "rts24", *settings(*overrides), "--json")
    assert (answer.code, answer.err) == (0, "")
    emissions = answer.document["marginal_emissions_kg_per_mwh"].values()
    assert len(emissions) == 24
    assert all(less == more and abs(more) < 2000 for less, more in emissions)


def test_a_weight_of_one_can_only_fall():
    document = walras_command("why", "rts24", *settings("hyperscalers.hyperscaler.cost_weight=1"), "--json").document
    less, more = document["derivatives"]["cost_weight"]["hyperscaler"]["price_usd_per_mwh.24"]
    assert (less, more) == (pytest.approx(0, abs=1e-6), None)


TWO_VALUES = """
name: two
disclosure: ex_ante
hyperscalers:
  - {name: north, bus: 24, cost_weight: 0.5, batches_mw: {chat: 60}}
  - {name: south, bus: 3, cost_weight: 0.9, batches_mw: {code: 20}}
modular_datacenters:
  - {name: windside, bus: 17, capacity_mw: 10, curtailed_mw: 2, batches: [chat, code]}
"""


def test_wrong_input_is_refused_in_words(run_folder, tmp_path):
    assert_refused(walras_command("why", "rts24", "--bus", 99), "--bus is 99", "1, 2, 3")
    assert_refused(walras_command("why", "rts24", "--hour", 2), "--hour is 2", "hour 1 alone")
    assert_refused(walras_command("why", tmp_path / "nowhere"), "neither a file nor a built-in scenario")
    assert_refused(walras_command("why", tmp_path), "run.json", "is missing")
    assert_refused(walras_command("why", run_folder, "--set", "seed=1"), "--set is for scenarios")
    (tmp_path / "swept").mkdir()
    (tmp_path / "swept" / IDENTITY_FILE).write_text("{}")
    assert_refused(walras_command("why", tmp_path / "swept"), "is a sweep; name one of its runs")
    (tmp_path / "two.yaml").write_text(TWO_VALUES)
    assert_refused(walras_command("why", tmp_path / "two.yaml"), "hyperscalers: value emissions differently")
    assert_refused(walras_command("why", "rts24", "--out", run_folder / "run.json"), "is no folder")


def test_a_broken_run_folder_is_refused_in_words(run_folder, tmp_path):
    shutil.copytree(run_folder, tmp_path / "broken")
    path = tmp_path / "broken" / "run.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "added_agents": ["village"]}))
    assert_refused(walras_command("why", tmp_path / "broken"), "village joined in Python")
    document["scenario_document"]["grid"]["line_limit_scale"] = -1
    path.write_text(json.dumps(document))
    assert_refused(walras_command("why", tmp_path / "broken"), "grid.line_limit_scale")
    path.write_text("{")
    assert_refused(walras_command("why", tmp_path / "broken"), "run.json: cannot be read")


def test_a_point_beside_a_limit_says_that_its_rates_are_for_small_changes():
    near, far = (walras_command("why", scenario) for scenario in ("rts24_paper", "rts24"))
    assert (near.code, far.code) == (0, 0)
    assert "careful: U400@21 is so near to a limit" in " ".join(near.out.split())
    assert "careful" not in far.out


def test_a_folder_for_figures_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("kept")
    assert_refused(walras_command("why", "rts24", "--out", tmp_path / "file" / "within"), "cannot be made")
