"""PTDF and angle form are two ways to the same flows."""

import numpy as np
from cases.grids import connected_grids, flows_by_laplacian
from cases.three_bus_loop import FLOWS_MW, loop_grid
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.network import Grid, PowerFlow, angle_matrices, ptdf_matrix, read_case

REPEATABLE = settings(max_examples=40)


def test_of_what_enters_a_loop_of_equal_lines_two_thirds_take_the_short_way():
    thirds = np.array([[1, -1, 0], [2, 1, 0], [1, 2, 0]]) / 3
    np.testing.assert_allclose(ptdf_matrix(loop_grid()), thirds, atol=1e-15)


def test_flows_of_the_loop_are_those_on_paper():
    flows = ptdf_matrix(loop_grid()) @ [80.0, 20.0, -100.0]
    np.testing.assert_allclose(flows, list(FLOWS_MW.values()), atol=1e-12)


def test_parallel_lines_share_in_proportion_to_their_susceptances():
    grid = Grid((1, 2), 2, ("near", "far"), (1, 1), (2, 2), np.array([0.1, 0.3]), np.full(2, np.inf))
    np.testing.assert_allclose(ptdf_matrix(grid)[:, 0], [0.75, 0.25], atol=1e-15)


def test_a_series_capacitor_beside_a_line_drives_flow_against_it():
    # Susceptances 10 and -10/3: of 1 MW, 10 / (20/3) = 1.5 through the line, -0.5 through the capacitor.
    grid = Grid((1, 2), 2, ("line", "capacitor"), (1, 1), (2, 2), np.array([0.1, -0.3]), np.full(2, np.inf))
    np.testing.assert_allclose(ptdf_matrix(grid)[:, 0], [1.5, -0.5], atol=1e-14)


def test_the_column_of_the_hub_is_zero_on_rts24():
    grid = read_case("rts24").grid
    assert not ptdf_matrix(grid)[:, grid.hub_index].any()


@given(grid=connected_grids(), seed=st.integers(0, 2**16))
@REPEATABLE
def test_ptdf_gives_the_flows_of_the_full_laplacian(grid, seed):
    injection = np.random.default_rng(seed).normal(0, 100, len(grid.buses))
    injection -= injection.mean()
    np.testing.assert_allclose(ptdf_matrix(grid) @ injection, flows_by_laplacian(grid, injection), atol=1e-8)


@given(grid=connected_grids(), seed=st.integers(0, 2**16))
@REPEATABLE
def test_angles_give_the_same_flows_as_ptdf_for_the_injections_they_cause(grid, seed):
    flow, injection = angle_matrices(grid)
    angles = np.random.default_rng(seed).normal(0, 10, len(grid.buses) - 1)
    np.testing.assert_allclose(ptdf_matrix(grid) @ (injection @ angles), flow @ angles, atol=1e-8)


@given(grid=connected_grids(), seed=st.integers(0, 2**16))
@REPEATABLE
def test_what_flows_into_a_bus_flows_out_of_it_or_is_withdrawn(grid, seed):
    flow, injection = angle_matrices(grid)
    angles = np.random.default_rng(seed).normal(0, 10, len(grid.buses) - 1)
    outflow = dict.fromkeys(grid.buses, 0.0)
    for a, b, mw in zip(grid.from_bus, grid.to_bus, flow @ angles, strict=True):
        outflow[a] += mw
        outflow[b] -= mw
    np.testing.assert_allclose(injection @ angles, [outflow[bus] for bus in grid.buses], atol=1e-8)
    assert abs((injection @ angles).sum()) < 1e-8


@given(grid=connected_grids(), seed=st.integers(0, 2**16), other=st.integers(0, 7))
@REPEATABLE
def test_the_choice_of_hub_moves_no_flow(grid, seed, other):
    injection = np.random.default_rng(seed).normal(0, 100, len(grid.buses))
    injection -= injection.mean()
    moved = Grid(
        grid.buses,
        grid.buses[other % len(grid.buses)],
        grid.line_ids,
        grid.from_bus,
        grid.to_bus,
        grid.reactance_pu,
        grid.limit_mw,
    )
    np.testing.assert_allclose(ptdf_matrix(moved) @ injection, ptdf_matrix(grid) @ injection, atol=1e-8)


@given(grid=connected_grids(), seed=st.integers(0, 2**16))
@REPEATABLE
def test_flows_by_way_of_the_angles_are_those_of_the_ptdf_and_so_are_chosen_rows(grid, seed):
    injection = np.random.default_rng(seed).normal(0, 100, (len(grid.buses), 3))
    ptdf, power_flow = ptdf_matrix(grid), PowerFlow(grid)
    np.testing.assert_allclose(power_flow.flows(injection), ptdf @ injection, atol=1e-8)
    some = np.arange(0, len(grid.line_ids), 2)
    np.testing.assert_array_equal(power_flow.ptdf(some), ptdf[some])
