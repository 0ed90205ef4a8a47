"""Agents of one structure share their way through CVXPY, and get the matrices that each would get alone."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields

import cvxpy as cp
import numpy as np
import pytest
import scipy.sparse as sp
from cases.feasible import EVERY_KIND
from cases.random.agents import consumers, producers
from hypothesis import given
from hypothesis import strategies as st

from walras.agents import AgentError, CanonicalProblem, Declaration, DeclaredAgents, canonicalise, contract
from walras.experiments.bench.problems.exchange import Exchange
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario


@dataclass(frozen=True)
class Numbered:
    """An agent that states its problem of two variables with a number of its own."""

    number: float
    state: Callable
    moves_money = True

    @property
    def name(self):
        return f"Mallory {self.number:g}"

    def declare(self):
        x, y = cp.Variable(2, nonneg=True), cp.Variable(3)
        cost, trades, constraints = self.state(x, y, self.number)
        goods = tuple(contract(self.name, f"buyer {index}", 0) for index in range(trades.size))
        return Declaration(cost, trades, goods, [x <= 5, cp.abs(y) <= 4, cp.sum(x) == cp.sum(y), *constraints])


STATED = {
    "linear cost": lambda x, y, k: (k * cp.sum(x), x, []),
    "cost and trades": lambda x, y, k: (k * cp.sum_squares(y), k * x + 1, []),
    "trades alone": lambda x, y, k: (cp.sum_squares(y), cp.hstack([x, y]) * k - k, []),
    "a sum that is squared twice": lambda x, y, k: (cp.square(cp.sum(x) - k) + k * cp.square(cp.sum(x)), x, []),
    "a part that occurs twice": lambda x, y, k: (
        (lambda most: most + cp.square(most))(cp.maximum(cp.sum(x), k)),
        x,
        [],
    ),
    "a product of its numbers": lambda x, y, k: (k * cp.sum_squares(k * y + k), x, []),
    "a quotient": lambda x, y, k: (cp.sum(x) / k + cp.quad_over_lin(y, k), x / k, []),
    "a quadratic form": lambda x, y, k: (cp.quad_form(y, np.diag([1, k, k * k])), y, []),
    "limits": lambda x, y, k: (cp.sum(y), x, [x[0] <= k, x[1] + y[2] <= k, y[1] == k - 2]),
    "bounds of a variable": lambda x, y, k: (
        cp.sum(y),
        (lambda z: cp.hstack([x, z]))(cp.Variable(2, bounds=[-k, k])),
        [],
    ),
    "a sparse matrix": lambda x, y, k: (cp.sum(x), sp.csr_array([[1, 0], [k, 1]]) @ x, []),
    "piecewise linear": lambda x, y, k: (cp.norm1(y - k) + cp.sum(cp.pos(y)) + cp.huber(x[0], 2), x, []),
    "a power": lambda x, y, k: (cp.power(y[0], 2) + cp.sum(y), x[: 1 + (k > 2)], []),
    "absent where it is 1": lambda x, y, k: (
        (k - 1) * cp.sum_squares(x) + k,
        cp.hstack([x[0] - (k - 1) * x[1], y]),
        [],
    ),
}


def assert_same(one: CanonicalProblem, other: CanonicalProblem):
    for field in fields(CanonicalProblem):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if sp.issparse(ours):
            assert ours.shape == theirs.shape
            assert ours.has_sorted_indices
            np.testing.assert_array_equal(ours.indptr, theirs.indptr)
            np.testing.assert_array_equal(ours.indices, theirs.indices)
            np.testing.assert_allclose(ours.data, theirs.data, rtol=1e-14)
        elif field.name == "goods":
            assert ours == theirs
        else:
            np.testing.assert_allclose(ours, theirs, rtol=1e-14, atol=1e-14)


def assert_same_as_alone(agents):
    for agent, problem in zip(agents, DeclaredAgents(agents).problems, strict=True):
        assert_same(problem, canonicalise(agent))


def least_cost(declaration, prices, volume):
    """Least cost near a volume of every trade, less the trades at prices, by CVXPY."""
    trades = declaration.trades
    task = cp.Problem(
        cp.Minimize(declaration.cost - prices @ trades + cp.sum_squares(trades - volume)), declaration.constraints
    )
    return task.solve(solver=cp.CLARABEL, tol_feas=1e-10, tol_gap_abs=1e-10, tol_gap_rel=1e-10)


def in_matrices(problem):
    x = cp.Variable(len(problem.c))
    low, high = np.isfinite(problem.lower), np.isfinite(problem.upper)
    constraints = [x[low] >= problem.lower[low], x[high] <= problem.upper[high]]
    constraints += [problem.A @ x == problem.b] if len(problem.b) else []
    constraints += [problem.G @ x <= problem.h] if len(problem.h) else []
    cost = cp.quad_form(x, cp.psd_wrap(problem.P)) / 2 + problem.c @ x + problem.constant
    return Declaration(cost, problem.T @ x + problem.trade_offset, problem.goods, constraints)


@pytest.mark.parametrize("stated", STATED)
def test_agents_alike_have_the_matrices_that_each_has_alone(stated):
    assert_same_as_alone([Numbered(number, STATED[stated]) for number in (3.0, 1.0, 2.0, 1.5)])


@pytest.mark.parametrize("stated", STATED)
def test_matrices_of_agents_alike_say_what_each_declared(stated):
    """CVXPY finds the same least cost in the matrices of every agent as in its declaration."""
    agents = [Numbered(number, STATED[stated]) for number in (3.0, 1.0, 2.0)]
    for agent, problem in zip(agents, DeclaredAgents(agents).problems, strict=True):
        prices = np.linspace(-1, 2, len(problem.goods))
        expected = least_cost(agent.declare(), prices, 0.5)
        assert least_cost(in_matrices(problem), prices, 0.5) == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_agents_of_every_kind_have_the_matrices_that_each_has_alone():
    assert_same_as_alone([sampled.agent for sampled in EVERY_KIND.values()] * 2)


@pytest.mark.parametrize("periods", [1, 3])
def test_the_case_study_has_the_matrices_of_its_agents_alone(periods):
    overrides = [f"periods={periods}", f"load_profile={[0.8, 0.9, 1.0][:periods]}", "consumers.forward_position=0.1"]
    market = build_market(load_scenario("rts24", overrides))
    for agent, problem in zip(market.agents, market.problems, strict=True):
        assert_same(problem, canonicalise(agent))


def test_the_exchange_has_the_matrices_of_its_agents_alone():
    assert_same_as_alone(Exchange.generated(5, 7, 0).market().agents)


@given(st.lists(st.one_of(consumers(), producers()), min_size=2, max_size=5))
def test_random_agents_have_the_matrices_that_each_has_alone(agents):
    assert_same_as_alone(agents)


def test_many_agents_alike_go_through_cvxpy_once(monkeypatch):
    calls = []
    compile_ = cp.Problem.get_problem_data
    monkeypatch.setattr(cp.Problem, "get_problem_data", lambda *args: calls.append(1) or compile_(*args))
    assert len(DeclaredAgents(Exchange.generated(4, 6, 0).market().agents).problems) == 10
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("state", "number", "word"),
    [
        (lambda x, y, k: (k * cp.sum_squares(y), x, []), -1.0, "convex"),
        (lambda x, y, k: (k * cp.sum_squares(y), x, []), np.nan, "nan"),
        (lambda x, y, k: (cp.sum_squares(y), x, [cp.sum_squares(x) >= 1] if k < 0 else []), -1.0, "convex"),
        (lambda x, y, k: (k * cp.sum(y) + cp.sum(cp.Variable(1, integer=k < 0)), x, []), -1.0, "integer"),
        (lambda x, y, k: (k * cp.sum(y), cp.square(x) if k < 0 else x, []), -1.0, "affine"),
        (lambda x, y, k: (k * cp.sum(y), x[0] if k < 0 else x, []), -1.0, "shape"),
        (lambda x, y, k: (k * cp.sum(y) * (cp.Parameter(value=1) if k < 0 else 1), x, []), -1.0, "parameters"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_the_one_agent_among_many_that_is_faulty_is_named(state, number, word, place):
    agents = [Numbered(k, state) for k in (3.0, 1.0, 2.0)]
    agents.insert(place, Numbered(number, state))
    with pytest.raises(AgentError, match=rf"Mallory {number:g}\b.*{word}"):
        DeclaredAgents(agents)


@pytest.mark.parametrize("place", [0, 1, 3])
def test_the_one_agent_among_many_that_is_no_quadratic_programme_is_named(place):
    def state(x, y, k):
        return k * cp.sum(y), x, [cp.norm(x) <= 4] if k == 9 else []

    agents = [Numbered(k, state) for k in (3.0, 1.0, 2.0)]
    agents.insert(place, Numbered(9.0, state))
    with pytest.raises(AgentError, match=r"Mallory 9 .*quadratic"):
        _ = DeclaredAgents(agents).problems


def test_asking_again_for_what_is_no_quadratic_programme_fails_again():
    declared = DeclaredAgents([Numbered(1.0, lambda x, y, k: (cp.sum(cp.exp(x)), x, []))])
    for _ in range(2):
        with pytest.raises(AgentError, match="quadratic"):
            _ = declared.problems


def test_parties_to_a_good_share_one_object_and_one_number():
    market = Exchange.generated(3, 2, 0).market()
    declared = DeclaredAgents(market.agents)
    mine = {good: good for good in declared.distinct_goods}
    assert len(mine) == len(declared.distinct_goods) == 6
    stacked = [good for goods in declared.goods for good in goods]
    assert all(mine[good] is good for good in stacked)
    assert [declared.distinct_goods[number] for number in declared.good_numbers] == stacked


def test_what_was_declared_survives_pickling():
    agents = Exchange.generated(3, 2, 0).market().agents
    for problem, agent in zip(pickle.loads(pickle.dumps(DeclaredAgents(agents))).problems, agents, strict=True):
        assert_same(problem, canonicalise(agent))
