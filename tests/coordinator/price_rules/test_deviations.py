"""Deviations from a plan by hand, where some of it is not best."""

import numpy as np
import pytest
from cases.choices.lumpy_plants import Demand, Plant, planned

from walras.coordinator.announcement import Responses
from walras.coordinator.executors.mixed_integer import BoundedResponses
from walras.coordinator.price_rules.deviations import Deviations
from walras.coordinator.price_rules.exact_penalty import exact_penalty
from walras.coordinator.price_rules.lost_opportunity import lost_at
from walras.coordinator.programmes.integer_searches import Search

SEARCH = Search(gap=0.0)


@pytest.fixture(scope="module")
def known():
    # One plant that runs at 10 $ and 2 $/MWh gives 5 of at most 8 MWh.
    return planned([Plant("plant", 10.0, 2.0, 0.0, 8.0), Demand(5.0)])


@pytest.mark.parametrize(
    ("price", "penalty"),
    [
        # At 3 it loses 5 $ by 5 MWh: off, it gains 1 $ for each.
        (3.0, 1.0),
        # At 4 it has nothing, and 2 $ more for each MWh more; at 6 it is 4 $ for each of three.
        (4.0, 2.0),
        (6.0, 4.0),
    ],
)
def test_the_penalty_is_the_largest_gain_per_mwh(known, price, penalty):
    deviations = Deviations(known.market, known.plan, SEARCH)
    assert exact_penalty(deviations, np.array([price])).usd_per_unit == pytest.approx(penalty)
    assert deviations.best(np.array([price]), 1.001 * penalty) == []
    (one,) = deviations.best(np.array([price]), 0.999 * penalty)
    assert deviations.gain_usd(one, np.array([price])) / one.units == pytest.approx(penalty)


def test_what_the_same_trades_could_cost_less_asks_for_no_penalty(known):
    dear = Responses(known.plan.trades, known.plan.costs + np.array([7.0, 0.0]))
    found = exact_penalty(Deviations(known.market, dear, SEARCH), np.array([4.0]))
    assert found.usd_per_unit == pytest.approx(2.0)


def test_what_a_search_falls_short_of_counts_as_lost(known):
    # At 4 $/MWh the plant would give 8 MWh for a profit of 6 $; the plan leaves it none.
    best = BoundedResponses(np.array([8.0, -5.0]), np.array([26.0, 0.0]), None, np.array([0.5, 0.0]))
    lost = lost_at(known.market, known.plan, np.array([4.0]), best)
    assert lost.lost_usd == pytest.approx([6.5, 0.0])
    assert lost.paid_usd == pytest.approx([20.0, -20.0])
    assert lost.deviates.tolist() == [True, False]
