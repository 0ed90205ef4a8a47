"""pandapower networks, where it is installed, against its own optimal power flow."""

import numpy as np
import pytest

from walras.experiments.scenario.calibration import least_cost_dispatch
from walras.network import GridError, case_from_pandapower

pandapower = pytest.importorskip("pandapower", reason="needs the extra pandapower")
networks = pytest.importorskip("pandapower.networks")


def prices(case):
    """Baseline prices by bus number."""
    load = np.zeros((len(case.grid.buses), 1))
    injection = np.zeros_like(load)
    for bus, value in case.load_mw.items():
        load[case.grid.bus_index[bus]] = value
    for group in case.unit_groups:
        if group.fixed:
            injection[case.grid.bus_index[group.bus]] += group.capacity_mw
    units = tuple(group for group in case.unit_groups if not group.fixed)
    return dict(
        zip(
            case.grid.buses, least_cost_dispatch(case.grid, units, load, injection).price_usd_per_mwh[:, 0], strict=True
        )
    )


def small_net():
    """Four buses, of which a closed switch joins two, and a fifth out of service."""
    net = pandapower.create_empty_network()
    for index in (3, 4, 5, 8, 9):
        pandapower.create_bus(net, 110.0, index=index)
    net.bus.loc[9, "in_service"] = False
    for start, end, length, loading in ((3, 4, 30.0, 40.0), (4, 5, 20.0, 100.0), (3, 5, 25.0, 100.0)):
        pandapower.create_line(net, start, end, length, "149-AL1/24-ST1A 110.0", max_loading_percent=loading)
    pandapower.create_switch(net, 5, 8, et="b")
    pandapower.create_load(net, 4, 70.0)
    pandapower.create_load(net, 8, 20.0)
    pandapower.create_sgen(net, 4, 5.0, controllable=False)
    grid = pandapower.create_ext_grid(net, 3, min_p_mw=0.0, max_p_mw=200.0)
    unit = pandapower.create_gen(net, 8, 0.0, min_p_mw=0.0, max_p_mw=60.0, vm_pu=1.0, controllable=True)
    pandapower.create_poly_cost(net, grid, "ext_grid", cp1_eur_per_mw=10.0)
    pandapower.create_pwl_cost(net, unit, "gen", [[0, 20, 30], [20, 60, 45]])
    return net


def test_buses_keep_their_numbers_and_units_their_costs():
    net = small_net()
    case = case_from_pandapower(net)
    assert sorted(case.grid.buses) == [3, 4, 5]
    assert case.grid.hub == 3
    assert case.load_mw == pytest.approx({4: 65.0, 5: 20.0})
    shown = {(g.bus, g.capacity_mw, g.cost_usd_per_mwh, g.cost_slope_usd_per_mwh2, g.fuel) for g in case.unit_groups}
    assert shown == {
        (3, 200.0, 10.0, 0.0, "unknown"),
        (5, 20.0, 30.0, 0.0, "unknown"),
        (5, 40.0, 45.0, 0.0, "unknown"),
    }


def test_the_network_stays_as_it_is():
    net = small_net()
    before = pandapower.to_json(net)
    case_from_pandapower(net)
    assert pandapower.to_json(net) == before


def test_prices_of_a_congested_network_are_pandapowers():
    net = small_net()
    case = case_from_pandapower(net)
    actual = prices(case)
    pandapower.rundcopp(net)
    assert actual[4] - actual[3] > 1
    for bus in (3, 4, 5):
        assert actual[bus] == pytest.approx(net.res_bus.lam_p[bus], abs=1e-4)


@pytest.mark.parametrize("name", ["case5", "case9", "case30", "case57", "case118"])
def test_prices_of_its_test_cases_are_pandapowers(name):
    net = getattr(networks, name)()
    # What our rules leave out is left out there too.
    net.shunt = net.shunt.iloc[:0]
    for table in (net.gen, net.ext_grid, net.sgen):
        table["min_p_mw"] = 0.0
    actual = prices(case_from_pandapower(net))
    pandapower.rundcopp(net)
    expected = net.res_bus.lam_p
    assert sorted(actual) == sorted(expected.index)
    np.testing.assert_allclose([actual[bus] for bus in expected.index], expected, atol=1e-4)


def test_transformers_of_three_windings_and_switches_count_as_in_pandapower():
    net = networks.example_multivoltage()
    net.shunt = net.shunt.iloc[:0]
    net.bus["min_vm_pu"], net.bus["max_vm_pu"] = 0.5, 1.5
    for table, largest in ((net.ext_grid, 500.0), (net.gen, 100.0)):
        table["min_p_mw"], table["max_p_mw"], table["min_q_mvar"], table["max_q_mvar"] = 0.0, largest, -100.0, 100.0
    net.gen["controllable"] = True
    pandapower.create_poly_cost(net, 0, "ext_grid", cp1_eur_per_mw=10.0)
    pandapower.create_poly_cost(net, 0, "gen", cp1_eur_per_mw=5.0)
    actual = prices(case_from_pandapower(net))
    pandapower.rundcopp(net)
    shared = [bus for bus in actual if bus in net.bus.index]
    assert len(shared) > 20
    np.testing.assert_allclose([actual[bus] for bus in shared], net.res_bus.lam_p[shared], atol=1e-4)


def test_a_unit_without_costs_costs_nothing():
    net = small_net()
    net.pwl_cost = net.pwl_cost.iloc[:0]
    costs = {group.bus: group.cost_usd_per_mwh for group in case_from_pandapower(net).unit_groups}
    assert costs == {3: 10.0, 5: 0.0}


def test_buses_without_supply_do_not_count():
    net = small_net()
    pandapower.create_bus(net, 110.0, index=0)
    assert sorted(case_from_pandapower(net).grid.buses) == [3, 4, 5]


def test_a_network_without_costs_is_refused():
    net = small_net()
    net.poly_cost, net.pwl_cost = net.poly_cost.iloc[:0], net.pwl_cost.iloc[:0]
    with pytest.raises(GridError, match="neither poly_cost nor pwl_cost"):
        case_from_pandapower(net)


def test_what_pandapower_refuses_is_refused():
    """It knows no mixture of quadratic and piecewise-linear costs."""
    net = small_net()
    net.poly_cost["cp2_eur_per_mw2"] = 0.05
    with pytest.raises(GridError, match=r"pandapower cannot convert.*[Qq]uadratic"):
        case_from_pandapower(net)
