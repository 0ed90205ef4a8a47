"""Limits that are next to nothing say nothing of an agent's size."""

import numpy as np
import pytest

from walras.agents import Consumer
from walras.coordinator import Compiled, Market, Prices


@pytest.mark.parametrize("hydro", [0.0, 4.8e-186, 1e-320])
def test_a_vanishing_delivery_does_not_keep_a_consumer_from_its_best_response(hydro):
    """It pays 10 $/MWh for the first MWh and 1 $/MWh less for each further one: at 4 $/MWh it takes 6 MWh."""
    town = Consumer("town", 1, ("plant", "mill"), np.array([10.0]), np.ones(1), np.array([hydro]))
    answer = Compiled().compile(Market((town,)))(Prices(np.full(2, 4.0)))
    assert answer.trades.sum() == pytest.approx(-6.0)
