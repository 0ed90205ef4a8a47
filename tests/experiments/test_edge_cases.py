"""The smallest and oddest legal cases come out right."""

import pytest

from walras.coordinator import ADMM, Converged, MaxRounds, Status, run
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import parse_scenario

UNITS = (
    "unit_group,bus,unit_type,fuel,dispatch,capacity_mw,marginal_cost_usd_per_mwh,"
    "marginal_cost_slope_usd_per_mwh2,measured_kg_per_mwh\n"
    "G,1,steam,coal,market,100,10,0.1,900\n"
)
LINES = "line_id,from_bus,to_bus,reactance_pu,limit_mw\n"


@pytest.fixture
def build(tmp_path):
    def build(buses, lines, **sections):
        (tmp_path / "buses.csv").write_text(buses)
        (tmp_path / "lines.csv").write_text(LINES + lines)
        (tmp_path / "unit_groups.csv").write_text(UNITS)
        document = {
            "name": "small",
            "grid": {"source": str(tmp_path)},
            "producers": {"emission_rates": "measured"},
            **sections,
        }
        return build_market(parse_scenario(document))

    return build


def test_a_case_of_one_bus_clears(build, executor):
    # The baseline is 50 MWh at 10 + 5 = 15 $/MWh, and demand is calibrated on it.
    market = build("bus,load_mw,is_hub\n1,50,1\n", "")
    equilibrium = solve_monolith(market)
    assert equilibrium.prices == pytest.approx([15.0], abs=1e-5)
    result = run(market, ADMM(), executor, stop=Converged(1e-7) | MaxRounds(500))
    assert result.status == Status.CONVERGED
    assert result.best.prices == pytest.approx([15.0], abs=1e-3)


def test_a_case_without_load_and_datacenters_trades_nothing(build, executor):
    market = build("bus,load_mw,is_hub\n1,0,1\n2,0,0\n", "a,1,2,0.1,\n")
    result = run(market, ADMM(), executor, stop=MaxRounds(1))
    assert not result.best.allocation.trades.any()


def test_a_series_capacitor_beside_a_line_may_carry_more_than_all_units_produce(build):
    """Reactances 0.1 and -0.11 in parallel, no limits: 50 MW flow as 550 and -500, and the baseline is served.

    The equilibrium is the baseline that demand is calibrated on: 50 MWh at 15 $/MWh.
    """
    market = build("bus,load_mw,is_hub\n1,0,1\n2,50,0\n", "a,1,2,0.1,\nb,1,2,-0.11,\n")
    equilibrium = solve_monolith(market)
    assert equilibrium.prices[0] == pytest.approx(15.0, abs=1e-4)
