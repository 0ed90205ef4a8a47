"""Slope bids name the agent whose constraints contradict each other, and nobody else."""

from collections.abc import Callable
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases import two_agents
from cases.random.market import random_markets
from hypothesis import given, settings

from walras.agents import AgentError, Declaration, Good
from walras.coordinator import ADMM, Batched, Compiled, Market, Scale, SlopeBids, Status, run, stop_at
from walras.coordinator.executors.bidding import infeasible as feasibility

GOOD = two_agents.MWH
SCALES = {GOOD: Scale(30.0, 10.0)}


@dataclass(frozen=True)
class Mallory:
    """Sells the sum of two quantities, each between 0 and 100."""

    further: Callable[[cp.Variable], cp.Constraint]
    name: str = "Mallory"
    moves_money = True

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        return Declaration(cp.sum(x), x[:1] + x[1:], (GOOD,), [x <= 100, self.further(x)])


CONTRADICTIONS = {
    "bounds": lambda x: x[0] >= 200,
    "a row and bounds": lambda x: cp.sum(x) >= 300,
    "barely": lambda x: cp.sum(x) >= 200.001,
    "an equality and bounds": lambda x: cp.sum(x) == -1,
    "two rows": lambda x: cp.hstack([cp.sum(x) - 30, 20 - x[0] - 2 * x[1]]) >= 0,
    "two equalities": lambda x: cp.hstack([cp.sum(x) - 1, cp.sum(x) - 2]) == 0,
    "no choice": lambda x: cp.hstack([x[0] * -1, x[1] * -1, cp.sum(x) - 3]) >= 0,
    "a row of zeros": lambda x: 0 * cp.sum(x) >= 1,
}
LEGAL = {
    "no room": lambda x: cp.sum(x) >= 200,
    "hardly any room": lambda x: cp.sum(x) >= 199.9999,
    "an equality twice": lambda x: cp.hstack([cp.sum(x) - 1, 2 * cp.sum(x) - 2]) == 0,
}


UNSETTLED = {
    "two that may move together without end": (2, lambda z, x: [z[0] == z[1]]),
    "an equality twice": (2, lambda z, x: [z[0] + z[1] == 0, 2 * z[0] + 2 * z[1] == 0, cp.abs(z[0] - z[1]) <= 1]),
    "an equality twice, and one with a sale": (2, lambda z, x: [cp.hstack([cp.sum(z)] * 2) == 0, x[0] == z[0] + 30]),
    "a long chain twice": (150, lambda z, x: [z[1:] == z[:-1], 2 * z[1:] == 2 * z[:-1], z[0] == x[0]]),
    "many equalities twice": (120, lambda z, x: [z == x[0] + 1, 2 * z == 2 * x[0] + 2, cp.abs(z) <= 300]),
}


@dataclass(frozen=True)
class Free:
    """Sells up to 50 MWh for 1 $, with quantities without bounds of their own beside."""

    count: int
    further: Callable[[cp.Variable, cp.Variable], list[cp.Constraint]]
    name: str = "Alice"
    moves_money = True

    def declare(self):
        x, z = cp.Variable(1, nonneg=True), cp.Variable(self.count)
        return Declaration(cp.sum(x), x, (GOOD,), [x <= 50, *self.further(z, x)])


@dataclass(frozen=True)
class Stated:
    """Sells the sum of quantities between bounds for 1 $ a MWh."""

    lowest: list[float]
    highest: list[float]
    name: str = "Alice"
    moves_money = True

    def declare(self):
        x = cp.Variable(len(self.lowest))
        sum_of_all = cp.reshape(cp.sum(x), (1,), order="C")
        return Declaration(cp.sum(x), sum_of_all, (GOOD,), [x >= self.lowest, x <= self.highest])


@dataclass(frozen=True)
class Owner:
    """Keeps or sells a sum, each at most 10 MWh."""

    name: str = "Alice"
    moves_money = True

    def declare(self):
        x = cp.Variable(2, nonneg=True)
        return Declaration(-2 * x[0] + x[1], 2 * x[1:], (GOOD,), [x <= 10, cp.sum(x) == 12.7])


@dataclass(frozen=True)
class Forced:
    """Must buy 10 MWh."""

    good: Good
    name: str = "forced"
    moves_money = True

    def declare(self):
        x = cp.Variable(1, nonneg=True)
        return Declaration(cp.sum(x), -x, (self.good,), [x >= 10, x <= 20])


def market_with(further):
    return Market((two_agents.Buyer(GOOD), Mallory(further)), SCALES)


@pytest.mark.parametrize("further", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
def test_who_contradicts_itself_is_named_in_the_first_round(further, executor):
    with pytest.raises(AgentError, match=r"Mallory.*constraints"):
        run(market_with(further), SlopeBids(), executor, stop=stop_at(1e-6, 60))


@pytest.mark.parametrize("further", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_admm_refuses_the_same_agents(further):
    with pytest.raises(AgentError, match=r"Mallory"):
        run(market_with(further), ADMM(), Compiled(), stop=stop_at(1e-6, 60))


@pytest.mark.parametrize("further", LEGAL.values(), ids=LEGAL)
def test_who_has_hardly_a_choice_is_not_named(further):
    assert run(market_with(further), SlopeBids(), Compiled(), stop=stop_at(1e-6, 60)).status == Status.CONVERGED


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
def test_who_is_refused_is_refused_without_warnings(executor):
    """Of a sum of 12.7, 10 can be kept; nobody takes the rest, and what that would be worth overflows."""
    with pytest.raises(AgentError, match=r"Alice.*nobody can be on the other side"):
        run(Market((Owner(),), SCALES), SlopeBids(), executor, stop=stop_at(1e-6, 10))


@pytest.mark.parametrize("highest", [np.nextafter(0.3, 1.0), 0.3 + 1e-12])
@pytest.mark.parametrize("others_highest", [50.0, 1e-17])
def test_bounds_that_differ_by_rounding_leave_room(highest, others_highest):
    """As 0.3 and 0.1 + 0.2 do."""
    rounded = Stated([0.3, 0.0], [highest, others_highest])
    result = run(Market((two_agents.Buyer(GOOD), rounded), SCALES), SlopeBids(), Compiled(), stop=stop_at(1e-6, 25))
    assert result.status == Status.CONVERGED


@pytest.mark.parametrize(("count", "further"), UNSETTLED.values(), ids=UNSETTLED)
def test_what_constraints_leave_open_does_not_matter(count, further):
    market = Market((two_agents.Buyer(GOOD), Free(count, further)), SCALES)
    result = run(market, SlopeBids(), Compiled(), stop=stop_at(1e-6, 20))
    assert result.status == Status.CONVERGED
    assert result.best.prices == pytest.approx([1.0], abs=1e-5)
    assert np.isfinite(result.best.allocation.costs).all()


def test_who_could_comply_but_must_sell_what_nobody_buys_is_told_so():
    market = Market((Mallory(lambda x: cp.sum(x) >= 10),), SCALES)
    with pytest.raises(AgentError, match=r"Mallory.*seller.*nobody can be on the other side.*cannot clear"):
        run(market, SlopeBids(), Compiled(), stop=stop_at(1e-6, 10))


def test_who_must_sell_more_than_is_bought_is_not_named():
    """Bob has 5 MWh and somebody must buy 10: each of them can comply."""
    market = Market((two_agents.Seller(GOOD, capacity_mwh=5.0, name="Bob"), Forced(GOOD)), SCALES)
    result = run(market, SlopeBids(), Compiled(), stop=stop_at(1e-6, 30))
    assert result.status == Status.NOT_CONVERGED
    assert result.reason == "30 rounds are spent"


@settings(max_examples=25)
@given(market=random_markets())
def test_nobody_is_asked_whose_first_book_complies(market):
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feasibility, "linprog", lambda *args, **options: asked.append(args))
        run(market, SlopeBids(), Compiled(), stop=stop_at(1e-6, 3))
    assert not asked


def test_rts24_asks_nobody(rts24, monkeypatch):
    monkeypatch.setattr(feasibility, "linprog", None)
    assert np.isfinite(run(rts24, SlopeBids(), Compiled(), stop=stop_at(1e-6, 3)).best.prices).all()
