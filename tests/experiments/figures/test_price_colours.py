"""Colours of prices: those far from all others do not take the colours of the rest."""

import numpy as np
import pytest

from walras.experiments.figures.price_colours import price_colours


@pytest.mark.parametrize(
    ("prices", "low", "high", "extend"),
    [
        ([10, 20, 30, 40, 50], 10, 50, "neither"),
        ([10, 20, 30, 40, 50, 5000], 10, 50, "max"),
        ([-5000, 10, 20, 30, 40, 50], 10, 50, "min"),
        ([-5000, 10, 20, 30, 40, 50, 5000], 10, 50, "both"),
        # Of few prices only what is far out is outside: three buses in two hours.
        ([29.5, 35, 40.4, 25.5, 65, 104.5], 25.5, 104.5, "neither"),
        ([*range(21), 45], 0, 20, "max"),
        # Nearly equal prices get nearly equal colours.
        ([100, 100.001], 99.0005, 101.0005, "neither"),
        ([0.3, 0.3, 0.3], -0.2, 0.8, "neither"),
        ([50, 50, 50, 50, 50, 500], 49.5, 50.5, "max"),
        ([10, np.nan, 30], 10, 30, "neither"),
        ([np.nan], 0, 1, "neither"),
    ],
)
def test_the_range_of_colours(prices, low, high, extend):
    colours = price_colours(np.array(prices, dtype=float))
    assert (colours.low, colours.high) == (pytest.approx(low), pytest.approx(high))
    assert colours.extend == extend


def test_a_table_of_hours_counts_as_a_whole():
    colours = price_colours(np.array([[10.0, 20.0], [30.0, 40.0]]))
    assert (colours.low, colours.high) == (10, 40)
    assert not colours.is_beyond(10.0)
    assert colours.is_beyond(41.0)
    assert colours.is_dark(11.0)
    assert not colours.is_dark(40.0)
