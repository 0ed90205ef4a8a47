"""The hour that tables and maps show: the one that is named, else the one in which nodal prices differ most."""

import pytest

from walras.experiments.results.shown_hour import hour_fault, shown_hour


def result(*prices):
    """Prices by bus, a list an hour each."""
    return {"price_usd_per_mwh": {str(bus): series for bus, series in enumerate(prices, start=1)}}


@pytest.mark.parametrize(
    ("prices", "period"),
    [
        ([[10.0]], 0),
        ([[10.0, 10.0, 10.0], [11.0, 15.0, 12.0]], 1),
        ([[10.0, -5.0], [50.0, 20.0]], 0),
        # Equal up to the rounding of a run: the first.
        ([[10.0, 10.0], [15.0, 15.000001]], 0),
        ([[10.0, 10.0], [10.0, 10.0]], 0),
        # No spread but what the tolerance leaves.
        ([[10.0, 40.0], [10.00001, 40.0001]], 0),
        # What was not finite says nothing.
        ([[None, 10.0], [900.0, 12.0]], 1),
        ([[None, None], [None, None]], 0),
    ],
)
def test_the_hour_with_the_largest_spread_is_the_default(prices, period):
    shown = shown_hour(result(*prices), None)
    assert (shown.period, shown.hours) == (period, len(prices[0]))


def test_titles_name_the_hour_and_why():
    three = result([10.0, 10.0, 10.0], [11.0, 15.0, 12.0])
    assert str(shown_hour(three, None)) == "hour 2 of 3, the largest price spread"
    assert str(shown_hour(three, 3)) == "hour 3 of 3"
    assert str(shown_hour(result([10.0, 40.0], [10.0, 40.00001]), None)) == "hour 1 of 2, no price spread in any"
    assert str(shown_hour(result([10.0]), None)) == str(shown_hour(result([10.0]), 1)) == "hour 1"


@pytest.mark.parametrize("hour", [-1, 0, 4])
def test_an_hour_that_there_is_not_is_refused(hour):
    assert hour_fault(hour, 3) == f"--hour is {hour}; allowed are 1 to 3"
    with pytest.raises(ValueError, match="allowed are 1 to 3"):
        shown_hour(result([1.0, 2.0, 3.0]), hour)


def test_of_one_hour_there_is_no_choice():
    assert hour_fault(2, 1) == "--hour is 2; there is hour 1 alone"
    assert hour_fault(1, 1) is None
    assert hour_fault(None, 1) is None
