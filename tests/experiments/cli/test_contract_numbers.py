"""What the numbers of the JSON document mean: checked against published figures and against the grid's own laws."""

import pytest
from cases.dc_opf import Rts24Pool
from support.command import walras_command

from walras.network import read_case

CASE = read_case("rts24")
HYPERSCALER_BUS = 24
MDC_BUS = {"mdc1": 12, "mdc2": 11, "mdc3": 17}


@pytest.fixture(scope="module")
def document():
    return walras_command("compare", "rts24", "--json").document


@pytest.fixture(scope="module", params=["decomposed", "monolith"])
def result(request, document):
    return document["result"] if request.param == "decomposed" else document["equilibrium"]["result"]


def test_nodal_prices_leases_and_co2_are_those_of_the_case_study(result):
    prices = {bus: result["price_usd_per_mwh"][bus][0] for bus in ("11", "12", "17", "24")}
    assert prices == pytest.approx({"11": 52.31, "12": 57.70, "17": 10.47, "24": 221.94}, abs=0.01)
    leased = {name: lease["energy_mwh"][0] for name, lease in result["lease"].items()}
    assert leased == pytest.approx({"mdc1": 12, "mdc2": 10, "mdc3": 2}, abs=1e-3)
    for lease in result["lease"].values():
        assert lease["price_usd_per_gpu"] == pytest.approx([0.1306], abs=5e-5)
    assert result["co2_t"]["system"] == pytest.approx(1612.19, abs=0.01)
    assert result["workload_cost_usd"]["mdc"] == pytest.approx(24 * 221.94, rel=1e-4)
    assert result["unique"] is True


def test_what_a_bus_generates_less_what_it_takes_flows_out_of_it(result):
    """Flows count from `from_bus` to `to_bus`; generation leaves hydro out, demand counts all conventional load."""
    injection = dict.fromkeys(CASE.grid.buses, 0.0)
    for group in CASE.unit_groups:
        injection[group.bus] += group.capacity_mw if group.fixed else result["generation_mwh"][group.name][0]
    for bus, (demand,) in result["demand_mwh"].items():
        injection[int(bus)] -= demand
    injection[HYPERSCALER_BUS] -= result["workload_mwh"]["local"]
    for name, bus in MDC_BUS.items():
        injection[bus] -= result["lease"][name]["purchases_mwh"][0]
    outflow = dict.fromkeys(CASE.grid.buses, 0.0)
    for line, start, end in zip(CASE.grid.line_ids, CASE.grid.from_bus, CASE.grid.to_bus, strict=True):
        outflow[start] += result["flow_mw"][line][0]
        outflow[end] -= result["flow_mw"][line][0]
    assert outflow == pytest.approx(injection, abs=0.02)


def test_lines_have_a_price_only_at_their_scaled_limit(result):
    limits = dict(zip(CASE.grid.line_ids, 0.6 * CASE.grid.limit_mw, strict=True))
    for line, (price,) in result["line_price_usd_per_mw"].items():
        flow = abs(result["flow_mw"][line][0])
        assert flow <= limits[line] + 0.02, line
        if price > 0:
            assert flow == pytest.approx(limits[line], abs=0.02), line


def test_units_run_where_their_marginal_cost_is_the_price_of_their_bus(result):
    between = 0
    for group in CASE.unit_groups:
        if group.fixed:
            continue
        (output,) = result["generation_mwh"][group.name]
        (price,) = result["price_usd_per_mwh"][str(group.bus)]
        marginal = group.cost_usd_per_mwh + group.cost_slope_usd_per_mwh2 * output
        assert -0.02 <= output <= group.capacity_mw + 0.02
        if output > 0.1:
            assert marginal <= price + 0.02, group.name
        if output < group.capacity_mw - 0.1:
            assert marginal >= price - 0.02, group.name
        between += 0.1 < output < group.capacity_mw - 0.1
    assert between > 0


def test_demand_lies_on_its_curve_or_is_covered_by_hydro(result):
    """Demand is calibrated at an elasticity of -0.2 on the least-cost dispatch for fixed load."""
    baseline = dict(zip(CASE.grid.buses, Rts24Pool(0.6).fixed_load_prices(), strict=True))
    hydro_share = 300 / sum(CASE.load_mw.values())
    for bus, (demand,) in result["demand_mwh"].items():
        (price,) = result["price_usd_per_mwh"][bus]
        load = CASE.load_mw[int(bus)]
        on_curve = load * (1 + 0.2 - 0.2 * price / baseline[int(bus)])
        assert demand == pytest.approx(max(on_curve, hydro_share * load), abs=0.02), bus
