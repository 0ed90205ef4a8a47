"""Breakpoints of a market small enough for paper: a hyperscaler between clean, dear energy and dirty, cheap energy.

Conventional load at bus 1 is 50 MWh at the price of the least-cost dispatch for it, with elasticity -0.2, so that
``d = 50 - 10 (p / p0 - 1)``. The hyperscaler's 20 MWh of work go where a MWh costs least, 900 kg of dirty energy with
kappa each.
"""

from pathlib import Path

import numpy as np
import pytest
from support.small_grid import small_document, write_case

from walras import parse_scenario
from walras.experiments.kappa_path.following import follow_kappa

CLEAN_USD, DIRTY_KG, WORK_MWH = 30.0, 900.0, 20.0


def market(folder: Path, *, clean_mw=100.0, clean_slope=0.0, dirty_slope=0.02, limit_mw=""):
    """The clean unit at bus 1 with load and work, the dirty one at bus 2."""
    clean = f"clean,1,nuclear,uranium,market,{clean_mw},{CLEAN_USD},{clean_slope},0"
    dirty = f"dirty,2,steam,coal,market,500,20,{dirty_slope},{DIRTY_KG}"
    case = write_case(
        folder / "case", buses="1,50,1\n2,0,0\n", lines=f"a,1,2,0.1,{limit_mw}\n", units=f"{clean}\n{dirty}\n"
    )
    work = {"name": "h", "bus": 1, "cost_weight": 0.5, "batches_mw": {"chat": WORK_MWH}}
    return parse_scenario(small_document(case, hyperscalers=[work], modular_datacenters=[]))


def price_with(dirty_work_mwh, slope=0.02):
    """``p = 20 + slope (d + work)`` with the demand above."""
    first = 20 + slope * 50
    return (20 + slope * (60 + dirty_work_mwh)) / (1 + slope * 10 / first)


def turns(path):
    return [point.kappa for point in path.breakpoints]


def test_the_merit_order_flips_where_a_kilogram_makes_up_for_the_price(tmp_path):
    path = follow_kappa(market(tmp_path))
    assert turns(path) == pytest.approx([(30 - price_with(20)) / 900, (30 - price_with(0)) / 900], rel=1e-8)
    assert [point.alpha for point in path.breakpoints] == pytest.approx([1 / (1 + kappa) for kappa in turns(path)])
    assert not any(point.is_jump for point in path.breakpoints)
    assert path.breakpoints[0].name == "clean starts generating; h's purchase from clean starts"
    assert path.breakpoints[1].name == "h's purchase from dirty stops"
    assert path.pieces[0].low == 0
    assert path.pieces[-1].high == pytest.approx(19)


def test_between_breakpoints_the_figures_are_those_on_paper(tmp_path):
    path = follow_kappa(market(tmp_path))
    for kappa in (0.0, 0.005, 0.0097, 0.02, 19.0):
        found = path.at(kappa)
        # Where both are bought, the dirty energy's price is such that they cost the same.
        price = np.clip(30 - 900 * kappa, price_with(0), price_with(20))
        demand = 50 - 10 * (price / 21 - 1)
        dirty = (price - 20) / 0.02 - demand
        assert found["price_usd_per_mwh.1"] == pytest.approx(price, abs=1e-6)
        assert found["co2_t.local"] == pytest.approx(0.9 * dirty, abs=1e-5)
        assert found["demand_mwh.1"] == pytest.approx(demand, abs=1e-6)
        assert found["workload_cost_usd.local"] == pytest.approx(price * dirty + 30 * (20 - dirty), abs=1e-3)


def test_a_small_clean_unit_fills_and_then_has_a_rent(tmp_path):
    path = follow_kappa(market(tmp_path, clean_mw=8, clean_slope=0.5))
    ends = [(30 - price_with(20)) / 900, (30 + 0.5 * 8 - price_with(12)) / 900]
    assert turns(path) == pytest.approx(ends, rel=1e-8)
    assert path.breakpoints[1].name == "clean reaches its capacity"
    # What 12 dirty MWh cost with their emissions, all 20 MWh do.
    assert path.at(5.0)["workload_price_usd_per_mwh.h"] == pytest.approx(price_with(12) + 4500, abs=1e-5)
    assert path.at(5.0)["co2_t.local"] == pytest.approx(10.8, abs=1e-6)
    assert path.at(5.0)["surplus_usd.clean"] == pytest.approx(8 * (price_with(12) + 4500 - 30) - 0.25 * 64, rel=1e-7)


def test_units_of_constant_cost_jump_and_both_sides_are_kept(tmp_path):
    path = follow_kappa(market(tmp_path, dirty_slope=0.0))
    (point,) = path.breakpoints
    assert point.kappa == pytest.approx(10 / 900, rel=1e-8)
    assert point.is_jump
    assert point.name.endswith("h's purchase from dirty stops")
    left, right = (piece.at(point.kappa)["co2_t.local"] for piece in path.pieces)
    assert (left, right) == pytest.approx((18, 0), abs=1e-5)
    # At the breakpoint itself the path has what is above it.
    assert path.at(point.kappa)["co2_t.local"] == pytest.approx(0, abs=1e-5)


def test_a_line_that_no_longer_binds_is_named(tmp_path):
    """At most 60 MWh reach bus 1: until work takes so little of them that they cost what making them costs, 21.2 $."""
    path = follow_kappa(market(tmp_path, limit_mw=60))
    (kappa, name), *_ = [(point.kappa, point.name) for point in path.breakpoints if "line" in point.name]
    assert name == "line a stops binding"
    assert kappa == pytest.approx((30 - 21.2) / 900, rel=1e-8)
    assert path.at(0.005)["flow_mw.a"] == pytest.approx(-60, abs=1e-6)
    assert path.at(0.005)["line_price_usd_per_mw.a"] == pytest.approx(30 - 4.5 - 21.2, abs=1e-6)


def test_a_range_has_an_order(tmp_path):
    scenario = market(tmp_path)
    path = follow_kappa(scenario, 0.5, 0.99)
    assert (path.pieces[0].low, path.pieces[-1].high) == pytest.approx((0.01 / 0.99, 1.0))
    with pytest.raises(ValueError, match="is not there"):
        path.at(2.0)
    for least, most in ((0.5, 0.4), (0.0, 1.0), (0.5, 1.1)):
        with pytest.raises(ValueError, match="in order"):
            follow_kappa(scenario, least, most)
