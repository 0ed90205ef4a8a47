"""Datacenters answered together answer as each would in its own CVXPY problem."""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases.feasible import EVERY_KIND
from cases.random.agents import announcements
from cases.random.datacenters import hyperscalers, modular_datacenters
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.agents import Declaration, canonicalise, contract
from walras.agents.canonical.stacked_matrices import stacked_matrices
from walras.coordinator import Compiled, Market, NearTargets, Prices, Serial
from walras.coordinator.announcement import prices_of_copies
from walras.coordinator.executors.batched.best_columns import BestColumns
from walras.coordinator.executors.batched.total_answers import TotalAnswers
from walras.coordinator.executors.batched.total_recognition import totals
from walras.coordinator.executors.stacked_problems import StackedProblems
from walras.coordinator.executors.workspaces import Simplex

datacenters = st.one_of(modular_datacenters(), hyperscalers())


class Kernel:
    """Answers all agents of a market by the kernel of totals alone."""

    def __init__(self, market):
        self._good_of_copy = market.good_of_copy
        self._stacked = StackedProblems(market)
        recognised = totals(self._stacked.matrices, range(len(market.agents)))
        assert recognised.agents.tolist() == list(range(len(market.agents)))
        self._answers = TotalAnswers(market, recognised, self._stacked.columns)

    def __call__(self, announcement):
        linear = self._stacked.linear_term(announcement)
        x = np.full_like(linear, np.nan)
        if isinstance(announcement, Prices):
            self._answers.answer_alone(linear, x)
        else:
            self._answers.set_up(announcement.rho)
            self._answers.answer_near_targets(linear, x)
        return self._stacked.responses(x)


def loss(market, announcement, responses):
    """What an agent minimises, from its trades and its cost."""
    worth = prices_of_copies(market, announcement) @ responses.trades
    return responses.costs.sum() - worth + announcement.rho @ (responses.trades - announcement.targets) ** 2 / 2


@given(st.data())
@settings(max_examples=50)
def test_answers_near_targets_are_those_of_the_own_cvxpy_problem(data):
    market = Market((data.draw(datacenters),))
    announcement = data.draw(announcements(market, 1))
    kernel, serial = Kernel(market)(announcement), Serial().compile(market)(announcement)
    np.testing.assert_allclose(kernel.trades, serial.trades, atol=1e-5)
    assert loss(market, announcement, kernel) == pytest.approx(loss(market, announcement, serial), rel=1e-8, abs=1e-6)


@given(st.data())
@settings(max_examples=50)
def test_weights_that_differ_by_decades_are_answered_as_by_an_active_set_solver(data):
    market = Market((data.draw(datacenters),))
    announcement = data.draw(announcements(market, 2))
    kernel, compiled = Kernel(market)(announcement), Compiled().compile(market)(announcement)
    found, expected = (loss(market, announcement, responses) for responses in (kernel, compiled))
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-7)
    np.testing.assert_allclose(kernel.trades, compiled.trades, atol=1e-5)


def assert_best_and_allowed(problem, linear):
    """The answer keeps all constraints, and costs what HiGHS says that the cheapest does."""
    x = np.full(len(problem.c), np.nan)
    BestColumns(totals(stacked_matrices([problem]), [0])).solve(linear, x)
    scale = 1e-9 * max(1.0, np.abs(x).max(initial=0.0))
    np.testing.assert_allclose(problem.A @ x, problem.b, atol=scale)
    assert (problem.G @ x <= problem.h + scale).all()
    assert ((problem.lower <= x) & (x <= problem.upper + scale)).all()
    cheapest = Simplex("the agent", problem).solve(linear)
    assert linear @ x == pytest.approx(linear @ cheapest, rel=1e-9, abs=1e-7)


@given(st.data())
@settings(max_examples=100)
def test_pure_best_responses_are_those_of_a_simplex_method(data):
    market = Market((data.draw(datacenters),))
    prices = data.draw(announcements(market, 1)).prices[market.good_of_copy]
    problem = market.problems[0]
    assert_best_and_allowed(problem, problem.c - problem.T.T @ prices)


@pytest.mark.parametrize("least_total", [0.0, 1.0, 6.5, 8.0])
@pytest.mark.parametrize(
    "linear", [(1.0, 2.0, 3.0), (-1.0, 2.0, -3.0), (-1.0, -2.0, -3.0), (3.0, 2.0, 1.0), (0.0, 0.0, 0.0)]
)
def test_limits_of_one_variable_hold_in_pure_best_responses(linear, least_total):
    """At most 3 and 2 of the first and the last, and any of the second, 8 in all."""
    assert_best_and_allowed(canonicalise(Sharer(least_total=least_total)), np.array(linear, dtype=float))


def test_side_limits_that_overlap_are_not_answered_alone():
    assert recognised_alone(Sharer()) == [True]
    assert recognised_alone(Overlapping()) == [False]


@dataclass(frozen=True)
class Lender:
    """Sells up to some quantity, of which a part costs it something, and the rest only its own limits, if any."""

    most: float
    own_most: float
    name: str = "lender"
    moves_money = True

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        goods = tuple(contract(self.name, buyer, 0) for buyer in ("first", "second"))
        return Declaration(x[0], cp.hstack([cp.sum(x), -x[0]]), goods, [cp.sum(x) <= self.most, x[1] <= self.own_most])


def sold_alone(*lenders, price=3.0):
    """What each sells at one price of its first good, asked together."""
    market = Market(lenders)
    prices = np.array([price if good.buyer == "first" else 0.0 for good in market.goods])
    return Kernel(market)(Prices(prices)).trades.reshape(-1, 2).tolist()


def test_a_reserve_without_a_limit_of_its_own_is_limited_by_its_total():
    trades = sold_alone(Lender(10.0, np.inf), Lender(7.0, 3.0, name="other"))
    np.testing.assert_allclose(trades, [[10.0, 0.0], [7.0, -4.0]], rtol=1e-14)


def test_totals_of_very_different_size_do_not_cost_each_other_digits():
    trades = sold_alone(Lender(1e12, 4e11), Lender(7e-3, 3e-3, name="other"))
    np.testing.assert_allclose(trades, [[1e12, -6e11], [7e-3, -4e-3]], rtol=1e-12)


@given(st.data())
@settings(max_examples=20)
def test_no_answer_depends_on_the_ones_before(data):
    """Many agents together, one announcement after the other, answer to the bit as at first, and as each does alone."""
    agents = [data.draw(modular_datacenters(f"mdc {i}")) for i in range(3)]
    agents += [data.draw(hyperscalers(f"hyperscaler {i}")) for i in range(3)]
    market = Market(tuple(agents))
    together, first = Kernel(market), data.draw(announcements(market, 2))
    for _ in range(3):
        other = data.draw(announcements(market, 2))
        announcement = NearTargets(other.prices, first.rho, other.targets)
        trades = together(announcement).trades
        assert trades.tobytes() == Kernel(market)(announcement).trades.tobytes()
        compiled = Compiled().compile(market)(announcement)
        np.testing.assert_allclose(trades, compiled.trades, atol=1e-5)


@dataclass(frozen=True)
class Sharer:
    """Trades two quantities and perhaps a multiple of their sum with a third, which it has for free."""

    weights: tuple[float, float, float] = (2.0, 2.0, 2.0)
    own: tuple[tuple[float, ...], ...] = ((1.0, 0.0, 0.0), (0.0, -3.0, 0.0))
    at_least: float = 0.0
    least_total: float = 1.0
    cost: tuple[float, float, float] = (0.0, 1.0, 2.0)
    bends: bool = False
    name: str = "sharer"
    moves_money = True

    def side_limits(self, x):
        return [x[0] <= 3]

    def declare(self):
        x = cp.Variable(3)
        trades = np.array([*self.own, self.weights]) @ x
        goods = tuple(contract("sharer", f"buyer {row}", 0) for row in range(len(self.own) + 1))
        constraints = [x >= self.at_least, x[2] <= 2, cp.sum(x) <= 8, cp.sum(x) >= self.least_total]
        constraints += self.side_limits(x)
        cost = np.array(self.cost) @ x + (cp.sum_squares(x) if self.bends else 0)
        return Declaration(cost, trades, goods, constraints)


class Overlapping(Sharer):
    """Has a limit on two quantities, too, of which one has its own."""

    def side_limits(self, x):
        return [x[0] <= 3, x[0] + x[1] <= 4]


def recognised_alone(agent):
    return BestColumns(recognised_among(agent)).is_answered.tolist()


def recognised_among(*agents):
    return totals(stacked_matrices([canonicalise(agent) for agent in agents]), range(len(agents)))


def test_another_kind_of_agent_with_the_same_structure_is_recognised():
    found = recognised_among(Sharer())
    assert found is not None
    assert (found.part_columns.tolist(), found.part_of_column.tolist()) == ([0, 1], [0, 1])
    assert found.part_weight.tolist() == [1.0, 9.0]
    assert (found.reserve_column.tolist(), found.reserve_most.tolist()) == ([2], [2.0])
    assert (found.least.tolist(), found.most.tolist()) == ([1.0], [8.0])
    assert found.side_limits.tolist() == [3.0]


def test_agents_that_are_not_recognised_do_not_keep_their_neighbours_from_it():
    """In the market's numbers: the first agent has three variables and three copies."""
    other = Sharer(weights=(2.0, 2.0, 0.0))
    found = recognised_among(other, Sharer(), other, Sharer(least_total=2.0))
    assert found.agents.tolist() == [1, 3]
    assert found.agent_of_total.tolist() == [0, 1]
    assert found.part_columns.tolist() == [3, 4, 9, 10]
    assert found.part_copy.tolist() == [3, 4, 9, 10]
    assert found.total_copy.tolist() == [5, 11]
    assert found.least.tolist() == [1.0, 2.0]
    assert found.agent_of_side.tolist() == [0, 1]
    assert found.side_rows.nonzero()[1].tolist() == [3, 9]


@given(st.data())
@settings(max_examples=40)
def test_another_kind_of_agent_is_answered_too(data):
    market = Market((Sharer(least_total=data.draw(st.sampled_from([0.0, 1.0, 6.5, 8.0]))),))
    announcement = data.draw(announcements(market, 1))
    kernel, serial = Kernel(market)(announcement), Serial().compile(market)(announcement)
    np.testing.assert_allclose(kernel.trades, serial.trades, atol=1e-5)


@pytest.mark.parametrize(
    "other",
    [
        Sharer(weights=(2.0, 1.0, 2.0)),
        Sharer(weights=(2.0, 2.0, 0.0)),
        Sharer(own=((1.0, 0.0, 0.0),)),
        Sharer(own=((1.0, 0.0, 0.0), (1.0, 1.0, 0.0))),
        Sharer(own=((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 2.0, 0.0))),
        Sharer(own=((1.0, 1.0, 0.0),)),
        Sharer(at_least=-1.0),
        Sharer(least_total=9.0),
        Sharer(bends=True),
        Lender(10.0, -1.0),
    ],
    ids=[
        "weighted total",
        "free but not in the total",
        "two reserves",
        "overlapping parts",
        "a part traded twice",
        "a part of unequal costs",
        "below zero",
        "no solution",
        "curved cost",
        "no reserve can be so small",
    ],
)
def test_other_structures_are_not(other):
    assert recognised_among(other) is None


def test_datacenters_are_recognised_and_others_are_not():
    recognised = {kind for kind, sampled in EVERY_KIND.items() if recognised_among(sampled.agent) is not None}
    assert recognised == {"modular datacenter", "hyperscaler"}
