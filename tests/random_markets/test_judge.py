"""The judge of random markets: it knows an equilibrium on paper, passes right documents and names what is wrong."""

import copy
import json
from dataclasses import replace

import numpy as np
import pytest
from random_markets.baseline import baseline_prices, calibration_faults
from random_markets.generator import random_market
from random_markets.judge import judge
from random_markets.market_reading import read_market
from random_markets.observing import calibrated, command, outcome_of
from random_markets.quadratic import Quadratic, solve
from random_markets.reference import Calibrated, Welfare, optimum
from random_markets.serving import unserved_load, unserved_work

BUSES = "bus,load_mw,is_hub\n1,0,1\n2,80,0\n"
LINES = "line_id,from_bus,to_bus,reactance_pu,limit_mw\nL,1,2,0.1,{limit}\n"
UNITS = """unit_group,bus,unit_type,fuel,dispatch,capacity_mw,marginal_cost_usd_per_mwh,\
marginal_cost_slope_usd_per_mwh2,e_kg_per_mwh,ramp_mw_per_h
cheap,1,T,gas,market,100,10,0.1,400,
dear,2,T,oil,market,100,{dear},0.2,800,
"""
# Seeds and numbers of markets that clear quickly: with a closed line and work; hours, ramps and disclosed leases;
# forward contracts; and two with closed lines, between whose limits interior points found no way.
QUIET = (0, 9), (0, 30), (0, 63), (1, 63), (2, 46)
# Runs whose rounds were not repaired, between closed lines and rounding, so that nobody looked for ranges.
UNREPAIRED = (0, 361, "slope-bids", "batched"), (0, 575, "admm-anderson", "compiled"), (0, 599, "admm", "compiled")


def two_buses(folder, limit=30, dear=20):
    (folder / "buses.csv").write_text(BUSES)
    (folder / "lines.csv").write_text(LINES.format(limit=limit))
    (folder / "unit_groups.csv").write_text(UNITS.format(dear=dear))
    path = folder / "s.yaml"
    path.write_text("name: two buses\ngrid: {source: .}\nconsumers: {price_elasticity: -0.5}\n")
    return path


@pytest.fixture
def document(tmp_path):
    code, out, _ = command("run", two_buses(tmp_path), "--mechanism", "slope-bids", "--json", "-q")
    assert code == 0
    return json.loads(out)


def test_the_reference_knows_an_equilibrium_on_paper(tmp_path):
    """30 MWh come over the line at 13 $/MWh, 50 from the dear unit at 30: elasticity makes that the equilibrium."""
    path = two_buses(tmp_path)
    written = read_market(path)
    curves = calibrated(path, written)
    assert curves.intercept[1] == pytest.approx(90)
    assert curves.slope[1] == pytest.approx(60 / 80)
    best = optimum(Welfare(written, curves, [0], None))
    assert best.solution.is_exact
    assert best.solution.x == pytest.approx([30, 50, 80, 30, 50])
    assert best.programme.objective(best.solution.x) == pytest.approx(-(90 * 80 - 0.375 * 80**2 - 345 - 1250))


def test_a_wrong_calibration_is_named(tmp_path):
    path = two_buses(tmp_path)
    written = read_market(path)
    curves = calibrated(path, written)
    assert calibration_faults(written, curves) == []
    assert baseline_prices(written, 0) == pytest.approx(np.array([[13, 13], [30, 30]]))
    for wrong in (
        replace(curves, intercept=curves.intercept * 1.001),
        replace(curves, intercept=curves.intercept * 1.001, slope=curves.slope * 1.001),
        replace(curves, hydro=curves.hydro + 1),
        replace(curves, owed=curves.owed + 1),
        replace(curves, bound=curves.bound + 1),
    ):
        assert {fault.kind for fault in calibration_faults(written, wrong)} == {"calibration"}


def test_a_market_with_too_little_is_told_from_one_with_enough(tmp_path):
    assert unserved_load(read_market(two_buses(tmp_path))) == pytest.approx(0, abs=1e-9)
    text = (tmp_path / "unit_groups.csv").read_text().replace("dear,2,T,oil,market,100", "dear,2,T,oil,market,10")
    (tmp_path / "unit_groups.csv").write_text(text)
    lacking = read_market(tmp_path / "s.yaml")
    assert unserved_load(lacking) == pytest.approx(0.5)
    assert unserved_work(lacking) == 0


def test_a_right_document_passes(tmp_path, document):
    path = two_buses(tmp_path)
    written = read_market(path)
    assert judge(written, calibrated(path, written), document) == []


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        (lambda result: result["generation_mwh"].update(cheap=[100.001]), {"limit", "balance", "outside", "welfare"}),
        (lambda result: result["generation_mwh"].update(dear=[-1e-3]), {"limit", "balance", "outside", "welfare"}),
        (lambda result: result["flow_mw"].update(L=[30.0001]), {"limit"}),
        (lambda result: result["flow_mw"].update(L=[29.9]), {"balance"}),
        (lambda result: result["demand_mwh"].update({"2": [80.1]}), {"balance", "welfare"}),
        (lambda result: result["price_usd_per_mwh"].update({"2": [31.0]}), {"outside"}),
        (lambda result: result.update(welfare_usd=result["welfare_usd"] * (1 + 1e-5)), {"welfare"}),
        (lambda result: result["price_usd_per_mwh"].update({"2": [float("nan")]}), {"document"}),
        (lambda result: result.update(intervals={"price_usd_per_mwh": {"1": [[5, 6]]}}), set()),
    ],
)
def test_a_wrong_figure_is_named(tmp_path, document, change, kinds):
    path = two_buses(tmp_path)
    written = read_market(path)
    wrong = copy.deepcopy(document)
    change(wrong["result"])
    assert {fault.kind for fault in judge(written, calibrated(path, written), wrong)} == kinds


def test_what_is_not_unique_must_be_said(tmp_path, document):
    """Without a limit and with equal flat costs the two units may share the load as they like."""
    path = two_buses(tmp_path, limit="", dear=10)
    units = tmp_path / "unit_groups.csv"
    units.write_text(units.read_text().replace(",0.1,400", ",0,400").replace(",0.2,800", ",0,800"))
    code, out, _ = command("run", path, "--mechanism", "slope-bids", "--json", "-q")
    assert code == 0
    found = json.loads(out)
    written = read_market(path)
    curves = calibrated(path, written)
    found["result"].update(generation_mwh={"cheap": [60.0], "dear": [20.0]}, flow_mw={"L": [60.0]}, intervals={})
    assert {fault.kind for fault in judge(written, curves, found)} == {"unsaid"}
    said = {"generation_mwh": {"cheap": [[0, 80]], "dear": [[0, 80]]}, "flow_mw": {"L": [[0, 80]]}}
    found["result"]["intervals"] = said
    assert judge(written, curves, found) == []
    found["result"]["intervals"] = said | {"flow_mw": {"L": [[59, 61]]}}
    assert {fault.kind for fault in judge(written, curves, found)} == {"interval"}


def test_disclosed_leases_cost_what_the_model_says(tmp_path):
    """With V = 1 and kappa e = 1e4, u beyond V cost 1e4 (u - ln(1 + u))."""
    path = two_buses(tmp_path)
    path.write_text(
        path.read_text() + "disclosure: ex_ante\n"
        "hyperscalers: [{name: h, bus: 2, cost_weight: 0.5, batches_mw: {b: 10}}]\n"
        "modular_datacenters: [{name: m, bus: 1, capacity_mw: 8, curtailed_mw: 1, batches: [b]}]\n"
    )
    written = read_market(path)
    curves = Calibrated(*(np.array([[0.0], [value]]) for value in (90, 0.75, 0)), np.zeros((2, 1)), np.zeros((2, 1)))
    welfare = Welfare(written, curves, [0], np.array([[1e4]]))
    best = optimum(welfare)
    beyond = best.solution.x[welfare.at("beyond", 0, 0)]
    assert welfare.disclosure_cost(best.solution.x) == pytest.approx(1e4 * (beyond - np.log1p(beyond)))
    # Work moves out until the slope of that cost is what work at home costs more.
    at_home, at_lender = (
        best.solution.of_equal[list(welfare.equal).index((name, 0, 0))] for name in ("work", "offered")
    )
    assert 0 < beyond < 7
    assert 1e4 * beyond / (1 + beyond) == pytest.approx(abs(at_home) - abs(at_lender))


def test_disclosed_leases_that_are_worth_nothing_may_be_anywhere(tmp_path):
    """Mixes of 1e-11 kg/MWh: what a least squares solution leaves is another lease in each step."""
    path = two_buses(tmp_path)
    path.write_text(
        path.read_text() + "disclosure: ex_ante\n"
        "hyperscalers: [{name: h, bus: 1, cost_weight: 0.5, batches_mw: {b: 10}}]\n"
        "modular_datacenters: [{name: m, bus: 1, capacity_mw: 8, curtailed_mw: 1, batches: [b]},"
        "{name: n, bus: 1, capacity_mw: 8, curtailed_mw: 1, batches: [b]}]\n"
    )
    written = replace(read_market(path), rate=np.zeros(2))
    curves = Calibrated(*(np.array([[0.0], [value]]) for value in (90, 0.75, 0)), np.zeros((2, 1)), np.zeros((2, 1)))
    best = optimum(Welfare(written, curves, [0], np.full((2, 1), 1e-11)))
    assert best.solution.x[best.welfare.at("demand", 0, 0)] == pytest.approx(80)


@pytest.mark.parametrize(("seed", "number"), QUIET)
def test_random_markets_are_right(tmp_path, seed, number):
    market = random_market(seed, number)
    path = market.write(tmp_path)
    for mechanism, executor in market.runs:
        outcome = outcome_of(path, mechanism, executor)
        assert outcome["outcome"] == "right", outcome


@pytest.mark.parametrize(("seed", "number", "mechanism", "executor"), UNREPAIRED)
def test_rounds_of_random_markets_are_repaired(tmp_path, seed, number, mechanism, executor):
    outcome = outcome_of(random_market(seed, number).write(tmp_path), mechanism, executor)
    assert outcome["outcome"] == "right", outcome
    assert outcome["certificate"]["repaired_gap"] < 1e-6


def test_a_market_is_drawn_by_its_seed_and_number():
    assert random_market(3, 5) == random_market(3, 5)
    assert random_market(3, 5) != random_market(3, 6)


def test_the_reference_tells_small_costs_of_small_agents_apart():
    """Of g = d + a + b at 30 g, d worth 130 d - d^2 / 2, and 1e-4 of a and b together; a costs 1e-5 more."""
    problem = Quadratic(
        curvature=np.array([0.0, 1.0, 0.0, 0.0]),
        linear=np.array([30.0, -130.0, 1e-5, 0.0]),
        equal=np.array([[1.0, -1.0, -1.0, -1.0], [0.0, 0.0, 1.0, 1.0]]),
        value=np.array([0.0, 1e-4]),
        above=np.vstack([-np.eye(4), [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]),
        limit=np.array([0.0, 0.0, 0.0, 0.0, 1e-4, 1.2e-4]),
        size=np.array([100.0, 100.0, 1e-4, 1e-4]),
        worth=1e4,
    )
    np.testing.assert_allclose(solve(problem).x, [100.0001, 100.0, 0.0, 1e-4], atol=1e-9)
