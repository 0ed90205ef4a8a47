"""Slope bids where little or nothing passes lines to the hub, and where agents differ by many decades."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.agents import Consumer, Customer, Producer, contract
from walras.coordinator import Batched, Market, Scale, SlopeBids, Status, run, stop_at
from walras.coordinator.mechanisms.slope_bids import levels
from walras.coordinator.mechanisms.slope_bids.levels import with_levels
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

UNITS = (
    "unit_group,bus,unit_type,fuel,dispatch,capacity_mw,marginal_cost_usd_per_mwh,"
    "marginal_cost_slope_usd_per_mwh2,e_kg_per_mwh,ramp_mw_per_h"
)
# Bus 131 of next to no load, between closed lines of a mesh.
LOOP_BESIDE_A_CLOSED_LINE = {
    "buses": "193,0,0 107,0.024961,1 189,3.3989e-05,0 23,0,0 131,9.0093e-07,0 13,0.038652,0 179,0,0",
    "lines": "L0,193,107,0.4164, L1,193,189,0.3895,5.4267e-05 L2,193,23,0.4031, L3,107,131,0.4718, "
    "L4,107,13,0.28,0.014701 L5,131,179,0.2993,0 L6,189,179,0.3348,0.0038807 L7,107,23,0.3245, "
    "L8,179,23,0.03231,5.3791e-05 L9,131,179,0.4074,0.0038656 L10,107,189,0.3424,",
    "unit_groups": "G0,13,T,gas,market,0.069106,32.504,0,782.8, G1,13,T,gas,market,0.012013,64.927,1670,0, "
    "G2,23,T,gas,market,0.024316,91.804,989,522.4, HY,107,H,water,fixed,0.01273,1,0,0,",
    "more": "consumers: {price_elasticity: -0.001}\nhyperscalers: []\nmodular_datacenters: []\n",
}
# Buses 101, 191 and 192 cut off from the hub; who sells to whom there makes hardly a difference.
ISLAND_OF_LIKE_UNITS = {
    "buses": "101,26.241,0 162,0,0 191,44.993,0 56,0,1 192,42.735,0",
    "lines": "L0,101,162,0.4871,0 L1,101,191,0.03686, L2,162,56,0.4628, L3,101,192,0.1495,42.782",
    "unit_groups": "G0,101,T,gas,market,197.72,30.00002,0.0138,0, G1,101,T,gas,market,109.88,30.00009,0.197,0, "
    "G2,162,T,gas,market,34.068,30.00007,0.345,643.9, G3,192,T,gas,market,65.392,30.00007,0.214,789.3,",
    "more": "consumers: {price_elasticity: -2.0}\n"
    "hyperscalers: [{name: hyper0, bus: 162, cost_weight: 0.5, batches_mw: {b00: 2.379e-05}}]\n"
    "modular_datacenters:\n"
    "- {name: mdc0, bus: 101, capacity_mw: 1.131e-05, curtailed_mw: 5.518e-06, batches: [b00]}\n"
    "- {name: mdc1, bus: 191, capacity_mw: 1.309e-05, curtailed_mw: 1.606e-06, batches: [b00]}\n",
}
# To the hub pass 2.388e-4 MW at most, of 210 MW; a hyperscaler there needs 2.3855e-4.
HUB_BEHIND_A_STRAW = {
    "buses": "97,49.388,0 176,27.091,0 79,53.287,0 41,47.817,0 139,0,1 82,32.296,0",
    "lines": "L0,97,176,0.3394,0 L1,97,79,0.4105, L2,79,41,0.2575,26.906 L3,176,139,0.4642,9.6195e-05 "
    "L4,41,82,0.2117,37.661 L5,79,139,0.1362,5.3292 L6,139,79,0.4841,0 L7,176,41,0.13, L8,139,97,0.3131,",
    "unit_groups": "G0,176,T,gas,market,87.632,30,0.285,706.1, G1,176,T,gas,market,125.53,30,0.164,0, "
    "G2,97,T,gas,market,126.84,30,0.11,239.9, G3,41,T,gas,market,125.43,30,0.0933,212.5, "
    "G4,79,T,gas,market,116.68,30,0.159,868.8, G5,176,T,gas,market,111.46,30,0.166,340.3,",
    "more": "consumers: {price_elasticity: -0.001}\n"
    "hyperscalers: [{name: hyper0, bus: 139, cost_weight: 0.9, "
    "batches_mw: {b00: 0.0001289, b01: 5.678e-05, b02: 5.287e-05}}]\nmodular_datacenters: []\n",
}

# Limits of lines to the hub bound every angle.
ALL_ANGLES_BOUNDED = {
    "buses": "143,0.38988,0 119,0.7072,1 113,1.7033,0",
    "lines": "L0,143,119,0.468,0.12542 L1,143,113,0.1446, L2,113,119,0.09912, L3,113,143,0.1616,0.59784",
    "unit_groups": "G0,113,T,gas,market,16.516,559.42,0,802, G1,143,T,gas,market,0.072748,14.099,0,702.7, "
    "G2,143,T,gas,market,16.972,0.10861,0.169,251.3,",
    "more": "consumers: {price_elasticity: -0.5}\nhyperscalers: []\nmodular_datacenters: []\n",
}


@pytest.mark.parametrize(
    "case",
    [LOOP_BESIDE_A_CLOSED_LINE, ISLAND_OF_LIKE_UNITS, HUB_BEHIND_A_STRAW, ALL_ANGLES_BOUNDED],
    ids=["a loop beside a closed line", "an island of like units", "the hub behind a straw", "all angles bounded"],
)
def test_little_or_nothing_passes(case, tmp_path):
    for name, header in (
        ("buses", "bus,load_mw,is_hub"),
        ("lines", "line_id,from_bus,to_bus,reactance_pu,limit_mw"),
        ("unit_groups", UNITS),
    ):
        (tmp_path / f"{name}.csv").write_text("\n".join([header, *case[name].split()]) + "\n")
    scenario = tmp_path / "s.yaml"
    scenario.write_text(f"name: case\ngrid: {{source: .}}\nperiods: 1\n{case['more']}")
    result = run(build_market(load_scenario(scenario)), SlopeBids(), Batched(), stop=stop_at(1e-6, 30))
    assert result.status == Status.CONVERGED, result.reason


def test_whoever_is_small_is_answered_as_exactly():
    """Two towns that never meet: 180 - d for 300 MW, and the same for a billionth of them."""
    agents, scales = [], {}
    for name, size in (("city", 1.0), ("hut", 1e-9)):
        unit, town = f"{name}'s unit", name
        agents += [
            Consumer(town, 1, (unit, f"{unit} too"), np.array([180.0]), np.ones(1) / size, np.zeros(1)),
            Producer(unit, 1, 1, (Customer(town, 1),), 300.0 * size, 10.0, 0.0, 0.0, 1),
            Producer(f"{unit} too", 1, 1, (Customer(town, 1),), 300.0 * size, 20.0, 0.0, 0.0, 1),
        ]
        scales |= {contract(seller, town, 0): Scale(50.0, 50.0 * size) for seller in (unit, f"{unit} too")}
    result = run(Market(tuple(agents), scales), SlopeBids(), Batched(), stop=stop_at(1e-6, 30))
    assert result.status == Status.CONVERGED, result.reason
    assert result.certificate.max_relative_regret_of_agent <= 1e-6


def test_an_island_has_a_level_of_its_own():
    """Two columns over three goods, whose sums are zero, beside a good that leads to the hub."""
    of_coupled = np.array([[5.0, -1.0, 0], [-3.0, 1.0, 0], [-2.0, 0, 0], [0, 0, 4.0], [0, 1.0, 1.0]])
    levels = with_levels(sp.csr_array(of_coupled), np.ones(4)).toarray()
    assert abs(np.linalg.det(levels)) == pytest.approx(1.0)
    assert [1.0, 1.0, 1.0, 0.0, 0.0] in levels.tolist()
    assert levels[4].tolist() == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_the_sum_of_all_stands_in_the_place_of_the_most_traded_good():
    """Else what clears a bus of 6 MWh would be the sum less a bus of 850 MWh, and lost in its rounding."""
    ring = sp.csr_array(np.array([[2.0, -1.0], [-1.0, 2.0], [-1.0, -1.0], [1.0, 1.0]]))
    found = with_levels(ring[:3], np.array([6.0, 850.0, 20.0])).toarray()
    assert found.tolist() == [[1, 0, 0], [1, 1, 1], [0, 0, 1]]


def test_only_the_sum_of_all_is_unchanged_by_a_connected_grid_and_nothing_dense_is_factorised(monkeypatch):
    """Injections of a ring with its hub, over the angles of the others."""
    buses = 6
    ring = 2 * sp.eye_array(buses, format="csr")
    for step in (1, -1):
        ring = ring - sp.csr_array(np.roll(np.eye(buses), step, axis=1))
    monkeypatch.setattr(levels, "qr", lambda *_, **__: pytest.fail("a dense factorisation"))
    result = with_levels(sp.csr_array(ring[:, 1:]), np.ones(buses)).toarray()
    assert np.linalg.matrix_rank(result) == buses
    assert result[0] == pytest.approx(np.ones(buses))
    assert result[1:] == pytest.approx(np.eye(buses)[1:])
