"""Systems that are singular because rows say the same twice, or leave variables open."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.experiments.sensitivity.held_system import HeldSystem


def system(P, rows):
    return HeldSystem(sp.csc_array(np.array(P, dtype=float)), sp.csr_array(np.array(rows, dtype=float)))


@pytest.mark.parametrize("copies", [1, 2, 3, 7])
def test_rows_that_say_the_same_are_as_good_as_one(copies):
    """Least x^2 / 2 + y^2 with x + y = 3: x = 2 and y = 1, and multipliers of -2 together."""
    held = system([[1, 0], [0, 2]], [[1, 1]] * copies)
    x, multipliers, is_solved = held.solve(np.zeros((2, 1)), np.full((copies, 1), 3.0))
    assert is_solved.all()
    assert x.ravel() == pytest.approx([2, 1])
    assert multipliers.sum() == pytest.approx(-2)


def test_what_has_no_solution_is_told_from_what_has_one():
    """Twice the same row with two values; a cost along what is open; and one with a solution, side by side."""
    held = system([[0, 0], [0, 1]], [[0, 1], [0, 1]])
    upper = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    lower = np.array([[1.0, 0.0, 2.0], [2.0, 0.0, 2.0]])
    x, _, is_solved = held.solve(upper, lower)
    assert is_solved.tolist() == [False, False, True]
    assert x[:, 2] == pytest.approx([0, 2])


def test_rounding_is_nothing_that_must_be_solved():
    held = system([[0.0]], np.zeros((0, 1)))
    assert held.solve(np.array([[1e-13, 1e-3]]), np.zeros((0, 2)))[2].tolist() == [True, False]
