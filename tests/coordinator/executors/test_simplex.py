"""Best responses of linear agents are best, whatever was asked before."""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from scipy.optimize import linprog

from walras.agents import Declaration, GridOperator, canonicalise, contract
from walras.coordinator import Market
from walras.coordinator.executors.workspaces import Simplex
from walras.network import Grid

GOODS = (contract("seller", "first", 0), contract("seller", "second", 0))


@dataclass(frozen=True)
class Seller:
    """Sells up to a limit; what costs nothing has a lower one."""

    limit: float
    name: str = "seller"
    moves_money = True

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        constraints = [cp.sum(x) <= self.limit, x[1] <= 0.4 * self.limit]
        return Declaration(x[0], cp.hstack([cp.sum(x), -x[0]]), GOODS, constraints)


@dataclass(frozen=True)
class Buyer:
    """Buys what it needs where it is cheapest."""

    need: float
    name: str = "buyer"
    moves_money = False

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        return Declaration(cp.Constant(0.0), -x, GOODS, [cp.sum(x) >= self.need])


@pytest.fixture(scope="module")
def unlimited():
    """A grid operator whose lines have no limits, but whose trades have."""
    grid = Grid(
        buses=(3, 13, 23),
        hub=3,
        line_ids=("L0", "L1", "L2"),
        from_bus=(3, 3, 13),
        to_bus=(13, 23, 23),
        reactance_pu=np.array([0.05, 0.025, 0.025]),
        limit_mw=np.full(3, np.inf),
    )
    operator = GridOperator("grid operator", grid, np.zeros((3, 1)), throughput_mw=5.0)
    return Market((operator,)).problems[0]


@pytest.mark.parametrize("seed", range(10))
def test_every_announcement_in_a_long_sequence_is_answered_by_a_best_response(unlimited, seed):
    """Starts from the last vertex have failed in HiGHS, about once in three thousand announcements."""
    rng = np.random.default_rng(seed)
    bounds = list(zip(unlimited.lower, unlimited.upper, strict=True))
    for _ in range(70):
        workspace = Simplex("grid operator", unlimited)
        for _ in range(8):
            prices = rng.uniform(0, 100, 2) if rng.random() < 0.5 else rng.choice([0, 1e-9, -1e-9, 30.0, 1e-6], 2)
            linear = -unlimited.T.T @ prices
            answer = workspace.solve(linear)
            assert (unlimited.G @ answer <= unlimited.h + 1e-9).all()
        independent = linprog(linear, A_ub=unlimited.G, b_ub=unlimited.h, bounds=bounds)
        assert linear @ answer == pytest.approx(independent.fun, abs=1e-6 * max(1.0, abs(linear).max()))


@pytest.mark.parametrize("limit", [1e6, 1e10, 1e13])
def test_far_limits_are_limits(limit):
    """Who counts in Wh trades tens of billions: the primal simplex method calls that unbounded."""
    problem = canonicalise(Seller(limit))
    workspace = Simplex("seller", problem)
    for price in (3.0, 0.5, 3.0):
        trades = problem.T @ workspace.solve(problem.c - problem.T.T @ np.array([price, 0.0]))
        expected = [limit, -0.6 * limit] if price > 1 else [0.4 * limit, 0.0]
        np.testing.assert_allclose(trades, expected, rtol=1e-9)


@pytest.mark.parametrize("need", [1e-12, 2e-9, 1e-6, 1.0])
def test_small_needs_are_met_as_exactly_as_large_ones(need):
    """Whoever must buy 2e-9 MWh has not done so by buying nothing, though solvers take that for rounding."""
    problem = canonicalise(Buyer(need))
    trades = problem.T @ Simplex("buyer", problem).solve(problem.c - problem.T.T @ np.array([31.8, 31.5]))
    np.testing.assert_allclose(trades, [0.0, -need], rtol=1e-9, atol=1e-9 * need)
