"""`walras microgrid instance`: all numbers as a document, or tables for a reader."""

import json

import pytest
from support.command import assert_refused, settings, walras_command, walras_process

from walras.experiments.cli.printing import instance_tables
from walras.experiments.cli.printing.terms import all_terms
from walras.experiments.microgrid.instance_reading import read_instance

SITE = {
    "it_capacity_mw",
    "idle_mw",
    "pue",
    "renewable_mw",
    "dispatchable",
    "battery",
    "import_mw",
    "export_mw",
    "import_usd_per_mwh",
    "export_usd_per_mwh",
    "grid_t_per_mwh",
}
# Below these keys stand names of the instance.
NAMED = ("sites", "jobs", "classes")
BY_NAMES = ("demand_mw", "latency_ms", "network_usd_per_mwh")


def keys_of(document):
    for key, value in document.items():
        yield key
        if isinstance(value, dict) and key not in BY_NAMES:
            for below in value.values() if key in NAMED else [value]:
                yield from keys_of(below)


def plain(name):
    return name.casefold().replace("_", " ")


def test_the_document_has_the_keys_of_the_contract():
    document = walras_command("microgrid", "instance", "microgrid4", "--json").document
    assert list(document) == [
        "slots",
        "slot_hours",
        "sites",
        "jobs",
        "classes",
        "demand_mw",
        "latency_ms",
        "network_usd_per_mwh",
        "carbon_budget_t",
        "carbon_price_usd_per_t",
    ]
    assert (document["slots"], document["slot_hours"]) == (24, 1)
    assert (document["carbon_budget_t"], document["carbon_price_usd_per_t"]) == (None, 50)
    assert set(document["sites"]["site2"]) == SITE
    job = {"it_mw", "slots", "release", "deadline", "value_usd", "sites", "mandatory"}
    assert set(document["jobs"]["job12"]) == job
    assert set(document["latency_ms"]["region4"]) == set(document["sites"])


def test_what_is_printed_reads_back_bit_for_bit(tmp_path):
    given = ("--seed", 3, *settings("generator.sites=3", "classes.chat.latency_ms=40"))
    first = walras_command("microgrid", "instance", "microgrid4", "--json", *given)
    path = tmp_path / "whole.json"
    path.write_text(first.out)
    assert walras_command("microgrid", "instance", path, "--json").out == first.out
    assert len(first.document["sites"]) == 3
    assert first.document["classes"]["chat"]["latency_ms"] == 40
    assert (
        first.document["jobs"]
        == json.loads(read_instance("microgrid4", ["generator.sites=3"], 3).model_dump_json())["jobs"]
    )


@pytest.mark.parametrize("name", ["microgrid4", "microgrid10"])
def test_tables_fit_80_columns(name, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    answer = walras_command("microgrid", "instance", name)
    assert answer.code == 0
    assert max(map(len, answer.out.splitlines())) <= 80
    instance = read_instance(name)
    lines = [line.split()[:1] for line in answer.out.splitlines()]
    for label in (*instance.sites, *instance.jobs, *instance.demand_mw):
        assert [label] in lines


def test_every_key_and_heading_is_explained(monkeypatch):
    seen = []
    monkeypatch.setattr(
        instance_tables, "print_columns", lambda _, labels, columns: seen.extend(c.heading for c in (*labels, *columns))
    )
    overrides = settings("sites.site1.carbon_budget_t=1", "sites.site1.dispatchable.ramp_mw_per_slot=1")
    walras_command("microgrid", "instance", "microgrid4", *overrides)
    keys = set(keys_of(walras_command("microgrid", "instance", "microgrid4", "--json", *overrides).document))
    assert "ramp_mw_per_slot" in keys
    sites = set(read_instance("microgrid4").sites)
    # A number of MW or MWh of demand is one to any reader.
    explained = {plain(name) for term in all_terms() for name in term.names}
    assert sorted(name for name in {*keys, *seen} - sites - {"MW", "MWh"} if plain(name) not in explained) == []


def test_odd_instances_are_shown(tmp_path):
    path = tmp_path / "odd.yaml"
    path.write_text("generator: {sites: 1, jobs: 0, slots: 1}\ndemand_mw: {region1: {chat: [0], batch: [0]}}\n")
    answer = walras_command("microgrid", "instance", path)
    assert (answer.code, answer.err) == (0, "")
    document = walras_command("microgrid", "instance", path, "--json").document
    for key in ("demand_mw", "latency_ms", "network_usd_per_mwh", "jobs", "classes"):
        document[key] = {}
    path.with_suffix(".json").write_text(json.dumps(document))
    assert walras_command("microgrid", "instance", path.with_suffix(".json")).code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["microgrid7"], "is neither a file nor a built-in instance (microgrid10, microgrid4)"),
        (["microgrid4", *settings("slots=20")], "sites.site4.pue: has 24 numbers for 20 slots"),
        (["microgrid4", *settings("generator.slots=0")], "generator.slots: is 0"),
        (["microgrid4", *settings("slots")], "must read key.path=value"),
        (["microgrid4", "--seed", -1], "-1 is not in the range"),
        (["microgrid4", "--seed", 10**30], "generator.seed: is 1000000000000000000000000000000"),
        ([], "Missing argument"),
    ],
)
def test_wrong_input_is_refused_in_words(arguments, words):
    assert_refused(walras_command("microgrid", "instance", *arguments), words)


def test_without_a_command_it_tells_what_there_is():
    answer = walras_process("microgrid", "--help")
    assert answer.code == 0
    assert "instance" in answer.out
    assert_refused(walras_command("microgrid", "instanze"), "No such command 'instanze'")
