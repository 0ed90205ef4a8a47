"""The paper's conditions, written row by row: their size, their structure, and points solved by hand."""

import re
from dataclasses import dataclass, replace

import numpy as np
import pytest
from cases.leases import GPU_MW, saturated, spare_capacity, spare_renewables
from cases.one_bus import on_one_bus
from cases.three_bus_loop import congested_loop
from cases.two_buses import congested_line

from walras.agents import Consumer, GridOperator, Hyperscaler, ModularDatacenter, Producer
from walras.coordinator import Market
from walras.experiments.theory.paper_mlcp import UNKNOWNS, paper_mlcp

LINE = {
    "bought": [40],
    "sold": [40],
    "unit_rent": [0],
    "forward_rent": [46],
    "backward_rent": [0],
    "withdrawal": [-40, 40],
    "hub_fee": [0],
    "contract_price": [60],
    "wheeling_fee": [46],
}
LOOP = {
    "bought": [80, 20],
    "sold": [80, 20],
    "unit_rent": [0, 0],
    "forward_rent": [0, 90, 0],
    "backward_rent": [0, 0, 0],
    "withdrawal": [-80, -20, 100],
    "hub_fee": [0],
    "contract_price": [80, 80],
    "wheeling_fee": [-60, -30],
}


def lease_point(price, local, bought, leased, lease_price, energy_value, lease_rent):
    """Contracts of hyperscaler and MDC; the quick batch, which the MDC may take, and the other one."""
    quick = min(leased + local, 50)
    return {
        "bought": [local, bought],
        "sold": [local, bought],
        "leased": [leased / GPU_MW],
        "rented": [leased / GPU_MW],
        "spillover": [leased - bought],
        "local": [quick - leased, 50 - quick],
        "unit_rent": [0],
        "lease_rent": [lease_rent],
        "spillover_rent": [energy_value],
        "withdrawal": [0],
        "energy_value": [energy_value],
        "hub_fee": [0],
        "contract_price": [price, price],
        "lease_price": [lease_price * GPU_MW],
    }


BY_HAND = {
    "congested line": (congested_line().market, LINE),
    "congested loop": (congested_loop().market, LOOP),
    # The whole workload is quick; the MDC is full, and earns 40 a MWh that it has for 20.
    "saturated lease": (
        on_one_bus(saturated().market),
        lease_point(20, 40, 6, 10, 40, 20, 20) | {"work_value": [40, 40], "local_value": [40]},
    ),
    # 8 MWh are quick and all run at the MDC, which would have another MWh for 20.
    "spare capacity": (
        on_one_bus(spare_capacity().market),
        lease_point(20, 42, 4, 8, 20, 20, 0) | {"local": [0, 42], "work_value": [20, 40], "local_value": [40]},
    ),
    "spare renewables": (
        on_one_bus(spare_renewables().market),
        lease_point(20.1, 47, 0, 3, 0, 0, 0) | {"local": [0, 47], "work_value": [0, 40.1], "local_value": [40.1]},
    ),
}


def by_hand(name):
    market, values = BY_HAND[name]
    return paper_mlcp(market, 0), {key: np.array(values.get(key, ()), dtype=float) for key in UNKNOWNS}


@pytest.mark.parametrize("name", BY_HAND)
def test_the_conditions_hold_at_the_point_on_paper(name):
    mlcp, values = by_hand(name)
    assert mlcp.residual(values) <= 1e-10


# Of a batch without work, and of a contract that nobody wants, the price may be lower.
MAY_BE_LOWER = {("saturated lease", "work_value", 1), ("spare renewables", "contract_price", 1)}


@pytest.mark.parametrize("name", BY_HAND)
def test_each_single_number_of_the_point_matters(name):
    """Whatever is moved by 1 MWh or 1 $/MWh violates some condition by at least a tenth."""
    mlcp, values = by_hand(name)
    for key, numbers in values.items():
        for place in range(len(numbers)):
            unit = mlcp.mwh_per_unit[mlcp.families[key]][place]
            for step in (-1 / unit, 1 / unit):
                moved = values | {key: numbers + step * (np.arange(len(numbers)) == place)}
                if step > 0 or (name, key, place) not in MAY_BE_LOWER:
                    assert mlcp.residual(moved) >= 0.09, (key, place, step)


def test_a_violation_bears_the_name_and_the_size_of_the_condition():
    mlcp, values = by_hand("congested line")
    no_rent = mlcp.residuals(values | {"forward_rent": np.zeros(1)})
    assert no_rent.pop("withdrawal") == pytest.approx(46.0)
    assert max(no_rent.values()) <= 1e-10
    overloaded = mlcp.residuals(values | {"withdrawal": np.array([-43.0, 43.0])})
    assert {name: size for name, size in overloaded.items() if size > 1e-10} == pytest.approx(
        {"forward_rent": 3.0, "wheeling_fee": 3.0}
    )


def test_gpus_count_by_their_energy():
    mlcp, values = by_hand("spare capacity")
    unmatched = mlcp.residuals(values | {"rented": values["rented"] + 2 / GPU_MW})
    assert unmatched["lease_price"] == pytest.approx(2.0)
    assert unmatched["work_value"] == pytest.approx(2.0)


def test_a_number_that_is_none_is_no_solution():
    mlcp, values = by_hand("congested line")
    assert not mlcp.residual(values | {"contract_price": np.array([np.nan])}) <= 1e300


def test_the_number_of_unknowns_follows_from_the_sets(rts24):
    agents = {
        kind: [agent for agent in rts24.agents if isinstance(agent, kind)]
        for kind in (Consumer, Producer, Hyperscaler, ModularDatacenter, GridOperator)
    }
    units, lenders = len(agents[Producer]), len(agents[ModularDatacenter])
    contracts = units * (len(agents[Consumer]) + lenders + len(agents[Hyperscaler]))
    batches = sum(len(agent.batches) for agent in agents[Hyperscaler])
    ways = 5 + 3 + 2  # batches that mdc1, mdc2 and mdc3 can process in time
    lines, buses = 38, 24
    mlcp = paper_mlcp(rts24, 0)
    z = 2 * contracts + 4 * lenders + ways + batches + units + 2 * lines
    y = contracts + 2 * lenders + batches + len(agents[Hyperscaler]) + 2 * buses
    assert mlcp.nonnegative == z == 662
    assert mlcp.matrix.shape == (z + y, z + y)
    assert z + y == 995


def test_prices_meet_quantities_antisymmetrically(rts24):
    """S = -N.T and R = -R.T to the last bit, although every row was written for itself."""
    mlcp = paper_mlcp(rts24, 0)
    matrix, z = mlcp.matrix.toarray(), mlcp.nonnegative
    np.testing.assert_array_equal(matrix[z:, :z], -matrix[:z, z:].T)
    np.testing.assert_array_equal(matrix[z:, z:], -matrix[z:, z:].T)


def test_the_quadratic_form_is_the_curvature_of_benefit_and_cost(rts24):
    mlcp = paper_mlcp(rts24, 0)
    u = np.random.default_rng(3).normal(0, 10, mlcp.matrix.shape[0])
    expected = 0.0
    for agent in rts24.agents:
        if isinstance(agent, Consumer):
            own = [good.buyer == agent.name for good in mlcp.hour.contracts]
            expected += agent.slope_usd_per_mwh2[0] * u[mlcp.families["bought"]][own].sum() ** 2
        elif isinstance(agent, Producer):
            own = [good.seller == agent.name for good in mlcp.hour.contracts]
            expected += agent.cost_slope_usd_per_mwh2 * u[mlcp.families["sold"]][own].sum() ** 2
    assert expected > 100
    assert u @ (mlcp.matrix @ u) == pytest.approx(expected, rel=1e-9)


def test_the_symmetric_part_is_one_block_of_equal_entries_for_every_slope(rts24):
    """A block b 1 1.T has the eigenvalue b times its size and otherwise zeros: no decomposition is needed."""
    mlcp = paper_mlcp(rts24, 0)
    symmetric = (mlcp.matrix + mlcp.matrix.T).toarray() / 2
    expected = np.zeros_like(symmetric)
    slopes = {agent.name: agent.slope_usd_per_mwh2[0] for agent in mlcp.hour.consumers}
    slopes |= {agent.name: agent.cost_slope_usd_per_mwh2 for agent in mlcp.hour.producers}
    for family, side in (("bought", "buyer"), ("sold", "seller")):
        names = np.array([getattr(good, side) for good in mlcp.hour.contracts])
        place = mlcp.families[family]
        expected[place, place] = np.equal.outer(names, names) * [slopes.get(name, 0.0) for name in names]
    np.testing.assert_array_equal(symmetric, expected)
    assert min(slopes.values()) >= 0
    assert mlcp.least_eigenvalue() >= -1e-9


def test_the_least_eigenvalue_sees_a_slope_of_the_wrong_sign(rts24):
    mlcp = paper_mlcp(rts24, 0)
    wrong = mlcp.matrix.copy()
    place = mlcp.families["bought"].start
    wrong[place, place] -= 100.0
    assert replace(mlcp, matrix=wrong).least_eigenvalue() < -50


def without(market, kind):
    return Market(tuple(agent for agent in market.agents if not isinstance(agent, kind)))


def test_a_market_without_grid_operator_is_refused(rts24):
    with pytest.raises(ValueError, match="0 grid operators"):
        paper_mlcp(without(rts24, GridOperator), 0)


def test_an_agent_of_another_kind_is_refused_by_name(rts24):
    @dataclass(frozen=True)
    class Battery:
        name: str = "battery"
        moves_money: bool = True

        def declare(self):
            raise NotImplementedError

    with pytest.raises(ValueError, match="battery is of a kind"):
        paper_mlcp(Market((*rts24.agents, Battery())), 0)


@pytest.mark.parametrize("kind", [Consumer, Producer])
def test_a_contract_that_one_side_ignores_is_refused_by_name(rts24, kind):
    missing = next(agent for agent in rts24.agents if isinstance(agent, kind))
    others = tuple(agent for agent in rts24.agents if agent is not missing)
    with pytest.raises(ValueError, match=rf"contract of .*{re.escape(missing.name)}.*both must list it"):
        paper_mlcp(Market(others), 0)


def test_gpus_of_two_ratings_are_refused():
    market = on_one_bus(saturated().market)
    agents = [replace(agent, gpu_rating_mw=0.001) if agent.name == "mdc" else agent for agent in market.agents]
    with pytest.raises(ValueError, match=r"rated \[0.0005, 0.001\] MW"):
        paper_mlcp(Market(tuple(agents)), 0)
