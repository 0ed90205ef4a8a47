"""Declarations that are no convex problem over their goods are refused, and the agent is named."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases.asking import answer
from cases.feasible import EVERY_KIND

from walras.agents import Agent, AgentError, Declaration, canonicalise, contract
from walras.coordinator import Compiled, Market, Serial

ONE, TWO = contract("a", "b", 0), contract("a", "c", 0)


@dataclass(frozen=True)
class Stated:
    """An agent that declares whatever the function says about two variables in [0, 5]."""

    state: Callable
    name: str = "Mallory"
    moves_money = True

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        cost, trades, goods, constraints = self.state(x)
        return Declaration(cost, trades, goods, [x <= 5, *constraints])


REFUSED = {
    "too few trades": (lambda x: (cp.sum(x), x[:1], (ONE, TWO), []), "shape"),
    "too many trades": (lambda x: (cp.sum(x), x, (ONE,), []), "shape"),
    "a matrix of trades": (lambda x: (cp.sum(x), cp.reshape(x, (1, 2), order="C"), (ONE, TWO), []), "shape"),
    "a scalar trade": (lambda x: (cp.sum(x), cp.sum(x), (ONE,), []), "shape"),
    "a good twice": (lambda x: (cp.sum(x), x, (ONE, ONE), []), "twice"),
    "quadratic trades": (lambda x: (cp.sum(x), cp.square(x), (ONE, TWO), []), "affine"),
    "a product of variables as trade": (lambda x: (cp.sum(x), x[0] * x, (ONE, TWO), []), "affine"),
    "concave cost": (lambda x: (-cp.sum_squares(x), x, (ONE, TWO), []), "convex"),
    "square-root cost": (lambda x: (cp.sum(cp.sqrt(x)), x, (ONE, TWO), []), "convex"),
    "a non-convex constraint": (lambda x: (cp.sum(x), x, (ONE, TWO), [cp.sum_squares(x) >= 1]), "convex"),
    "a cost that is text": (lambda x: ("cheap", x, (ONE, TWO), []), "str"),
    "a complex variable": (
        lambda x: (cp.sum_squares(cp.Variable(2, complex=True)), x, (ONE, TWO), []),
        "complex",
    ),
    "a parameter in the cost": (
        lambda x: (cp.Parameter(nonneg=True, value=2.0) * cp.sum(x), x, (ONE, TWO), []),
        "parameters",
    ),
    "a parameter in the trades": (
        lambda x: (cp.sum(x), cp.Parameter(value=2.0) * x, (ONE, TWO), []),
        "parameters",
    ),
}
NOT_QUADRATIC = {
    "exponential cost": lambda x: (cp.sum(cp.exp(x)), x, (ONE, TWO), []),
    "a second-order cone": lambda x: (cp.sum(x), x, (ONE, TWO), [cp.norm(x) <= 4]),
    "a quadratic constraint": lambda x: (cp.sum(x), x, (ONE, TWO), [cp.sum_squares(x) <= 4]),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_faulty_declaration_is_refused_by_its_agents_name(fault):
    state, word = REFUSED[fault]
    with pytest.raises(AgentError, match=rf"Mallory.*{word}"):
        canonicalise(Stated(state))


@pytest.mark.parametrize("fault", REFUSED)
def test_every_executor_refuses_it_as_well(executor, fault):
    with pytest.raises(AgentError, match="Mallory"):
        executor.compile(Market((Stated(REFUSED[fault][0]),)))


@pytest.mark.parametrize("kind", NOT_QUADRATIC)
def test_what_is_no_quadratic_programme_has_no_matrices(kind):
    with pytest.raises(AgentError, match=r"Mallory.*quadratic"):
        canonicalise(Stated(NOT_QUADRATIC[kind]))


@pytest.mark.parametrize("kind", NOT_QUADRATIC)
def test_the_compiled_executor_says_so_before_the_first_round(kind):
    with pytest.raises(AgentError, match=r"Mallory.*quadratic"):
        Compiled().compile(Market((Stated(NOT_QUADRATIC[kind]),)))


def test_the_serial_executor_solves_cones_too():
    # Maximise 3 x0 + 4 x1 - (x0 + x1) within |x| <= 4: along (2, 3).
    trades, cost = answer(Stated(NOT_QUADRATIC["a second-order cone"]), Serial(), {ONE: 3.0, TWO: 4.0})
    direction = 4 * np.array([2, 3]) / np.sqrt(13)
    assert list(trades.values()) == pytest.approx(direction, abs=1e-3)
    assert cost == pytest.approx(sum(direction), abs=1e-3)


def test_the_serial_executor_solves_exponential_costs_too():
    # exp(x) = price.
    trades, _ = answer(Stated(NOT_QUADRATIC["exponential cost"]), Serial(), {ONE: 3.0, TWO: 7.0})
    assert list(trades.values()) == pytest.approx(np.log([3.0, 7.0]), abs=1e-3)


def test_piecewise_linear_cost_is_a_quadratic_programme(executor):
    # Cost |x0 - 1| + max(x1, 2 x1 - 3) against prices 0.5 and 1.5: the kinks x0 = 1 and x1 = 3.
    agent = Stated(lambda x: (cp.abs(x[0] - 1) + cp.maximum(x[1], 2 * x[1] - 3), x, (ONE, TWO), []))
    trades, cost = answer(agent, executor, {ONE: 0.5, TWO: 1.5})
    assert list(trades.values()) == pytest.approx([1.0, 3.0], abs=1e-6)
    assert cost == pytest.approx(3.0, abs=1e-6)


@pytest.mark.parametrize("rho", [0.0, 1.0])
@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_an_agent_whose_constraints_contradict_is_named(executor, rho, slope):
    agent = Stated(lambda x: (cp.sum(x) + slope * cp.sum_squares(x), x, (ONE, TWO), [cp.sum(x) >= 11]))
    with pytest.raises(AgentError, match="Mallory"):
        answer(agent, executor, {ONE: 1.0, TWO: 1.0}, rho=rho)


@dataclass(frozen=True)
class Unbounded:
    slope: float
    name: str = "Hotel"
    moves_money = True

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        return Declaration(self.slope * cp.square(x[0]) + cp.sum(x), x, (ONE, TWO), [])


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_an_agent_whose_trades_are_unbounded_is_named(executor, slope):
    with pytest.raises(AgentError, match=r"Hotel.*bounded"):
        answer(Unbounded(slope), executor, {ONE: 2.0, TWO: 2.0})


@pytest.mark.parametrize("slope", [0.0, 1.0])
def test_it_may_be_unbounded_where_prices_do_not_tempt_it(executor, slope):
    trades, _ = answer(Unbounded(slope), executor, {ONE: 0.5, TWO: 0.5})
    assert list(trades.values()) == pytest.approx([0.0, 0.0], abs=1e-6)


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_an_agent_that_survives_pickling(kind):
    agent = EVERY_KIND[kind].agent
    copy = pickle.loads(pickle.dumps(agent))
    assert isinstance(copy, Agent)
    assert copy.declare().goods == agent.declare().goods


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_declaring_twice_gives_fresh_variables(kind):
    first, second = EVERY_KIND[kind].agent.declare(), EVERY_KIND[kind].agent.declare()
    assert not {v.id for v in first.trades.variables()} & {v.id for v in second.trades.variables()}
