"""Dispatches of given demand are those that other programmes find, and emissions split into parts that add up."""

import numpy as np
import pandas as pd
import pytest
from cases.dc_opf import Rts24Pool
from scipy.optimize import linprog

from walras.agents import Consumer, Producer
from walras.coordinator.programmes.unsolved import InfeasibleProgrammeError
from walras.experiments.paper.cases import run_chain
from walras.experiments.paper.chains import Chain
from walras.experiments.paper.dispatch.emission_split import emission_split
from walras.experiments.paper.dispatch.given_demand import GivenDemand
from walras.experiments.paper.lookup import Cases
from walras.experiments.paper.pool import pool
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario
from walras.network import read_case


@pytest.fixture(scope="module")
def market():
    return build_market(load_scenario("rts24", ["hyperscalers.hyperscaler.cost_weight=1"]))


@pytest.fixture(scope="module")
def dispatches(market):
    return GivenDemand(market)


@pytest.fixture(scope="module")
def bought():
    """The fixed load, less its hydro."""
    loads = read_case("rts24").load_mw
    return {bus: load * (1 - 300 / sum(loads.values())) for bus, load in loads.items()}


def test_the_cheapest_dispatch_of_what_a_pool_serves_is_that_of_the_pool():
    free = build_market(load_scenario("rts24", ["hyperscalers=[]", "modular_datacenters=[]"]))
    cleared = pool(free)
    demand = {agent.bus: agent for agent in free.agents if isinstance(agent, Consumer)}
    bought = {}
    for bus, load in demand.items():
        wanted = (load.willingness_usd_per_mwh[0] - cleared.price_usd_per_mwh[bus]) / load.slope_usd_per_mwh2[0]
        bought[bus] = float(wanted - load.hydro_mwh[0])
    found = GivenDemand(free)
    assert found.cheapest_co2_t(bought) == pytest.approx(cleared.co2_t, abs=1e-3)
    more = {bus: 1.01 * mwh for bus, mwh in bought.items()}
    assert found.cheapest_co2_t(more) > cleared.co2_t + 1


def test_the_cleanest_dispatch_is_what_a_programme_in_shift_factors_finds(dispatches, bought, market):
    """On the raw case data: outputs alone, with flows by shift factors in the place of angles."""
    model = Rts24Pool()
    rates = {agent.name: agent.emission_rate_kg_per_mwh for agent in market.agents if isinstance(agent, Producer)}
    flow, fixed = model.shift @ model.at_bus, model.shift @ (model.hydro - model.load)
    answer = linprog(
        [rates[unit.name] for unit in model.units],
        A_ub=np.vstack([flow, -flow]),
        b_ub=np.concatenate([model.limit - fixed, model.limit + fixed]),
        A_eq=np.ones((1, len(model.units))),
        b_eq=[model.load.sum() - model.hydro.sum()],
        bounds=[(0, unit.capacity_mw) for unit in model.units],
    )
    assert dispatches.cleanest_co2_t(bought) == pytest.approx(answer.fun / 1000, abs=1e-6)
    assert dispatches.cheapest_co2_t(bought) > dispatches.cleanest_co2_t(bought)


def test_demand_that_lines_cannot_carry_is_infeasible(dispatches):
    for dispatch in (dispatches.cheapest_co2_t, dispatches.cleanest_co2_t):
        with pytest.raises(InfeasibleProgrammeError):
            dispatch({1: 1e6})


def test_the_parts_of_a_change_add_up():
    alphas = (0.1,)
    chains = [
        Chain("line-limits-0.7", "ex_ante", basis, phi, alphas) for basis, phi in (("generator", 0), ("contract", 0.8))
    ]
    frame = pd.concat([run_chain(chain) for chain in chains], ignore_index=True)
    (row,) = emission_split(Cases(frame)).to_dict("records")
    system = frame.set_index("forward_position")["co2_t.system"]
    assert row["by_demand_t"] + row["by_work_t"] + row["by_mix_t"] == pytest.approx(system[0.8] - system[0.0])
    assert row["least_co2_t"] <= row["least_cost_co2_t"] + 1e-6
    assert row["least_co2_t"] <= system[0.8]
