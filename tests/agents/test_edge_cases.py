"""Declarations at the edge: what is legal is solved, what is not is refused by the agent's name."""

from collections.abc import Callable
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases.asking import answer

from walras.agents import AgentError, Consumer, Declaration, GridOperator, Producer, canonicalise, contract
from walras.network import Grid

GOOD = contract("a", "b", 0)


@dataclass(frozen=True)
class Stated:
    state: Callable
    name: str = "Mallory"
    moves_money = True

    def declare(self):
        return Declaration(*self.state())


def one_variable():
    return cp.Variable(1, nonneg=True)


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_an_agent_that_always_trades_the_same_is_solved(executor, rho):
    agent = Stated(lambda: (cp.Constant(0.0), cp.Constant(np.array([5.0])), (GOOD,), []))
    assert answer(agent, executor, {GOOD: 3.0}, rho=rho) == ({GOOD: 5.0}, 0.0)


def test_a_consumer_without_sellers_lives_on_its_hydro(executor):
    # Benefit of 2 MWh at 10 - d: 20 - 2.
    agent = Consumer("town", 1, (), np.array([10.0]), np.ones(1), np.array([2.0]))
    assert answer(agent, executor, {}) == ({}, pytest.approx(-18.0))


def test_a_grid_of_one_bus_leaves_its_operator_nothing_to_trade(executor):
    grid = Grid((4,), 4, (), (), (), np.zeros(0), np.zeros(0))
    assert answer(GridOperator("grid operator", grid, np.zeros((1, 1)), 10.0), executor, {}) == ({}, 0.0)


def test_a_producer_without_customers_sells_nothing(executor):
    trades, cost = answer(Producer("plant", 1, 1, (), 10.0, 10.0, 0.1, 0.0, 1), executor, {})
    assert trades == {}
    assert cost == pytest.approx(0.0)


def test_a_plain_number_is_a_cost(executor):
    def state():
        x = one_variable()
        return 0.0, x, (GOOD,), [x <= 4]

    assert answer(Stated(state), executor, {GOOD: 3.0})[0] == {GOOD: pytest.approx(4.0)}


@pytest.mark.parametrize("length", [1, 2])
def test_a_cost_that_is_a_vector_is_refused_by_its_agents_name(length):
    def state():
        x = cp.Variable(length, nonneg=True)
        return 2 * x, x[:1], (GOOD,), [x <= 1]

    with pytest.raises(AgentError, match="Mallory"):
        canonicalise(Stated(state))


@pytest.mark.parametrize("value", [None, np.array([4.0])])
def test_a_parameter_in_a_constraint_is_refused_by_its_agents_name(value):
    def state():
        x = one_variable()
        return cp.sum(x), x, (GOOD,), [x <= cp.Parameter(1, value=value)]

    with pytest.raises(AgentError, match=r"Mallory.*parameters"):
        canonicalise(Stated(state))


def test_all_or_nothing_variables_are_refused_as_not_convex(executor):
    def state():
        x = cp.Variable(1, boolean=True)
        return cp.sum(x), x, (GOOD,), []

    with pytest.raises(AgentError, match="Mallory"):
        answer(Stated(state), executor, {GOOD: 3.0})


def test_a_declaration_that_holds_nan_is_refused_by_its_agents_name(executor):
    def state():
        x = one_variable()
        return np.nan * cp.sum(x), x, (GOOD,), [x <= 1]

    with pytest.raises(AgentError, match="Mallory"):
        answer(Stated(state), executor, {GOOD: 3.0})


@pytest.mark.parametrize("bound", [1e9, 1e12])
def test_a_loose_bound_changes_no_answer(executor, bound):
    # 2 x = 3.
    def state():
        x = one_variable()
        return cp.sum_squares(x), x, (GOOD,), [x <= bound]

    assert answer(Stated(state), executor, {GOOD: 3.0})[0][GOOD] == pytest.approx(1.5)


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_an_agent_whose_linear_problem_moves_no_trade_is_solved(executor, rho):
    """Its Hessian is zero, whatever the weight of its targets; its cost is least at the bound, -3 * 4."""

    def state():
        x = one_variable()
        return -3 * cp.sum(x), 0 * x + 2, (GOOD,), [x <= 4]

    assert answer(Stated(state), executor, {GOOD: 3.0}, rho=rho) == ({GOOD: 2.0}, pytest.approx(-12.0))
