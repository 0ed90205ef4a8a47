"""Shortest vectors within constraints that leave no interior."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.programmes.quadratic_programme import QuadraticProgramme
from walras.experiments.settlement import shortest as module
from walras.experiments.settlement.shortest import shortest

INF = np.inf


def programme(equal=(), at_most=(), lower=(-INF, -INF), upper=(INF, INF)):
    """Two variables; rows as (coefficients, right-hand side)."""

    def stacked(rows):
        return sp.csc_array(np.array([row for row, _ in rows]).reshape(-1, 2)), np.array([side for _, side in rows])

    (A, b), (G, h) = stacked(equal), stacked(at_most)
    return QuadraticProgramme(sp.csc_array((2, 2)), np.zeros(2), A, b, G, h, np.array(lower), np.array(upper))


@pytest.mark.parametrize(
    ("constraints", "expected"),
    [
        ({}, (0, 0)),
        ({"equal": [((1.0, 1.0), 2.0)]}, (1, 1)),
        ({"equal": [((1.0, 1.0), 2.0)], "upper": (0.5, INF)}, (0.5, 1.5)),
        ({"at_most": [((-3.0, -4.0), -25.0)]}, (3, 4)),
        ({"lower": (2.0, -INF)}, (2, 0)),
        # Between two limits there is next to nothing, told in large numbers as where it is held tightly.
        ({"equal": [((1.0, 1.0), 2.0)], "at_most": [((1e6, 0.0), 1.5e6), ((-1e6, 0.0), -1.5e6 + 1e-6)]}, (1.5, 0.5)),
        # The limits say what the equality says already.
        ({"equal": [((1.0, 1.0), 2.0)], "at_most": [((1e6, 1e6), 2e6), ((-1e6, -1e6), -2e6 + 1e-6)]}, (1, 1)),
    ],
)
def test_the_nearest_point_to_nothing(constraints, expected):
    assert shortest(programme(**constraints)) == pytest.approx(np.array(expected), abs=1e-8)


def test_none_where_there_is_none_or_too_much_to_look_at(monkeypatch):
    assert shortest(programme(equal=[((1.0, 1.0), 2.0)], upper=(0.5, 0.5))) is None
    monkeypatch.setattr(module, "_MOST", 1)
    assert shortest(programme()) is None
