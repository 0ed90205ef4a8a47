"""Bilateral contracts clear where a pool would: nodal prices are those of an elastic DC optimal power flow.

Hobbs, "Linear complementarity models of Nash-Cournot competition in bilateral and POOLCO power markets", 2001.
"""

import numpy as np
import pytest
from cases.dc_opf import Rts24Pool
from cases.nodal import demand_mwh, nodal_prices, output_mwh

from walras.agents import GridOperator
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario
from walras.network import angle_matrices

HUB = 13


@pytest.fixture(scope="module", params=[0.6, 0.7])
def line_limit_scale(request):
    return request.param


@pytest.fixture(scope="module")
def pool(line_limit_scale):
    model = Rts24Pool(line_limit_scale)
    return model.elastic(model.fixed_load_prices())


@pytest.fixture(scope="module")
def contracts(line_limit_scale):
    overrides = ["hyperscalers=[]", "modular_datacenters=[]", f"grid.line_limit_scale={line_limit_scale}"]
    return solve_monolith(build_market(load_scenario("rts24", overrides)))


def test_nodal_prices_are_the_same(pool, contracts):
    found = nodal_prices(contracts.market, contracts.prices, contracts.allocation, HUB)
    expected = dict(zip(range(1, 25), pool.nodal_prices, strict=True))
    assert found == pytest.approx(expected, abs=1e-5)


def test_they_differ_from_bus_to_bus_for_lines_are_congested(pool):
    assert np.ptp(pool.nodal_prices) > 1
    assert (np.abs(pool.line_prices) > 1e-3).any()


def test_demand_is_the_same(pool, contracts):
    assert demand_mwh(contracts.market, contracts.allocation) == pytest.approx(pool.demand_mwh, abs=1e-4)


def test_generation_is_the_same_where_marginal_cost_rises(pool, contracts):
    found = output_mwh(contracts.market, contracts.allocation)
    for unit, quantity in pool.generation_mwh.items():
        if not unit.startswith("U20@"):
            assert found[unit] == pytest.approx(quantity, abs=1e-3), unit


def test_welfare_is_the_same(pool, contracts):
    assert -contracts.allocation.costs.sum() == pytest.approx(pool.welfare_usd, rel=1e-8)


def test_wheeling_fees_earn_the_congestion_rent(pool, contracts):
    market = contracts.market
    position = next(i for i, agent in enumerate(market.agents) if isinstance(agent, GridOperator))
    copies = market.copies_of_agents[position]
    earned = contracts.prices[market.good_of_copy[copies]] @ contracts.allocation.trades[copies]
    # The flows' rent, less what the fixed hydro would pay for its way: it travels free of charge.
    agent = market.agents[position]
    by_bus = dict(zip(agent.grid.buses, agent.fixed_withdrawal_mw[:, 0], strict=True))
    free_ride = sum(price * by_bus[bus] for bus, price in zip(range(1, 25), pool.nodal_prices, strict=True))
    rent = np.abs(pool.line_prices) @ agent.grid.limit_mw
    assert earned == pytest.approx(rent - free_ride, rel=1e-6, abs=1e-2)


def test_the_flows_of_the_pool_are_those_of_the_angle_form(pool, contracts):
    agent = next(agent for agent in contracts.market.agents if isinstance(agent, GridOperator))
    flow_map, injection_map = angle_matrices(agent.grid)
    output = output_mwh(contracts.market, contracts.allocation)
    demand = demand_mwh(contracts.market, contracts.allocation)
    injection = np.array([-demand.get(bus, 0.0) + 300.0 * (bus == 22) for bus in agent.grid.buses])
    for unit, quantity in output.items():
        injection[agent.grid.bus_index[int(unit.split("@")[1])]] += quantity
    angles = np.linalg.lstsq(injection_map.toarray(), injection, rcond=None)[0]
    np.testing.assert_allclose(flow_map @ angles, pool.flow_mw, atol=1e-2)
