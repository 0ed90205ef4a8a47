"""Where instances come from: built-in names, files of few numbers, whole instances, overrides."""

import json

import pytest

from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.instance_document import instance_document
from walras.experiments.microgrid.instance_reading import built_in_instances, read_instance

SMALL = "generator: {sites: 2, jobs: 3, slots: 6}\n"


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    return path


def faults_of(*arguments):
    with pytest.raises(ScenarioError) as caught:
        read_instance(*arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "file"), [("microgrid4", "a.json"), ("microgrid10", "a.json"), ("microgrid4", "a.yaml")]
)
def test_a_whole_instance_reads_back_bit_for_bit(tmp_path, name, file):
    instance = read_instance(name)
    path = tmp_path / file
    text = json.dumps(instance_document(instance))
    path.write_text(text)
    assert json.dumps(instance_document(read_instance(path))) == text


def test_optional_keys_stand_where_they_say_something(tmp_path, small):
    document = instance_document(read_instance(small))
    assert "carbon_budget_t" not in document["sites"]["site1"]
    assert "ramp_mw_per_slot" not in document["sites"]["site1"]["dispatchable"]
    assert document["carbon_budget_t"] is None
    given = ["sites.site1.carbon_budget_t=3", "sites.site1.dispatchable.ramp_mw_per_slot=2"]
    instance = read_instance(small, given)
    path = tmp_path / "whole.json"
    path.write_text(json.dumps(instance_document(instance)))
    assert read_instance(path) == instance
    assert instance.sites["site1"].carbon_budget_t == 3
    assert instance.sites["site1"].dispatchable.ramp_mw_per_slot == 2


def test_what_stands_beside_the_generator_counts_more(small):
    small.write_text(SMALL + "carbon_budget_t: 7\nclasses: {chat: {latency_ms: 20}}\n")
    instance, generated = read_instance(small), read_instance("microgrid4")
    assert instance.carbon_budget_t == 7
    assert instance.carbon_price_usd_per_t == generated.carbon_price_usd_per_t
    assert instance.classes["chat"] == generated.classes["chat"].model_copy(update={"latency_ms": 20.0})


def test_overrides_of_the_generator_count_before_all_others(small):
    instance = read_instance(small, ["sites.site3.import_mw=1", "generator.sites=3", "generator.jobs=0"])
    assert list(instance.sites) == ["site1", "site2", "site3"]
    assert instance.sites["site3"].import_mw == 1
    assert instance.jobs == {}


def test_an_override_of_one_job_leaves_the_others(small):
    instance = read_instance(small, ["jobs.job1.sites.1=site1", "jobs.job1.sites=[site2]"])
    assert [job.sites for job in instance.jobs.values()] == [["site2"], ["site1", "site2"], ["site1", "site2"]]


def test_the_seed_counts_more_than_overrides(small):
    assert read_instance(small, seed=5) == read_instance(small, ["generator.seed=5"])
    assert read_instance(small, ["generator.seed=4"], seed=5) == read_instance(small, seed=5)
    assert read_instance(small, seed=5) != read_instance(small)


def test_a_whole_instance_has_no_seed(tmp_path, small):
    path = tmp_path / "whole.json"
    path.write_text(json.dumps(instance_document(read_instance(small))))
    assert "--seed 5" in faults_of(path, (), 5)
    assert "whole instance" in faults_of(path, (), 5)
    assert "whole instance" in faults_of(path, ["generator.sites=3"])


def test_all_faults_of_the_generator_come_at_once(small):
    message = faults_of(small, ["generator.sites=0", "generator.slots=x", "generator.sights=1", "generator.seed=-1"])
    for words in ("generator.sites: is 0", "generator.slots: is 'x'", "did you mean sites?", "generator.seed: is -1"):
        assert words in message


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("x.yaml", "", "is empty; a mapping"),
        ("x.yaml", "- 3\n", "holds a list; a mapping"),
        ("x.yaml", "a: [\n", "line 2"),
        ("x.yaml", "generator:\n", "generator: is None"),
        ("x.json", "{", "is no plain JSON"),
        ("x.json", '{"slots": NaN}', "NaN is no number"),
        ("x.json", '{"slots": 1, "slots": 2}', "key 'slots' is used twice"),
        ("x.json", "[" * 100_000, "recursion"),
        ("x.json", "3", "holds a int"),
    ],
)
def test_a_file_that_is_no_instance_is_refused_in_words(tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text)
    assert words in faults_of(path)


@pytest.mark.parametrize("name", ["nowhere", "rts24", "", ".", "\0", "x" * 5000])
def test_an_unknown_name_is_told_what_there_is(name):
    assert "microgrid10, microgrid4" in faults_of(name)


def test_instances_come_with_the_package():
    assert built_in_instances() == ["microgrid10", "microgrid4"]
