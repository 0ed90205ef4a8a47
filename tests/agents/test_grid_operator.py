"""The grid operator delivers as much as the lines carry to where the fee is higher."""

import numpy as np
import pytest
from cases.asking import answer
from cases.grids import connected_grids, flows_by_laplacian
from cases.three_bus_loop import LINE_SHADOW_PRICES, loop_grid
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.agents import GridOperator, wheeling
from walras.coordinator import Compiled
from walras.network import Grid, ptdf_matrix


def chain(fixed=((0.0,), (0.0,), (0.0,)), limits=(40.0, 15.0)) -> GridOperator:
    """Buses 1 - 2 - 3 in a row, hub 1."""
    grid = Grid((1, 2, 3), 1, ("a", "b"), (1, 2), (2, 3), np.array([0.1, 0.3]), np.array(limits))
    return GridOperator("grid operator", grid, np.array(fixed), throughput_mw=100.0)


def test_along_a_chain_every_line_is_full_towards_the_higher_fee(executor):
    # Line a carries 40 from fee 0 to fee 5, line b 15 back from fee 2: bus 2 gets 40 + 15, bus 3 gives 15.
    trades, cost = answer(chain(), executor, {wheeling(2, 0): 5.0, wheeling(3, 0): 2.0})
    assert trades == pytest.approx({wheeling(2, 0): 55.0, wheeling(3, 0): -15.0}, abs=1e-6)
    assert cost == 0


def test_negative_fees_turn_the_flows_round(executor):
    trades, _ = answer(chain(), executor, {wheeling(2, 0): -5.0, wheeling(3, 0): 1.0})
    assert trades == pytest.approx({wheeling(2, 0): -55.0, wheeling(3, 0): 15.0}, abs=1e-6)


def test_a_line_without_limit_carries_the_throughput(executor):
    trades, _ = answer(chain(limits=(np.inf, 15.0)), executor, {wheeling(2, 0): 5.0, wheeling(3, 0): 6.0})
    assert trades == pytest.approx({wheeling(2, 0): 85.0, wheeling(3, 0): 15.0}, abs=1e-6)


def test_fixed_withdrawals_use_the_lines_and_earn_nothing(executor):
    # 10 MW pass from bus 3 to bus 1 anyway: line b carries 15, so it may turn to -15 + 10 = 25 more towards bus 3.
    agent = chain(fixed=((10.0,), (0.0,), (-10.0,)))
    trades, _ = answer(agent, executor, {wheeling(2, 0): 0.0, wheeling(3, 0): 1.0})
    assert trades[wheeling(3, 0)] == pytest.approx(25.0, abs=1e-6)


def test_hours_have_limits_and_fixed_withdrawals_each(executor):
    agent = chain(fixed=((10.0, 0.0), (0.0, 0.0), (-10.0, 0.0)))
    prices = {wheeling(2, 0): 0.0, wheeling(2, 1): 0.0, wheeling(3, 0): 1.0, wheeling(3, 1): 1.0}
    trades, _ = answer(agent, executor, prices)
    assert trades[wheeling(3, 0)] == pytest.approx(25.0, abs=1e-6)
    assert trades[wheeling(3, 1)] == pytest.approx(15.0, abs=1e-6)


def test_at_the_equilibrium_fees_of_the_loop_it_earns_the_congestion_rent(executor):
    # Fees -60 and -30 with hub 3: by duality the best profit is shadow price times limit, 90 * 60.
    fees = {wheeling(1, 0): -60.0, wheeling(2, 0): -30.0}
    trades, _ = answer(GridOperator("grid operator", loop_grid(), np.zeros((3, 1)), 300.0), executor, fees)
    assert sum(fees[good] * quantity for good, quantity in trades.items()) == pytest.approx(
        LINE_SHADOW_PRICES["1-3"] * 60
    )


def test_limits_are_kept_near_targets_too(executor):
    goal = {wheeling(2, 0): 500.0, wheeling(3, 0): 500.0}
    trades, _ = answer(chain(), executor, dict.fromkeys(goal, 0.0), rho=1.0, targets=goal)
    assert trades[wheeling(3, 0)] == pytest.approx(15.0, abs=1e-6)
    assert trades[wheeling(2, 0)] == pytest.approx(25.0, abs=1e-6)


@given(grid=connected_grids(max_buses=5, limits=st.integers(0, 50)), seed=st.integers(0, 2**16))
@settings(max_examples=25)
def test_on_any_grid_deliveries_keep_the_limits_and_no_feasible_delivery_earns_more(grid, seed):
    rng = np.random.default_rng(seed)
    others = [bus for bus in grid.buses if bus != grid.hub]
    fees = {wheeling(bus, 0): float(rng.normal(0, 20)) for bus in others}
    agent = GridOperator("grid operator", grid, np.zeros((len(grid.buses), 1)), 100.0)
    trades, _ = answer(agent, Compiled(), fees)

    def withdrawal(quantities):
        at = dict(zip(others, quantities, strict=True))
        at[grid.hub] = -sum(quantities)
        return np.array([at[bus] for bus in grid.buses])

    best = [trades[wheeling(bus, 0)] for bus in others]
    assert (np.abs(flows_by_laplacian(grid, -withdrawal(best))) <= grid.limit_mw + 1e-5).all()
    earned = sum(fees[good] * trades[good] for good in fees)
    for _ in range(20):
        other = rng.normal(0, 1, len(others))
        flows = np.abs(flows_by_laplacian(grid, -withdrawal(other)))
        used = flows > 1e-9
        other *= (grid.limit_mw[used] / flows[used]).min(initial=1e3)
        assert sum(fees[wheeling(bus, 0)] * q for bus, q in zip(others, other, strict=True)) <= earned + 1e-4


@given(connected_grids(max_buses=7))
@settings(max_examples=40)
def test_no_line_carries_more_than_all_that_is_injected(grid):
    """So distribution factors are not needed to bound a line without limit."""
    ptdf = ptdf_matrix(grid)
    assert (ptdf.max(axis=1) - ptdf.min(axis=1) <= 1 + 1e-12).all()
    agent = GridOperator("grid operator", grid, np.zeros((len(grid.buses), 1)), 70.0)
    assert agent.line_limit_mw == pytest.approx(70.0)


def test_beside_a_negative_reactance_a_line_may_carry_a_multiple():
    # Two parallel lines of 0.3 and -0.2: susceptances 10/3 and -5, of which the first carries -2 and the second 3.
    grid = Grid((1, 2), 1, ("a", "b"), (1, 1), (2, 2), np.array([0.3, -0.2]), np.full(2, np.inf))
    agent = GridOperator("grid operator", grid, np.zeros((2, 1)), 10.0)
    assert agent.line_limit_mw == pytest.approx([20.0, 30.0])
