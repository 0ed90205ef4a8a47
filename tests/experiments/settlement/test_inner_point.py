"""One step to where constraints hold: what is near its limits hardly moves."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.programmes.quadratic_programme import QuadraticProgramme
from walras.experiments.settlement.inner_point import inner_point

NO_ROWS = (sp.csc_array((0, 3)), np.zeros(0))


def constraints(A, b, G, h, lower, upper) -> QuadraticProgramme:
    n = len(lower)
    return QuadraticProgramme(sp.csc_array((n, n)), np.zeros(n), A, b, G, h, np.array(lower), np.array(upper))


def test_a_sum_is_made_up_by_who_has_room():
    total = sp.csc_array([[1.0, 1.0, 1.0]])
    point = inner_point(constraints(total, np.ones(1), *NO_ROWS, [-100.0, -100.0, -0.1], [100.0, 100.0, 100.0]))
    assert point.sum() == pytest.approx(1)
    assert point[0] == pytest.approx(point[1])
    assert 0 < point[2] < 1e-5


def test_a_violated_inequality_is_met_to_the_boundary():
    rows = sp.csc_array([[1.0, 0.0, -1.0]])
    free = ([-100.0] * 3, [100.0] * 3)
    point = inner_point(constraints(*NO_ROWS, rows, np.array([-1.0]), *free))
    assert point == pytest.approx([-0.5, 0, 0.5])


def test_equations_that_say_the_same_twice_are_met():
    twice = sp.csc_array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    point = inner_point(constraints(twice, np.array([1.0, 2.0]), *NO_ROWS, [-9.0] * 3, [9.0] * 3))
    assert point == pytest.approx([1 / 3] * 3)


def test_where_limits_are_in_the_way_there_is_none():
    total = sp.csc_array([[1.0, 1.0, 1.0]])
    assert inner_point(constraints(total, np.ones(1), *NO_ROWS, [-0.1] * 3, [0.1] * 3)) is None


def test_variables_without_limits_have_room_for_all():
    total = sp.csc_array([[1.0, 1.0, 1.0]])
    point = inner_point(constraints(total, np.ones(1), *NO_ROWS, [-np.inf, -1.0, -1.0], [np.inf, 1.0, 1.0]))
    assert point == pytest.approx([1, 0, 0], abs=1e-6)
