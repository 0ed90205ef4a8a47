"""Projections on what lines can carry are those of dense solvers and of the agent's own CVXPY problem."""

import tracemalloc
from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np
import pytest
import scipy.sparse as sp
from cases.random.agents import announcements
from cases.random.operators import grid_operators
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from walras.agents import AgentError, Declaration, GridOperator, canonicalise, contract
from walras.coordinator import Market, Serial
from walras.coordinator.announcement import prices_of_copies
from walras.coordinator.executors.active_sets import ActiveSet
from walras.coordinator.executors.polytopes.polytope import polytope
from walras.coordinator.executors.polytopes.projection import Projection
from walras.coordinator.executors.workspaces import target_workspace
from walras.network import Grid, GridError, ptdf_matrix


def linear_term(problem, rho, targets):
    """Of the problem to come near targets, without prices: they only move targets."""
    return problem.c - problem.T.T @ (rho * (targets - problem.trade_offset))


def trades_of(problem, rho, linear):
    return problem.T @ Projection("agent", polytope(problem), rho).solve(linear)


def dense_trades(problem, rho, linear):
    hessian = sp.csc_array(problem.T.T @ sp.diags_array(rho) @ problem.T)
    return problem.T @ ActiveSet("agent", problem, hessian).solve(linear)


def most_gained(problem, rho, linear, x):
    """What a linear programme still gains along the gradient at `x`: zero exactly at the least cost."""
    gradient = problem.T.T @ (rho * (problem.T @ x)) + linear
    bounds = np.column_stack([problem.lower, problem.upper])
    best = linprog(gradient, A_ub=problem.G, b_ub=problem.h, bounds=bounds, method="highs")
    assert best.status == 0
    return gradient @ x - best.fun


def most_broken(problem, x):
    return max(np.max(part, initial=0.0) for part in (problem.G @ x - problem.h, x - problem.upper, problem.lower - x))


@given(st.data())
@settings(max_examples=60)
def test_trades_are_those_of_a_dense_active_set_solver(data):
    problem = canonicalise(data.draw(grid_operators()))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    rho = 10 ** rng.uniform(-1, 1, len(problem.goods))
    linear = linear_term(problem, rho, rng.normal(0, 40, len(rho)))
    found = trades_of(problem, rho, linear)
    np.testing.assert_allclose(found, dense_trades(problem, rho, linear), rtol=1e-7, atol=1e-7)


@given(st.data())
@settings(max_examples=60)
def test_nothing_is_gained_within_the_limits_even_if_weights_differ_by_decades(data):
    problem = canonicalise(data.draw(grid_operators()))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    rho = 10 ** rng.uniform(-3, 3, len(problem.goods))
    targets = rng.normal(0, 40, len(rho))
    linear = linear_term(problem, rho, targets)
    x = Projection("agent", polytope(problem), rho).solve(linear)
    assert most_broken(problem, x) < 1e-8
    assert most_gained(problem, rho, linear, x) < 1e-8 * (1 + rho @ targets**2)


@given(st.data())
@settings(max_examples=30)
def test_trades_are_those_of_the_own_cvxpy_problem(data):
    market = Market((data.draw(grid_operators()),))
    (problem,) = market.problems
    announcement = data.draw(announcements(market, 1))
    rho = announcement.rho
    wanted = announcement.targets + prices_of_copies(market, announcement) / rho
    found = trades_of(problem, rho, linear_term(problem, rho, wanted)) + problem.trade_offset
    # Solvers in CVXPY miss trades of 10 by up to 1e-6.
    np.testing.assert_allclose(found, Serial().compile(market)(announcement).trades, atol=1e-5)


@given(st.data())
@settings(max_examples=30)
def test_limits_admitted_before_are_only_where_the_next_search_starts(data):
    problem = canonicalise(data.draw(grid_operators()))
    shape = polytope(problem)
    rng = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    rho = 10 ** rng.uniform(-2, 2, len(problem.goods))
    projection = Projection("agent", shape, rho)
    near, far = rng.normal(0, 40, (2, len(rho)))
    # Long enough at one place that limits of the other are forgotten.
    for targets in [near, far, *[near] * 15, far, near + far, *[far] * 15, near]:
        linear = linear_term(problem, rho, targets + rng.normal(0, 1e-3, len(rho)))
        alone = Projection("agent", shape, rho).solve(linear)
        np.testing.assert_allclose(projection.solve(linear), alone, rtol=1e-8, atol=1e-8)


def test_a_grid_of_many_buses_needs_no_matrix_of_lines_and_buses():
    """A ring of 5000 buses: factors of all lines at all buses alone would take 200 MB."""
    count, rng = 5_000, np.random.default_rng(3)
    buses = tuple(range(count))
    grid = Grid(buses, 0, tuple(map(str, buses)), buses, (*buses[1:], 0), np.ones(count), rng.uniform(20, 60, count))
    problem = canonicalise(GridOperator("grid operator", grid, np.zeros((count, 1)), 1e4))
    rho = rng.uniform(0.5, 2, count - 1)
    linear = linear_term(problem, rho, rng.normal(0, 0.6, count - 1))
    tracemalloc.start()
    workspace = target_workspace("grid operator", problem, rho)
    x = workspace.solve(linear)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(workspace, Projection)
    assert peak_bytes < 50e6
    assert most_broken(problem, x) < 1e-8
    assert most_gained(problem, rho, linear, x) < 1e-4


@dataclass(frozen=True)
class Mapper:
    """Trades a linear map of its variables, within limits of them and of their sums."""

    map_: tuple[tuple[float, ...], ...] = ((2.0, 1.0, 0.0), (1.0, 3.0, 0.0), (0.0, 0.0, 1.0))
    at_least: float = -5.0
    at_most: float = 4.0
    bends: bool = False
    fixed: bool = False
    name: str = "mapper"
    moves_money = True

    def declare(self):
        x = cp.Variable(3)
        constraints = [x >= self.at_least, x[0] + x[1] <= self.at_most, x[0] - x[2] <= self.at_most]
        if self.fixed:
            constraints.append(x[0] == 1)
        cost = cp.sum(x) + (cp.sum_squares(x) if self.bends else 0)
        goods = tuple(contract("mapper", f"buyer {row}", 0) for row in range(len(self.map_)))
        return Declaration(cost, np.array(self.map_) @ x, goods, constraints)


def test_another_kind_of_agent_with_the_same_structure_is_recognised():
    problem = canonicalise(Mapper())
    shape = polytope(problem)
    assert shape is not None
    assert shape.rows.shape == (5, 3)
    rho = np.array([0.5, 1.0, 2.0])
    linear = linear_term(problem, rho, np.array([30.0, -2.0, -20.0]))
    np.testing.assert_allclose(trades_of(problem, rho, linear), dense_trades(problem, rho, linear), atol=1e-8)


@pytest.mark.parametrize(
    "other",
    [
        Mapper(map_=((2.0, 1.0, 0.0), (4.0, 2.0, 0.0), (0.0, 0.0, 1.0))),
        Mapper(map_=((2.0, 1.0, 0.0), (0.0, 0.0, 1.0))),
        Mapper(bends=True),
        Mapper(fixed=True),
    ],
    ids=["an island of its own", "fewer trades", "curved cost", "equality"],
)
def test_other_structures_are_not(other):
    assert polytope(canonicalise(other)) is None


def test_an_agent_without_any_feasible_answer_is_named():
    problem = canonicalise(Mapper(at_least=3.0, at_most=4.0))
    projection = Projection("mapper", polytope(problem), np.ones(3))
    with pytest.raises(AgentError, match="mapper"):
        projection.solve(problem.c)


def test_hours_are_searched_apart():
    grid = Grid((1, 2, 3), 1, ("a", "b", "c"), (1, 2, 1), (2, 3, 3), np.array([0.1, 0.2, 0.3]), np.array([9.0, 5, 7]))
    both = canonicalise(GridOperator("grid operator", grid, np.array([[0.0, 1.0], [2.0, -1.0], [-2.0, 0.0]]), 50.0))
    shape = polytope(both)
    assert len(set(shape.block_of_variable)) == 2
    rho, targets = np.array([1.0, 2.0, 0.5, 0.3]), np.array([30.0, -4.0, -5.0, 20.0])
    found = trades_of(both, rho, linear_term(both, rho, targets)).reshape(2, 2)
    for hour, fixed in enumerate(([0.0, 2.0, -2.0], [1.0, -1.0, 0.0])):
        one = canonicalise(GridOperator("grid operator", grid, np.array(fixed)[:, None], 50.0))
        weights = rho.reshape(2, 2)[:, hour]
        alone = trades_of(one, weights, linear_term(one, weights, targets.reshape(2, 2)[:, hour]))
        np.testing.assert_allclose(found[:, hour], alone, atol=1e-9)


@given(st.data())
@settings(max_examples=30)
def test_negative_reactances_are_no_obstacle(data):
    agent = data.draw(grid_operators())
    line = data.draw(st.integers(0, len(agent.grid.line_ids) - 1))
    reactance = agent.grid.reactance_pu.copy()
    reactance[line] *= -1.37
    grid = replace(agent.grid, reactance_pu=reactance)
    try:
        spread = np.abs(ptdf_matrix(grid)).max()
    except GridError:
        spread = np.inf
    assume(spread < 1e3)
    problem = canonicalise(replace(agent, grid=grid))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**16)))
    rho, targets = 10 ** rng.uniform(-1, 1, (2, len(problem.goods)))
    linear = linear_term(problem, rho, 40 * (targets - 5))
    x = Projection("agent", polytope(problem), rho).solve(linear)
    assert most_broken(problem, x) < 1e-6
    assert most_gained(problem, rho, linear, x) < 1e-6 * (1 + rho @ (40 * (targets - 5)) ** 2)


def test_large_agents_and_only_they_are_answered_by_sparse_factors():
    def workspace(count):
        buses = tuple(range(count))
        grid = Grid(buses, 0, tuple(map(str, buses)), buses, (*buses[1:], 0), np.ones(count), np.full(count, 9.0))
        problem = canonicalise(GridOperator("grid operator", grid, np.zeros((count, 1)), 1e4))
        return target_workspace("grid operator", problem, np.ones(count - 1))

    assert isinstance(workspace(90), ActiveSet)
    assert isinstance(workspace(110), Projection)
