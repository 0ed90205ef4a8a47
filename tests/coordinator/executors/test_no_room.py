"""What limits pin is found, and agents restated without it can do the same at the same cost."""

from itertools import islice

import numpy as np
import pytest
import scipy.sparse as sp

from walras.agents import Consumer, Customer, Producer
from walras.agents.canonical.canonical_problem import CanonicalProblem
from walras.coordinator import Compiled, Market, SlopeBids, iterate
from walras.coordinator.executors.bidding import roomy
from walras.coordinator.executors.bidding.implied import pinned
from walras.coordinator.executors.bidding.restated import restated

FREE = (np.full(3, -np.inf), np.full(3, np.inf))


def problem(G, h, lower=FREE[0], upper=FREE[1]):
    return CanonicalProblem(
        goods=(),
        P=sp.csc_array(np.diag([2.0, 0.0, 4.0])),
        c=np.array([1.0, -2.0, 3.0]),
        constant=5.0,
        A=sp.csc_array((0, 3)),
        b=np.zeros(0),
        G=sp.csc_array(np.array(G, dtype=float)),
        h=np.array(h, dtype=float),
        lower=np.array(lower, dtype=float),
        upper=np.array(upper, dtype=float),
        T=sp.csc_array(np.eye(3)),
        trade_offset=np.array([0.0, 1.0, 0.0]),
    )


def found_in(stated):
    return pinned(stated, stated.lower, stated.upper, np.ones(3))


def test_limits_with_room_pin_nothing():
    assert found_in(problem([[1, -1, 0], [-1, 1, 0], [0, 1, 1]], [1, 1e-3, 7])) is None


def test_a_row_and_its_opposite_pin_each_other():
    found = found_in(problem([[1, -1, 0], [-1, 1, 0], [0, 1, 1]], [2, -2, 7]))
    assert found.rows.tolist() == [0, 1]
    assert found.quantities[0] - found.quantities[1] == pytest.approx(2)


def test_three_rows_in_a_circle_pin_each_other():
    """x <= y <= z <= x."""
    assert found_in(problem([[1, -1, 0], [0, 1, -1], [-1, 0, 1]], [0, 0, 0])).rows.tolist() == [0, 1, 2]


def test_bounds_are_pinned_by_rows():
    """x + y <= 0, both at least 0."""
    found = found_in(problem([[1, 1, 0]], [0], [0, 0, 0], [5, 5, 5]))
    assert found.rows.tolist() == [0]
    assert found.variables.tolist() == [0, 1]


def test_who_contradicts_itself_is_left_to_others():
    assert found_in(problem([[1, 0, 0], [-1, 0, 0]], [0, -1])) is None


def test_who_is_restated_trades_the_same_at_the_same_cost():
    stated = problem([[1, -1, 0], [-1, 1, 0], [1, 0, 1]], [2, -2, 7], [-9, -9, 0], [9, 9, 5])
    new = restated(stated, found_in(stated), np.ones(3), np.zeros(3, dtype=bool))
    assert len(new.c) == 2
    trades = np.array([3.0, 2.0, 4.0])
    x, *_ = np.linalg.lstsq(new.T.toarray(), trades - new.trade_offset, rcond=None)
    assert new.T @ x + new.trade_offset == pytest.approx(trades)
    assert new.cost(x) == pytest.approx(stated.cost(trades - stated.trade_offset))
    # What bounded the variable that went, and the row beside, are limits still.
    assert sorted(new.h - new.G @ x) == pytest.approx([0.0, 6.0, 12.0])


def test_parallel_rows_leave_no_trace_of_each_other():
    stated = problem([[0.3, -0.3, 0], [-0.3, 0.3, 0], [0.7, -0.7, 0], [-0.7, 0.7, 0]], [0, 0, 0, 0])
    new = restated(stated, found_in(stated), np.ones(3), np.zeros(3, dtype=bool))
    assert new.G.shape == (0, 2)


def test_a_small_unit_with_many_customers_has_room(monkeypatch):
    """Its typical trades are a multiple of its capacity; nobody asks linear programmes about it."""
    towns = [Consumer(f"town {i}", 1, ("mill",), np.array([50.0]), np.array([1.0]), np.zeros(1)) for i in range(200)]
    customers = tuple(Customer(town.name, 1) for town in towns)
    market = Market((*towns, Producer("mill", 1, 1, customers, 0.001, 10.0, 0.0, 0.0, 1)))
    monkeypatch.setattr(roomy, "pinned", lambda *_: pytest.fail("somebody is asked"))
    list(islice(iterate(market, SlopeBids(), Compiled().compile(market)), 1))
