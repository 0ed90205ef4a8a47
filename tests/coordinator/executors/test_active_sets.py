"""Answers of quadratic agents keep the limits of agents of any size, and are the best within them."""

from types import SimpleNamespace

import daqp
import numpy as np
import pytest

from walras.agents import AgentError, Customer, Producer, canonicalise
from walras.coordinator import Batched, Compiled, Market, Prices, Scale, Serial
from walras.coordinator.executors import active_sets
from walras.coordinator.executors.active_sets import ActiveSet, ProximalActiveSet
from walras.coordinator.executors.workspaces import pure_workspace, target_workspace

HUB = 1


def unit(capacity_mw, slope, cost=50.0):
    """Sells at the hub to three customers, so it is indifferent to whom at equal prices."""
    return Producer(
        name="unit",
        bus=HUB,
        hub=HUB,
        customers=tuple(Customer(name, HUB) for name in ("a", "b", "c")),
        capacity_mw=capacity_mw,
        cost_usd_per_mwh=cost,
        cost_slope_usd_per_mwh2=slope,
        emission_rate_kg_per_mwh=0.0,
        periods=1,
    )


def sales_at(producer, prices):
    problem = canonicalise(producer)
    workspace = pure_workspace("unit", problem)
    assert isinstance(workspace, ProximalActiveSet)
    return problem.T @ workspace.solve(problem.c - problem.T.T @ np.array(prices))


@pytest.mark.parametrize("slope", [1e-6, 2e-5, 1e-3, 1.0, 1e3])
@pytest.mark.parametrize("capacity_mw", [1e-4, 1.1e-3, 1.0, 1e4])
@pytest.mark.parametrize("prices", [(350, 350, 350), (350, 350 + 1e-7, 50), (50.001, 50.002, 50.0), (10, 20, 30)])
def test_a_unit_of_any_size_and_slope_sells_what_its_marginal_cost_says(capacity_mw, slope, prices):
    wanted = np.clip((max(prices) - 50) / slope, 0, capacity_mw)
    sales = sales_at(unit(capacity_mw, slope), prices)
    assert sales.min() >= -1e-9 * capacity_mw
    assert sales.sum() <= capacity_mw * (1 + 1e-9)
    gained = np.dot(prices, sales) - 50 * sales.sum() - slope / 2 * sales.sum() ** 2
    best = max(prices) * wanted - 50 * wanted - slope / 2 * wanted**2
    assert gained == pytest.approx(best, rel=1e-8, abs=1e-8 * max(prices) * capacity_mw)


@pytest.mark.parametrize("slope", [1e-6, 1.0])
def test_a_unit_without_capacity_sells_nothing(slope):
    assert np.abs(sales_at(unit(0.0, slope), (350, 350, 300))).max() <= 1e-12


def test_an_answer_beyond_a_limit_is_left_to_the_second_solver(monkeypatch):
    class BeyondLimits:
        def setup(self, *_):
            return 1, 0.0

        def solve(self):
            return np.array([2.0, 0.0, 0.0, 2.0]), 0.0, 1, {}

    problem = canonicalise(unit(1e-3, 0.1))
    assert len(problem.c) == 4
    linear = problem.c - problem.T.T @ np.array([350.0, 340.0, 330.0])
    workspace = pure_workspace("unit", problem)
    monkeypatch.setattr(active_sets, "daqp", SimpleNamespace(Model=BeyondLimits))
    assert problem.T @ workspace.solve(linear) == pytest.approx([1e-3, 0, 0], abs=1e-9)
    told = []
    monkeypatch.setattr(active_sets, "by_clarabel", lambda *arguments: told.append(arguments[-1]))
    workspace.solve(linear)
    assert told == ["DAQP's answer is beyond a limit, "]


def test_who_goes_round_in_circles_is_left_to_the_second_solver_before_long(monkeypatch):
    """DAQP's own limit of 10,000 iterations is seconds, in every round, where agents are large."""
    taken, given = [], []

    class Circling:
        settings: dict[str, float]

        def setup(self, *arguments):
            return daqp.Model().setup(*arguments)

        def solve(self):
            given.append(self.settings["iter_limit"])
            return np.zeros(4), 0.0, -4, {}

    problem = canonicalise(unit(1e-3, 0.1))
    linear = problem.c - problem.T.T @ np.array([350.0, 340.0, 330.0])
    monkeypatch.setattr(active_sets, "_MOST_WORK", 0)
    workspace = pure_workspace("unit", problem)
    monkeypatch.setattr(active_sets, "daqp", SimpleNamespace(Model=Circling))
    monkeypatch.setattr(active_sets, "by_clarabel", lambda *arguments: taken.append(arguments[-1]))
    workspace.solve(linear)
    assert taken == ["DAQP ends with flag -4, "]
    assert 3 * len(problem.c) <= given[0] <= 100


def test_an_agent_without_best_response_is_named():
    problem = canonicalise(unit(-1.0, 0.1))
    with pytest.raises(AgentError, match="unit has no best response: DAQP ends with flag -1, Clarabel ends with"):
        pure_workspace("unit", problem).solve(problem.c)


@pytest.mark.parametrize("executor", [Serial(), Compiled(), Batched()], ids=lambda executor: executor.name)
@pytest.mark.parametrize("capacity_mw", [1.1e-3, 1e4])
def test_no_executor_lets_a_unit_exceed_its_capacity(executor, capacity_mw):
    market = Market((unit(capacity_mw, 2e-5),))
    market = market.with_scales(dict.fromkeys(market.goods, Scale(350.0, capacity_mw)))
    answer = executor.compile(market)(Prices(np.array([350.0, 350.0 + 1e-7, 300.0])))
    assert answer.trades.sum() == pytest.approx(capacity_mw, rel=1e-7)


def test_near_targets_every_direction_is_curved():
    problem = canonicalise(unit(30.0, 0.1))
    workspace = target_workspace("unit", problem, np.ones(3))
    assert isinstance(workspace, ActiveSet)
    targets = np.array([20.0, 20.0, 5.0])
    # Without a price: 45 MWh at targets, of which 50 $/MWh and the limit take 15.
    sales = problem.T @ workspace.solve(problem.c - problem.T.T @ (50.0 + targets))
    assert sales.sum() <= 30 * (1 + 1e-9)
    assert sales == pytest.approx([15, 15, 0])
