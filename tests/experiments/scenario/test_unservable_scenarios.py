"""Scenarios that are well written and still cannot be served: too much workload, or a case that is no grid."""

import re
from dataclasses import replace

import pytest
from support.small_grid import small_document, write_case

from walras import build_market, load_scenario, parse_scenario
from walras.experiments.errors import ScenarioError
from walras.experiments.scenario import servability
from walras.experiments.scenario.setting import setting_of
from walras.experiments.settlement.feasibility import Limit, largest_workload
from walras.experiments.settlement.stacked_market import stack
from walras.network import read_case

DOCUMENT = load_scenario("rts24").model_dump(mode="json")
HYPERSCALER = DOCUMENT["hyperscalers"][0]


def scaled(factor):
    """The case study with all batches times a factor."""
    batches = {batch: factor * workload for batch, workload in HYPERSCALER["batches_mw"].items()}
    return parse_scenario(DOCUMENT | {"hyperscalers": [HYPERSCALER | {"batches_mw": batches}]})


def test_a_workload_that_cannot_be_served_is_refused_with_the_factor_that_can():
    with pytest.raises(ScenarioError, match="cannot be served") as caught:
        build_market(scaled(2))
    (fault,) = caught.value.faults
    assert fault.path == "hyperscalers"
    assert "570.0 MWh" in fault.message
    factor = float(re.search(r"at most ([\d.]+) times", fault.message)[1])
    assert 2 * factor == pytest.approx(1.807, abs=5e-4)


def test_the_largest_workload_is_1_807_times_the_case_study(rts24):
    assert largest_workload(rts24, stack(rts24)).factor == pytest.approx(1.807, abs=5e-4)


def test_a_workload_just_below_the_factor_is_served_and_just_above_it_refused():
    market = build_market(scaled(1.806))
    assert largest_workload(market, stack(market)).factor >= 1
    with pytest.raises(ScenarioError, match=r"at most 0\.99\d\d times"):
        build_market(scaled(1.809))


WORK = {"name": "h", "bus": 2, "cost_weight": 1.0, "batches_mw": {"chat": 20}}
VILLAGE = {"willingness_usd_per_mwh": [60.0], "slope_usd_per_mwh2": [1.0], "hydro_mwh": [0.0]}
HYDRO = "G,1,steam,coal,market,100,10,0.1,900\nH,2,hydro,water,fixed,40,0,0,0\n"
IN_QUESTION = {
    "work": {"hyperscalers": [WORK]},
    "forward contracts": {"consumers": {"forward_position": 0.5}},
    "an own agent": {"agents": [{"name": "village", "code": "walras.agents:Consumer", "bus": 2, **VILLAGE}]},
}
OUT_OF_QUESTION = {
    "nothing": {},
    "no work": {"hyperscalers": [WORK | {"batches_mw": {"chat": 0}}]},
    "hours without ramps": {"periods": 2, "load_profile": [0.6, 1.0]},
}


@pytest.mark.parametrize("case", IN_QUESTION)
def test_whether_all_can_be_served_is_asked_where_the_baseline_does_not_tell(case, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(servability, "largest_workload", lambda *_: asked.append(1) or Limit(1.0, ()))
    build_market(parse_scenario(small_document(write_case(tmp_path / "case"), **IN_QUESTION[case]), allow_code=True))
    assert asked


@pytest.mark.parametrize("case", OUT_OF_QUESTION)
def test_where_the_baseline_is_an_allocation_nothing_is_asked_and_all_can_be_served(case, tmp_path, monkeypatch):
    scenario = parse_scenario(small_document(write_case(tmp_path / "case", units=HYDRO), **OUT_OF_QUESTION[case]))
    market = build_market(scenario)
    assert largest_workload(market, stack(market)).factor >= 1
    monkeypatch.setattr(servability, "largest_workload", lambda *_: pytest.fail("it was asked"))
    build_market(scenario)


def test_ramps_may_keep_hours_from_their_baselines(tmp_path):
    scenario = parse_scenario(small_document(write_case(tmp_path / "case"), periods=2, load_profile=[0.6, 1.0]))
    setting = setting_of(scenario, read_case(scenario.grid.source))
    ramping = tuple(replace(unit, ramp_mw_per_h=5.0) for unit in setting.units)
    assert servability.baseline_clears(setting)
    assert not servability.baseline_clears(replace(setting, units=ramping))


# Rows of the three files that differ from a sound case: words of the message.
CASES = {
    "an island": ({"buses": "1,50,1\n2,20,0\n3,0,0\n"}, ("islands", "bus 3")),
    "a negative capacity": ({"units": "G,1,steam,coal,market,-100,10,0.1,900\n"}, ("G", "capacity_mw", "-100")),
    "a negative load": ({"buses": "1,50,1\n2,-20,0\n"}, ("bus 2", "load_mw", "-20")),
    "no hub": ({"buses": "1,50,0\n2,20,0\n"}, ("is_hub", "0 buses", "exactly one")),
    "an unknown end": ({"lines": "a,1,7,0.1,\n"}, ("line a", "unknown bus 7")),
    "a reactance of nan": ({"lines": "a,1,2,nan,\n"}, ("lines.csv", "reactance_pu", "is not a number")),
    "a word for a number": ({"lines": "a,1,2,low,\n"}, ("reactance_pu", "'low'", "line 2")),
    "a blank emission rate": ({"units": "G,1,steam,coal,market,100,10,0.1,\n"}, ("G", "kg_per_mwh", "nan")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_case_folder_that_describes_no_grid_is_a_fault_of_the_source(tmp_path, case):
    rows, needles = CASES[case]
    with pytest.raises(ScenarioError) as caught:
        parse_scenario(small_document(write_case(tmp_path / "case", **rows)))
    (fault,) = caught.value.faults
    assert fault.path == "grid.source"
    for needle in needles:
        assert needle in fault.message


@pytest.mark.parametrize("name", ["buses.csv", "lines.csv", "unit_groups.csv"])
def test_a_file_that_a_case_folder_lacks_is_named(tmp_path, name):
    case = write_case(tmp_path / "case")
    (case / name).unlink()
    with pytest.raises(ScenarioError, match=rf"grid\.source: .*{name}: cannot be read: file is missing"):
        parse_scenario(small_document(case))


def test_fixed_load_beyond_lines_or_units_is_refused_with_both_numbers(tmp_path):
    overloaded = write_case(tmp_path / "units", buses="1,50,1\n2,70,0\n")
    cut = write_case(tmp_path / "lines", lines="a,1,2,0.1,19\n")
    for case, load in ((overloaded, "120.0 MW"), (cut, "70.0 MW")):
        with pytest.raises(ScenarioError, match="cannot serve the fixed load") as caught:
            build_market(parse_scenario(small_document(case)))
        assert load in str(caught.value)
        assert "units of 100.0 MW" in str(caught.value)
