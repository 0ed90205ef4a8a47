"""A minimiser to as many digits as a solver finds."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.programmes.quadratic_programme import QuadraticProgramme, by_piqp
from walras.experiments.settlement import minimiser as module
from walras.experiments.settlement.minimiser import minimiser


def nearest_to_one():
    """The point of x + y + z = 1 nearest to (1, 1, 1) within [0, 1]: all are a third."""
    none = sp.csc_array((0, 3))
    identity = sp.eye_array(3, format="csc")
    row = sp.csc_array(np.ones((1, 3)))
    return QuadraticProgramme(identity, -np.ones(3), row, np.ones(1), none, np.zeros(0), np.zeros(3), np.ones(3))


def test_by_hand():
    assert minimiser(nearest_to_one(), [1e-12, 1e-8]) == pytest.approx(np.full(3, 1 / 3), abs=1e-11)


def test_what_one_regularisation_takes_for_infeasible_is_solved_with_another_before_digits_are_given_up(monkeypatch):
    asked = []

    def fails_at_first(programme, settings):
        asked.append(settings["eps_abs"])
        return by_piqp(programme, settings if len(asked) > 1 else {"max_iter": 1})

    monkeypatch.setattr(module, "by_piqp", fails_at_first)
    assert minimiser(nearest_to_one(), [1e-12, 1e-8]) == pytest.approx(np.full(3, 1 / 3), abs=1e-11)
    assert asked == [1e-12, 1e-12]
