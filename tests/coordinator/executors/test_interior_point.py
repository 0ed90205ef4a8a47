"""The interior-point method behind the active sets: nearest points by hand, and gaps too wide to accept."""

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp

from walras.agents import AgentError
from walras.agents.canonical.canonical_problem import CanonicalProblem
from walras.coordinator.executors import interior_point

INF = np.inf


def constrained(equal=(), at_most=(), lower=(-INF, -INF), upper=(INF, INF)):
    """Two variables; rows as (coefficients, right-hand side)."""

    def stacked(rows):
        return sp.csc_array(np.array([row for row, _ in rows]).reshape(-1, 2)), np.array([side for _, side in rows])

    nothing = sp.csc_array((0, 2))
    return CanonicalProblem(
        (), sp.csc_array((2, 2)), np.zeros(2), 0.0, *stacked(equal), *stacked(at_most),
        np.array(lower), np.array(upper), nothing, np.zeros(0),
    )  # fmt: skip


def nearest(problem, point=(3.0, 1.0)):
    """Where ``(x - point) @ (x - point)`` is least."""
    hessian = sp.csc_array(2 * np.eye(2))
    return interior_point.by_clarabel("Alice", problem, hessian, -2 * np.array(point))


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (constrained(upper=(2.0, INF)), (2, 1)),
        (constrained(lower=(-INF, 1.5)), (3, 1.5)),
        (constrained(lower=(-INF, -1.5), upper=(5.0, INF)), (3, 1)),
        (constrained(lower=(3.5, -INF), upper=(4.0, 0.5)), (3.5, 0.5)),
        (constrained(equal=[((1.0, 1.0), 2.0)]), (2, 0)),
        (constrained(at_most=[((1.0, -1.0), 0.0)]), (2, 2)),
        (constrained(at_most=[((1.0, -1.0), 4.0)]), (3, 1)),
        (constrained(equal=[((1.0, 1.0), 2.0)], at_most=[((0.0, -1.0), -0.5)]), (1.5, 0.5)),
        (constrained(equal=[((1.0, 1.0), 2.0)], at_most=[((1.0, 0.0), 9.0)], lower=(-INF, 0.75)), (1.25, 0.75)),
    ],
)
def test_the_nearest_point_is_found_whatever_kind_of_constraint_keeps_from_nearer_ones(problem, expected, capfd):
    assert nearest(problem) == pytest.approx(np.array(expected), abs=1e-7)
    assert capfd.readouterr() == ("", "")


def test_curvature_may_couple_variables():
    """``x^2 + x y + y^2 - 3 x - 3 y`` is least where ``2 x + y = 3`` and ``x + 2 y = 3``."""
    hessian = sp.csc_array(np.array([[2.0, 1.0], [1.0, 2.0]]))
    found = interior_point.by_clarabel("Alice", constrained(upper=(9.0, 9.0)), hessian, np.array([-3.0, -3.0]))
    assert found == pytest.approx(np.ones(2), abs=1e-7)


@pytest.mark.parametrize(
    "problem",
    [
        constrained(lower=(4.0, -INF), upper=(3.0, INF)),
        constrained(equal=[((1.0, 1.0), 2.0), ((1.0, 1.0), 3.0)]),
    ],
)
def test_who_contradicts_itself_is_named(problem):
    with pytest.raises(AgentError, match="Alice has no best response"):
        nearest(problem)


def test_who_gains_without_end_is_named():
    with pytest.raises(AgentError, match="Alice has no best response"):
        interior_point.by_clarabel("Alice", constrained(lower=(0, 0)), sp.csc_array((2, 2)), np.array([-1.0, 0.0]))


class Ends:
    """A solver that ends with these objectives, at a point in the agent's units."""

    def __init__(self, primal, dual, point=(3.0, 1.0)):
        self.solution = SimpleNamespace(obj_val=primal, obj_val_dual=dual, status="AlmostSolved", x=point)

    def __call__(self, *_):
        return SimpleNamespace(solve=lambda: self.solution)


@pytest.mark.parametrize(
    ("primal", "dual", "accepted"),
    [
        # A millionth of an objective of 50, or of 1 where the objective is smaller.
        (50.0, 50.0 - 49e-6, True),
        (50.0, 50.0 - 51e-6, False),
        (-50.0, -50.0 + 49e-6, True),
        (-50.0, -50.0 - 51e-6, False),
        (0.01, 0.01 - 0.9e-6, True),
        (0.01, 0.01 - 1.1e-6, False),
        (0.0, 0.0, True),
        (0.0, 1e-6, True),
        (float("nan"), 1.0, False),
    ],
)
def test_a_millionth_of_the_objective_may_be_missing(monkeypatch, primal, dual, accepted):
    monkeypatch.setattr(interior_point.clarabel, "DefaultSolver", Ends(primal, dual))
    if accepted:
        # Without limits the agent's unit is where its curvature stops: 6 / 2.
        assert nearest(constrained()).tolist() == [9.0, 3.0]
    else:
        with pytest.raises(AgentError, match="ends with AlmostSolved"):
            nearest(constrained())


@pytest.mark.parametrize(("excess", "accepted"), [(0.9e-7, True), (1.1e-7, False), (float("nan"), False)])
def test_an_answer_beyond_a_limit_is_none(monkeypatch, excess, accepted):
    """A unit of 1e-3 MW may be exceeded by 1e-10 MW, not by 1e-7."""
    monkeypatch.setattr(interior_point.clarabel, "DefaultSolver", Ends(0.0, 0.0, (1 + excess, 0.0)))
    small = constrained(upper=(1e-3, 1e-3))
    if accepted:
        assert nearest(small) == pytest.approx([1e-3, 0])
    else:
        with pytest.raises(AgentError, match="ends with AlmostSolved"):
            nearest(small)


@pytest.mark.parametrize("size", [1e-5, 1.0, 1e5])
def test_answers_are_as_exact_whatever_the_size_of_the_agent(size):
    """Between 0 and its size, x costs ``(x - 2 size)^2`` and y costs ``(y - size / 2)^2``."""
    found = nearest(constrained(lower=(0.0, 0.0), upper=(size, size)), (2 * size, size / 2))
    assert found == pytest.approx([size, size / 2], rel=1e-7, abs=0)


@pytest.mark.parametrize("owed", [1e-5, 1e-7, 1e-9])
def test_who_is_owed_next_to_nothing_of_what_it_wants_gets_that(owed):
    """A limit from below says nothing of how much more an agent takes: in units of it 30 MWh were 0.2 MWh off."""
    found = nearest(constrained(lower=(owed, 0.0)), (30.0, 1.0))
    assert found == pytest.approx([30.0, 1.0], abs=1e-5)


def test_who_can_have_next_to_nothing_of_what_it_wants_has_that():
    found = nearest(constrained(lower=(0.0, 0.0), upper=(1e-7, 2e-7)), (30.0, 1.0))
    assert found == pytest.approx([1e-7, 2e-7], rel=1e-7, abs=0)
