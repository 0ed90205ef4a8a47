"""The matrices of an agent say the same as its declaration."""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases.feasible import EVERY_KIND

from walras.agents import Declaration, canonicalise, contract

FIRST, SECOND = contract("a", "b", 0), contract("a", "c", 0)


def cheapest(problem, trades):
    """Variables of least cost among those that make these trades."""
    x = cp.Variable(len(problem.c))
    scale = np.abs(trades).max() + 1.0
    constraints = [(problem.T @ x + problem.trade_offset - trades) / scale == 0]
    if len(problem.b):
        constraints.append(problem.A @ x == problem.b)
    if len(problem.h):
        constraints.append(problem.G @ x <= problem.h)
    low, high = np.isfinite(problem.lower), np.isfinite(problem.upper)
    constraints += [x[low] >= problem.lower[low], x[high] <= problem.upper[high]]
    cost = cp.quad_form(x, cp.psd_wrap(problem.P)) / 2 + problem.c @ x
    task = cp.Problem(cp.Minimize(cost), constraints)
    task.solve(solver=cp.CLARABEL, tol_feas=1e-9, tol_gap_abs=1e-9, tol_gap_rel=1e-9)
    return task, x


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("seed", range(4))
def test_feasible_trades_are_within_the_matrices_at_the_declared_cost(kind, seed):
    agent, sample = EVERY_KIND[kind].agent, EVERY_KIND[kind].sample
    problem = canonicalise(agent)
    trades, cost = sample(np.random.default_rng(seed))
    task, x = cheapest(problem, trades)
    assert task.status == cp.OPTIMAL
    assert problem.cost(x.value) == pytest.approx(cost, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("kind", EVERY_KIND)
@pytest.mark.parametrize("seed", range(4))
def test_extreme_points_of_the_declaration_have_their_trades_and_cost_in_the_matrices(kind, seed):
    """What CVXPY finds for a random objective is found with the matrices alone: same trades, same cost."""
    agent = EVERY_KIND[kind].agent
    declaration = agent.declare()
    scale = np.array([good.mwh_per_unit for good in declaration.goods])
    rng = np.random.default_rng(seed)
    pull, target = rng.normal(25, 15, len(scale)), rng.normal(0, 20, len(scale))

    def objective(trades, cost):
        in_mwh = cp.multiply(scale, trades)
        return cp.Minimize(cost - pull @ in_mwh + 0.3 * cp.sum_squares(in_mwh - target))

    tight = {"solver": cp.CLARABEL, "tol_feas": 1e-10, "tol_gap_abs": 1e-10, "tol_gap_rel": 1e-10}
    declared = cp.Problem(objective(declaration.trades, declaration.cost), declaration.constraints)
    declared.solve(**tight)
    problem = canonicalise(agent)
    x = cp.Variable(len(problem.c))
    low, high = np.isfinite(problem.lower), np.isfinite(problem.upper)
    constraints = [x[low] >= problem.lower[low], x[high] <= problem.upper[high]]
    constraints += [problem.A @ x == problem.b] if len(problem.b) else []
    constraints += [problem.G @ x <= problem.h] if len(problem.h) else []
    cost = cp.quad_form(x, cp.psd_wrap(problem.P)) / 2 + problem.c @ x + problem.constant
    in_matrices = cp.Problem(objective(problem.T @ x + problem.trade_offset, cost), constraints)
    in_matrices.solve(**tight)
    assert in_matrices.value == pytest.approx(declared.value, rel=1e-7, abs=1e-6)
    trades = problem.T @ x.value + problem.trade_offset
    np.testing.assert_allclose(trades * scale, declaration.trades.value * scale, atol=2e-4)


def test_trades_outside_the_constraints_are_outside_the_matrices():
    problem = canonicalise(EVERY_KIND["producer"].agent)
    trades, _ = EVERY_KIND["producer"].sample(np.random.default_rng(0))
    task, _ = cheapest(problem, trades * 100)
    assert task.status in (cp.INFEASIBLE, cp.INFEASIBLE_INACCURATE)


@dataclass(frozen=True)
class Odd:
    """Constants, an equality, an internal variable, an upper bound written in units of -2."""

    name: str = "odd"
    moves_money = True

    def declare(self):
        x, y = cp.Variable(2), cp.Variable()
        cost = cp.square(y - 1) + 3 * x[0] + 7
        return Declaration(cost, 2 * x + np.array([5.0, -1.0]), (FIRST, SECOND), [x[0] + y == 4, -2 * x >= -6, x >= -1])


@pytest.mark.parametrize("x", [(-1.0, 3.0), (0.5, 2.0), (3.0, -1.0)])
def test_constants_of_cost_and_trades_survive(x):
    # y = 4 - x0; cost (3 - x0)^2 + 3 x0 + 7.
    problem = canonicalise(Odd())
    task, found = cheapest(problem, 2 * np.array(x) + [5.0, -1.0])
    assert task.status == cp.OPTIMAL
    assert problem.cost(found.value) == pytest.approx((3 - x[0]) ** 2 + 3 * x[0] + 7, rel=1e-6)


def test_rows_with_one_entry_become_bounds():
    problem = canonicalise(Odd())
    assert problem.G.shape[0] == 0
    assert sorted(problem.upper[np.isfinite(problem.upper)].tolist()) == [3.0, 3.0]
    assert sorted(problem.lower[np.isfinite(problem.lower)].tolist()) == [-1.0, -1.0]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_indices_are_sorted_as_the_interior_point_solver_needs(kind):
    problem = canonicalise(EVERY_KIND[kind].agent)
    assert all(matrix.has_sorted_indices for matrix in (problem.P, problem.A, problem.G, problem.T))


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_the_quadratic_cost_is_symmetric_and_convex(kind):
    P = canonicalise(EVERY_KIND[kind].agent).P.toarray()
    np.testing.assert_allclose(P, P.T)
    assert np.linalg.eigvalsh(P)[0] >= -1e-12
