"""Scenarios that make no sense: every fault is reported with its path, the value and what is allowed."""

import copy

import pytest

from walras import load_scenario, parse_scenario
from walras.experiments.errors import ScenarioError

DOCUMENT = load_scenario("rts24").model_dump(mode="json")

# Override: path of the fault, and words that its message must hold.
FAULTS = {
    "hyperscalers.0.bus=99": ("hyperscalers.0.bus", "99", "1, 2, 3"),
    "modular_datacenters.mdc2.bus=0": ("modular_datacenters.1.bus", "0 is no bus", "1, 2, 3"),
    "modular_datacenters.0.capacity_mw=-12": ("modular_datacenters.0.capacity_mw", "-12", "greater than or equal to 0"),
    "modular_datacenters.0.curtailed_mw=-2": ("modular_datacenters.0.curtailed_mw", "-2", "at least 0"),
    "modular_datacenters.0.capacity_mw=.nan": ("modular_datacenters.0.capacity_mw", "nan", "finite number"),
    "modular_datacenters.0.capacity_mw=.inf": ("modular_datacenters.0.capacity_mw", "inf", "finite number"),
    "hyperscalers.0.batches_mw.batch1=-75": ("hyperscalers.0.batches_mw.batch1", "-75", "at least 0"),
    "hyperscalers.0.batches_mw.batch1=.nan": ("hyperscalers.0.batches_mw.batch1", "nan", "finite"),
    "hyperscalers.0.batches_mw.batch1=[.inf]": ("hyperscalers.0.batches_mw.batch1", "inf", "finite"),
    "hyperscalers.0.cost_weight=0": ("hyperscalers.0.cost_weight", "is 0", "greater than 0"),
    "hyperscalers.0.cost_weight=1.5": ("hyperscalers.0.cost_weight", "1.5", "less than or equal to 1"),
    "grid.line_limit_scale=.nan": ("grid.line_limit_scale", "nan", "finite"),
    "grid.line_limit_scale=.inf": ("grid.line_limit_scale", "inf", "finite"),
    "grid.line_limit_scale=0": ("grid.line_limit_scale", "is 0", "greater than 0"),
    "gpu_rating_kw=-.inf": ("gpu_rating_kw", "-inf", "finite"),
    "consumers.price_elasticity=0.2": ("consumers.price_elasticity", "0.2", "less than 0"),
    "consumers.price_elasticity=.nan": ("consumers.price_elasticity", "nan", "finite"),
    "producers.hydro_injection_mw=.inf": ("producers.hydro_injection_mw", "inf", "finite"),
    "producers.emission_rates=epa": ("producers.emission_rates", "'epa'", "rts96, surrogate"),
    "producers.emission_rates={coal: -1}": ("producers.emission_rates", "-1", "at least 0"),
    "producers.emission_rates={peat: 1}": ("producers.emission_rates.peat", "no unit group", "coal"),
    "producers.emission_rates={coal: 1}": ("producers.emission_rates", "says nothing about U20@1", "distillate oil"),
    "producers.emission_rates=7": ("producers.emission_rates", "is 7", "a mapping"),
    "coordinator.mechanism=newton": ("coordinator.mechanism", "'newton'", "admm, "),
    "coordinator.tolerance=0": ("coordinator.tolerance", "is 0", "greater than 0"),
    "coordinator.tolerance=.nan": ("coordinator.tolerance", "nan"),
    "coordinator.max_rounds=0": ("coordinator.max_rounds", "is 0", "greater than or equal to 1"),
    "modular_datacenters.2.batches=[batch4, batch9]": ("modular_datacenters.2.batches", "'batch9'", "batch1, batch2"),
    "modular_datacenters.2.batches=[batch4, batch4]": ("modular_datacenters.2.batches", "'batch4'", "once"),
    "modular_datacenters.1.name=mdc1": ("modular_datacenters.1.name", "'mdc1'", "once"),
    "modular_datacenters.1.name=hyperscaler": ("modular_datacenters.1.name", "'hyperscaler'", "once"),
    "load_profile=[1.0, 0.9]": ("load_profile", "2 numbers", "1 periods"),
    "modular_datacenters.0.curtailed_mw=[2, 2]": ("modular_datacenters.0.curtailed_mw", "2 numbers", "1 periods"),
    "hyperscalers.0.batches_mw.batch1=[]": ("hyperscalers.0.batches_mw.batch1", "0 numbers", "1 periods"),
    "producers.hydro_injection_mw=[1, 2, 3]": ("producers.hydro_injection_mw", "3 numbers", "1 periods"),
    "periods=0": ("periods", "is 0", "greater than or equal to 1"),
    "periods=1.5": ("periods", "1.5", "valid integer"),
    "periods=many": ("periods", "'many'", "valid integer"),
    "grid=rts24": ("grid", "'rts24'", "dictionary"),
    "grid.source=nowhere": ("grid.source", "nowhere", "rts24"),
    "grid.source=24": ("grid.source", "is 24", "valid string"),
    "name=[rts24]": ("name", "rts24", "valid string"),
    "load_profile=1.0": ("load_profile", "is 1.0", "valid list"),
    "load_profile=[high]": ("load_profile.0", "'high'", "valid number"),
    "seed=-1": ("seed", "is -1", "greater than or equal to 0"),
    "disclosure=never": ("disclosure", "'never'", "ex_post"),
    "selection=random": ("selection", "'random'", "least_norm"),
    "disclosed_intensity=per_mwh": ("disclosed_intensity", "'per_mwh'", "per_used_mwh", "per_purchased_mwh"),
    "consumers.forward_position=1.2": ("consumers.forward_position", "1.2", "less than or equal to 1"),
    "consumers.forward_position=-0.1": ("consumers.forward_position", "-0.1", "greater than or equal to 0"),
    "consumers.forward_position=.nan": ("consumers.forward_position", "nan"),
    "consumers.forward_position=most": ("consumers.forward_position", "'most'", "valid number"),
    "consumers.forward_basis=pool": ("consumers.forward_basis", "'pool'", "generator", "consumer", "contract"),
    "purchase_mix_kg_per_mwh=600": ("purchase_mix_kg_per_mwh", "600", "dictionary"),
    "purchase_mix_kg_per_mwh={mdc9: 600}": ("purchase_mix_kg_per_mwh.mdc9", "'mdc9'", "mdc1, mdc2, mdc3"),
    "purchase_mix_kg_per_mwh={hyperscaler: 600}": ("purchase_mix_kg_per_mwh.hyperscaler", "mdc1, mdc2, mdc3"),
    "purchase_mix_kg_per_mwh={mdc1: -1}": ("purchase_mix_kg_per_mwh.mdc1", "-1", "at least 0"),
    "purchase_mix_kg_per_mwh={mdc1: .inf}": ("purchase_mix_kg_per_mwh.mdc1", "inf", "finite"),
    "purchase_mix_kg_per_mwh={mdc1: dirty}": ("purchase_mix_kg_per_mwh.mdc1", "'dirty'", "finite number"),
    "purchase_mix_kg_per_mwh={mdc1: [1, 2]}": ("purchase_mix_kg_per_mwh.mdc1", "2 numbers", "1 periods"),
    "purchase_mix_kg_per_mwh={mdc1: 600}": ("purchase_mix_kg_per_mwh", "only with ex ante", "ex_ante", "null"),
    "grid.sauce=rts24": ("grid.sauce", "unknown key", "walras schema"),
    "hyperscalers.0.busses=24": ("hyperscalers.0.busses", "unknown key", "walras schema"),
    "kappa=0.1": ("kappa", "unknown key", "walras schema"),
}


def faults_of(document) -> dict[str, str]:
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(document)
    return {fault.path: fault.message for fault in caught.value.faults}


def changed(**sections):
    return copy.deepcopy(DOCUMENT) | sections


@pytest.mark.parametrize("override", FAULTS)
def test_a_fault_is_reported_with_its_path_the_value_and_what_is_allowed(override):
    path, *needles = FAULTS[override]
    with pytest.raises(ScenarioError) as caught:
        load_scenario("rts24", [override])
    message = next(fault.message for fault in caught.value.faults if fault.path == path)
    for needle in needles:
        assert needle in message
    assert f"rts24: {path}: {message}" in str(caught.value)


MIX_FAULTS = [override for override in FAULTS if override.startswith("purchase_mix") and ": 600" not in override]


@pytest.mark.parametrize("override", [*MIX_FAULTS, "purchase_mix_kg_per_mwh={mdc9: 600}"])
def test_what_is_wrong_with_a_purchase_mix_is_said_once(override):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("rts24", ["disclosure=ex_ante", override])
    assert [fault.path for fault in caught.value.faults] == [FAULTS[override][0]]


def test_an_imposed_mix_with_ex_ante_disclosure_is_accepted():
    mixes = load_scenario("rts24", ["disclosure=ex_ante", "purchase_mix_kg_per_mwh={mdc1: [600], mdc2: 3}"])
    assert mixes.purchase_mix_kg_per_mwh == {"mdc1": [600], "mdc2": 3}


@pytest.mark.parametrize("section", ["hyperscalers", "modular_datacenters"])
def test_every_key_that_a_participant_lacks_is_named(section):
    needed = {"hyperscalers": {"bus", "cost_weight", "batches_mw"}}
    needed["modular_datacenters"] = {"bus", "capacity_mw", "curtailed_mw", "batches"}
    faults = faults_of({"name": "a", section: [{"name": "x"}]})
    assert set(faults) == {f"{section}.0.{key}" for key in needed[section]}
    assert all(message.startswith("is missing") for message in faults.values())


def test_a_scenario_needs_a_name():
    document = changed()
    del document["name"]
    assert faults_of(document) == {"name": "is missing"}


@pytest.mark.parametrize("document", [None, [], "rts24", 3])
def test_what_is_no_mapping_is_no_scenario(document):
    assert "a mapping of keys is needed" in faults_of(document)[""]


def test_a_batch_belongs_to_one_hyperscaler():
    first = DOCUMENT["hyperscalers"][0]
    second = first | {"name": "rival", "batches_mw": {"batch3": 1, "batch6": 1}}
    faults = faults_of(changed(hyperscalers=[first, second]))
    assert list(faults) == ["hyperscalers.1.batches_mw.batch3"]
    assert "hyperscalers.0" in faults["hyperscalers.1.batches_mw.batch3"]


def test_many_faults_are_reported_at_once_and_each_once():
    overrides = [
        "hyperscalers.0.bus=99",
        "modular_datacenters.0.capacity_mw=-1",
        "modular_datacenters.1.batches=[batch9]",
        "coordinator.mechanism=newton",
        "load_profile=[1.0, 1.0]",
        "producers.emission_rates=epa",
        "kappa=1",
        "grid.line_limit_scale=.nan",
    ]
    with pytest.raises(ScenarioError) as caught:
        load_scenario("rts24", overrides)
    expected = [FAULTS[overrides[0]][0], "modular_datacenters.0.capacity_mw", "modular_datacenters.1.batches"]
    expected += [override.partition("=")[0] for override in overrides[3:]]
    assert sorted(fault.path for fault in caught.value.faults) == sorted(expected)


def test_a_fault_brings_no_faults_that_follow_from_it():
    """Without readable hyperscalers nobody can say which batches there are."""
    assert list(faults_of(changed(hyperscalers=3))) == ["hyperscalers"]
