"""How far functions move in a vicinity, and what is left open beyond the budget."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.experiments.settlement import vicinity as home
from walras.experiments.settlement.extreme_points import ExtremePoints, Polyhedron
from walras.experiments.settlement.vicinity import Vicinity

IDENTITY = sp.csr_array(sp.eye_array(2))
EACH = np.arange(2)


def triangle() -> Vicinity:
    """Two quantities between 0 and 3 that are at most 4 together."""
    rows = sp.csr_array(np.ones((1, 2)))
    box = np.zeros(2), np.full(2, 3.0)
    return Vicinity(Polyhedron(rows, np.array([-np.inf]), np.array([4.0]), *box), 1e6)


def test_extremes_are_taken_of_chosen_functions():
    outer = sp.csr_array(np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]]))
    found = triangle().extremes(outer, IDENTITY, np.array([2, 1]))
    np.testing.assert_allclose(found, [[0, 6], [0, 4]], atol=1e-9)


def test_beyond_the_budget_no_function_is_looked_at(monkeypatch):
    monkeypatch.setattr(home, "_MOST_PIVOTING", 0.0)
    monkeypatch.setattr(home, "_part", lambda *_: pytest.fail("a linear programme was set up"))
    assert np.isnan(triangle().extremes(IDENTITY, IDENTITY, EACH)).all()


def test_a_function_that_takes_longer_than_any_budget_of_pivots_is_the_last_one(monkeypatch):
    """Near to nothing the simplex method may go round in circles without a pivot."""
    monkeypatch.setattr(ExtremePoints, "is_stuck", True)
    found = triangle().extremes(IDENTITY, IDENTITY, EACH)
    np.testing.assert_allclose(found, [[0, np.nan], [np.nan, np.nan]], atol=1e-9)
