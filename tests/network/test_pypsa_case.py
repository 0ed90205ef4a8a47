"""PyPSA networks, where it is installed, against its own optimisation."""

import numpy as np
import pytest

from walras.experiments.scenario.calibration import least_cost_dispatch
from walras.network import GridError, case_from_pypsa, read_case, write_folder

pypsa = pytest.importorskip("pypsa", reason="needs the extra pypsa")

HOURS = range(3)


@pytest.fixture
def network():
    """Three AC buses in a ring of two lines and a transformer, and a hydrogen bus that does not count."""
    net = pypsa.Network()
    net.set_snapshots(HOURS)
    for place, name in enumerate(("north", "mid", "south")):
        net.add("Bus", name, v_nom=380.0, x=place, y=0.5)
    net.add("Bus", "tank", carrier="H2")
    net.add("Link", "electrolysis", bus0="mid", bus1="tank", p_nom=10)
    net.add("Line", "a", bus0="north", bus1="mid", x=20.0, s_nom=80, s_max_pu=0.7)
    net.add("Line", "b", bus0="mid", bus1="south", x=6.0, s_nom=500)
    net.add("Line", "off", bus0="mid", bus1="south", x=1.0, s_nom=1, active=False)
    net.add("Transformer", "t", bus0="north", bus1="south", x=0.1, s_nom=100, model="t", tap_ratio=1.02)
    net.add("Generator", "w", bus="north", p_nom=200, p_max_pu=[0.3, 0.9, 0.1], carrier="wind", marginal_cost=1.0)
    for name in ("c1", "c2"):
        net.add(
            "Generator",
            name,
            bus="south",
            p_nom=100,
            carrier="coal",
            marginal_cost=[20, 25, 20],
            marginal_cost_quadratic=0.1,
            efficiency=0.4,
            ramp_limit_up=0.3,
            ramp_limit_down=0.5,
        )
    net.add("Generator", "g", bus="mid", p_nom=150, carrier="gas", marginal_cost=50, efficiency=0.5, control="Slack")
    net.add("Load", "l1", bus="mid", p_set=[120, 150, 100])
    net.add("Load", "l2", bus="south", p_set=40)
    net.add("Load", "l3", bus="north", p_set=-5)
    return net


def test_it_is_read_by_the_stated_rules(network):
    network.add("Carrier", ["coal", "wind", "gas"], co2_emissions=[0.34, 0, 0.2])
    case = case_from_pypsa(network, 1)
    assert (case.grid.buses, case.grid.hub) == ((1, 2, 3), 2)
    assert case.grid.line_ids == ("a", "b", "transformer t")
    assert case.grid.limit_mw.tolist() == [56.0, 500.0, 100.0]
    np.testing.assert_allclose(case.grid.reactance_pu, [20 / 380**2, 6 / 380**2, 0.1 / 100 * 1.02])
    assert case.load_mw == {2: 150.0, 3: 40.0}
    assert case.positions == {1: (0.0, 0.5), 2: (1.0, 0.5), 3: (2.0, 0.5)}
    wind, coal, gas, injection = case.unit_groups
    assert (wind.name, wind.capacity_mw, wind.ramp_mw_per_h) == ("w", 180.0, None)
    assert (coal.name, coal.bus, coal.capacity_mw, coal.ramp_mw_per_h) == ("c1", 3, 200.0, 60.0)
    assert (coal.cost_usd_per_mwh, coal.cost_slope_usd_per_mwh2) == (25.0, pytest.approx(0.1))
    rates = [group.emission_rates_kg_per_mwh["by_fuel"] for group in (wind, coal, gas)]
    assert rates == pytest.approx([0.0, 850.0, 400.0])
    assert (injection.bus, injection.fixed, injection.capacity_mw) == (1, True, 5.0)


def test_without_emissions_of_its_own_the_table_of_fuels_is_used(network):
    rates = {group.name: group.emission_rates_kg_per_mwh["by_fuel"] for group in case_from_pypsa(network).unit_groups}
    assert (rates["c1"], rates["g"], rates["w"]) == (1050.0, 437.0, 0.0)


def test_prices_are_those_of_its_own_optimisation(network):
    # The baseline takes each hour by itself, without ramp limits. PyPSA 1.2 would keep the inactive line, without
    # flow, in its cycle constraints.
    network.generators["ramp_limit_up"] = network.generators["ramp_limit_down"] = np.nan
    network.remove("Line", "off")
    cases = [case_from_pypsa(network, hour) for hour in HOURS]
    status, _ = network.optimize(solver_name="highs", log_to_console=False)
    assert status == "ok"
    for hour, case in zip(HOURS, cases, strict=True):
        load, injection = np.zeros((3, 1)), np.array([[5.0], [0.0], [0.0]])
        for bus, value in case.load_mw.items():
            load[bus - 1] = value
        actual = least_cost_dispatch(case.grid, case.unit_groups[:3], load, injection).price_usd_per_mwh[:, 0]
        expected = network.buses_t.marginal_price.loc[hour, ["north", "mid", "south"]]
        np.testing.assert_allclose(actual, expected, atol=1e-4)


def test_it_can_be_written_and_named_in_a_scenario(network, tmp_path):
    write_folder(case_from_pypsa(network, 2), tmp_path / "net")
    back = read_case(tmp_path / "net")
    assert [group.name for group in back.unit_groups] == ["w", "c1", "g", "injection@1"]
    assert back.unit_groups[1].ramp_mw_per_h == 60.0


def test_whole_numbers_as_names_are_kept():
    net = pypsa.Network()
    net.add("Bus", "7")
    net.add("Bus", "12")
    net.add("Line", "x", bus0="7", bus1="12", x=0.1, s_nom=10)
    assert case_from_pypsa(net).grid.buses == (7, 12)


def test_the_network_stays_as_it_is(network):
    before = {name: table.copy() for name, table in (("lines", network.lines), ("generators", network.generators))}
    case_from_pypsa(network)
    for name, table in before.items():
        assert getattr(network, name).equals(table)


@pytest.mark.parametrize("kind", ["islands", "snapshot", "sign", "empty"])
def test_what_describes_no_market_is_refused(network, kind):
    snapshot = None
    if kind == "islands":
        network.remove("Line", ["b", "off", "a"])
    elif kind == "snapshot":
        snapshot = 9
    elif kind == "sign":
        network.generators.loc["g", "sign"] = -1.0
    else:
        network = pypsa.Network()
    expected = {"islands": "islands", "snapshot": "9 is no snapshot", "sign": "generator g: sign", "empty": "no bus"}
    with pytest.raises(GridError, match=expected[kind]):
        case_from_pypsa(network, snapshot)
