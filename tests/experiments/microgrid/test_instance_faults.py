"""Instances that make no sense: every fault is reported with its path, the value and what is allowed."""

import copy
from contextlib import suppress

import pytest

from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.generating.generator import generated_document
from walras.experiments.microgrid.generating.generator_section import GeneratorSection
from walras.experiments.microgrid.instance_reading import parse_instance, read_instance
from walras.experiments.scenario.overrides import apply_overrides, parse_override

DOCUMENT = generated_document(GeneratorSection(sites=2, jobs=2, slots=3))

# Override: path of the fault, and words that its message must hold.
FAULTS = {
    "sites.site1.pue=[1.1]": ("sites.site1.pue", "has 1 numbers for 3 slots"),
    "sites.site2.grid_t_per_mwh=[]": ("sites.site2.grid_t_per_mwh", "has 0 numbers for 3 slots"),
    "sites.site1.pue.1=0.9": ("sites.site1.pue.1", "is 0.9", "greater than or equal to 1"),
    "sites.site1.pue=1.2": ("sites.site1.pue", "is 1.2", "valid list"),
    "sites.site1.renewable_mw.0=-1": ("sites.site1.renewable_mw.0", "is -1", "greater than or equal to 0"),
    "sites.site1.renewable_mw.0=.inf": ("sites.site1.renewable_mw.0", "is inf", "finite"),
    "sites.site1.it_capacity_mw=.nan": ("sites.site1.it_capacity_mw", "is nan", "finite"),
    "sites.site1.import_mw=1e10": ("sites.site1.import_mw", "10000000000", "less than or equal to"),
    "sites.site1.dispatchable.min_mw=9": ("sites.site1.dispatchable.min_mw", "is 9", "max_mw", "8.0"),
    "sites.site1.battery.initial_mwh=1": ("sites.site1.battery.min_mwh", "is 4.0", "initial_mwh", "1"),
    "sites.site1.battery.initial_mwh=41": ("sites.site1.battery.initial_mwh", "is 41", "max_mwh", "40.0"),
    "sites.site1.battery.charge_efficiency=0": ("sites.site1.battery.charge_efficiency", "is 0", "greater than 0"),
    "sites.site1.battery.size=0": ("sites.site1.battery.size", "unknown key", "max_mwh"),
    "jobs.job1.slots=0": ("jobs.job1.slots", "is 0", "greater than or equal to 1"),
    "jobs.job1.slots=1.5": ("jobs.job1.slots", "is 1.5", "valid integer"),
    "jobs.job1.release=-1": ("jobs.job1.release", "is -1", "greater than or equal to 0"),
    "jobs.job1.deadline=3": ("jobs.job1.deadline", "is 3", "the last slot is 2"),
    "jobs.job1.release=3": ("jobs.job1.release", "is 3", "at most the deadline", "2"),
    "jobs.job1.sites=[site9]": ("jobs.job1.sites", "'site9' is no site", "site1, site2"),
    "jobs.job1.sites=[site1, site1]": ("jobs.job1.sites", "'site1' is listed twice"),
    "jobs.job1.mandatory=3": ("jobs.job1.mandatory", "is 3", "boolean"),
    "demand_mw.region1.video=[1, 1, 1]": ("demand_mw.region1.video", "no class of inference", "chat, batch"),
    "demand_mw.region1.chat=[1, 1]": ("demand_mw.region1.chat", "has 2 numbers for 3 slots"),
    "latency_ms.region9={site1: 1, site2: 1}": ("latency_ms.region9", "no region of demand_mw", "region1, region2"),
    "latency_ms.region1={site1: 1}": ("latency_ms.region1", "nothing about site2", "every site"),
    "latency_ms.region1.site9=3": ("latency_ms.region1.site9", "no site", "site1, site2"),
    "network_usd_per_mwh={}": ("network_usd_per_mwh", "nothing about region1, region2"),
    "demand_mw.region3={}": ("latency_ms", "nothing about region3"),
    "classes.chat.latency_ms=-1": ("classes.chat.latency_ms", "is -1", "longest latency"),
    "classes={}": ("demand_mw.region1.chat", "no class of inference", "none"),
    "sites={}": ("sites", "at least 1"),
    "sites=[]": ("sites", "valid dictionary"),
    "carbon_budget_t=-1": ("carbon_budget_t", "is -1", "greater than or equal to 0"),
    "carbon_price_usd_per_t=dear": ("carbon_price_usd_per_t", "'dear'", "valid number"),
    "slot_hours=0": ("slot_hours", "is 0", "greater than 0"),
    "slots=two": ("slots", "'two'", "valid integer"),
    "slot=2": ("slot", "unknown key", "did you mean slots?"),
}
# Each has a meaning.
ALLOWED = (
    "jobs.job1.slots=50",
    "jobs.job1={it_mw: 3, slots: 3, release: 1, deadline: 2, value_usd: 5, sites: [site1], mandatory: true}",
    "jobs.job1.sites=[]",
    "jobs={}",
    "demand_mw.region1={}",
    "sites.site1.it_capacity_mw=0",
    "sites.site1.import_usd_per_mwh=[-50, 0, 1e3]",
    "sites.site1.battery={max_mwh: 0, min_mwh: 0, max_mw: 0, charge_efficiency: 1, discharge_efficiency: 1, "
    "initial_mwh: 0, wear_usd_per_mwh: 0}",
    "sites.site1.dispatchable.ramp_mw_per_slot=1",
    "sites.site1.carbon_budget_t=0",
    "latency_ms.region1={site1: 1e6, site2: 1e6}",
    "carbon_budget_t=0",
)


def overridden(*overrides):
    document = copy.deepcopy(DOCUMENT)
    apply_overrides(document, map(parse_override, overrides))
    return document


def faults_of(document):
    with pytest.raises(ScenarioError) as caught:
        parse_instance(document)
    return {fault.path: fault.message for fault in caught.value.faults}


@pytest.mark.parametrize("override", FAULTS)
def test_a_fault_is_reported_with_path_value_and_what_is_allowed(override):
    path, *words = FAULTS[override]
    message = faults_of(overridden(override))[path]
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize("override", ALLOWED)
def test_what_has_a_meaning_is_allowed(override):
    parse_instance(overridden(override))


def test_all_faults_come_at_once():
    """Those of the schema, and those across keys, whatever else is malformed."""
    overrides = ("slot_hours=0", "sites.site1.pue=[1]", "jobs.job1.deadline=7", "jobs.job2=3", "x=1")
    assert set(faults_of(overridden(*overrides))) == {
        "slot_hours",
        "sites.site1.pue",
        "jobs.job1.deadline",
        "jobs.job2",
        "x",
    }


@pytest.mark.parametrize("key", DOCUMENT)
@pytest.mark.parametrize("value", [None, 3, "x", [], [1], {}, {"a": 1}, {1: 2}, {"a": {"b": {"c": "d"}}}])
def test_a_malformed_part_is_a_fault_and_no_crash(key, value):
    with suppress(ScenarioError):
        parse_instance({**DOCUMENT, key: value})


@pytest.mark.parametrize("key", [key for key in DOCUMENT if not key.startswith("carbon")])
def test_every_key_is_needed(key):
    document = {name: value for name, value in DOCUMENT.items() if name != key}
    assert faults_of(document)[key].startswith("is missing")


def test_a_name_that_commands_the_terminal_is_refused_in_words_that_do_not():
    document = overridden("classes={}")
    document["classes"] = {"\x1b[2J": DOCUMENT["classes"]["chat"]}
    with pytest.raises(ScenarioError, match="control characters"):
        parse_instance(document)


def test_an_empty_generator_is_the_instance_of_four_sites(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("generator: {}\n")
    assert read_instance(path) == read_instance("microgrid4")
