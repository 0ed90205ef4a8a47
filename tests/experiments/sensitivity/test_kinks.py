"""Kinks, and prices that have many values: one side at a time, by hand."""

import pytest
from support.whys import small_market, why_of


def sides(told, kind, name, figure):
    derivative = told.derivative(kind, name, figure)
    return derivative.less, derivative.more


def test_a_unit_that_is_just_full_while_the_next_just_begins():
    """A costs 10 + 0.1 s up to 100 MW, B 20 + 0.2 s, and the town takes 100 MWh at 20 $/MWh.

    One MWh less is A's 10/11 and the town's 1/11, one more B's 5/6 and the town's 1/6. The price goes with the town.
    """
    told = why_of(
        small_market([("A", 1, 100.0, 10.0, 0.1, 500.0), ("B", 1, 100.0, 20.0, 0.2, 900.0)], [("town", 1, 120.0, 1.0)])
    )
    assert told.strictness()[0] < 1e-9
    assert sides(told, "load", "1", "co2_kg.system") == pytest.approx((500 * 10 / 11, 900 * 5 / 6))
    assert sides(told, "load", "1", "price_usd_per_mwh.1") == pytest.approx((1 / 11, 1 / 6))
    more, less = told.agents(1)
    assert {one.name: one.yields_mwh for one in more} == pytest.approx({"B": 5 / 6, "town": 1 / 6})
    assert {one.name: one.yields_mwh for one in less} == pytest.approx({"A": 10 / 11, "town": 1 / 11})
    # With less of A's capacity B takes over; with more nothing changes, since A costs as much as it is paid.
    assert sides(told, "capacity", "A", "price_usd_per_mwh.1") == pytest.approx((-1 / 6, 0), abs=1e-9)


def test_a_line_that_is_just_full():
    """Bus 1 costs 10 + 0.1 s, bus 2 is worth 100 - d: 900 / 11 MWh flow, and the line carries just these.

    One more MWh at bus 2 must be gone without, one less is 10/11 of it saved at the plant.
    """
    flow = 900 / 11
    told = why_of(small_market([("plant", 1, 200.0, 10.0, 0.1, 500.0)], [("town", 2, 100.0, 1.0)], line_mw=flow))
    assert sides(told, "load", "2", "co2_kg.system") == pytest.approx((5000 / 11, 0), abs=1e-6)
    assert sides(told, "line_limit", "line", "price_usd_per_mwh.2") == pytest.approx((-1, 0), abs=1e-6)
    assert sides(told, "line_limit", "line", "line_price_usd_per_mw.line") == pytest.approx((-1.1, 0), abs=1e-6)


BEHIND_A_LINE = {
    "elastic": [("town", 1, 100.0, 1.0)],
    "fixed": [("must", 2, 60.0)],
    "line_mw": 40.0,
}


def test_a_price_between_two_units_has_no_derivative_and_both_sides_a_meaning():
    """60 MWh at bus 2: the line brings 40, B makes its 20 MW at 30 $/MWh, C would begin at 50."""
    units = [("A", 1, 200.0, 10.0, 0.1, 500.0), ("B", 2, 20.0, 30.0, 0.0, 900.0), ("C", 2, 100.0, 50.0, 0.0, 700.0)]
    told = why_of(small_market(units, **BEHIND_A_LINE))
    assert told.value("price_usd_per_mwh.2") is None
    assert told.price_between(2) == pytest.approx((30, 50))
    assert sides(told, "load", "2", "price_usd_per_mwh.2") == (None, None)
    assert sides(told, "load", "2", "co2_kg.system") == pytest.approx((900, 700))
    assert sides(told, "load", "2", "welfare_usd") == pytest.approx((-30, -50))
    more, less = told.agents(2)
    assert ([one.name for one in more], [one.name for one in less]) == (["C"], ["B"])
    # The other bus has a price and a derivative as ever.
    assert told.value("price_usd_per_mwh.1") == pytest.approx(240 / 11)
    assert sides(told, "load", "1", "co2_kg.system") == pytest.approx((5000 / 11, 5000 / 11))


def test_a_load_that_nobody_can_serve_has_one_side():
    units = [("A", 1, 200.0, 10.0, 0.1, 500.0), ("B", 2, 20.0, 30.0, 0.0, 900.0)]
    told = why_of(small_market(units, **BEHIND_A_LINE))
    less, more = told.price_between(2)
    assert (less, more) == (pytest.approx(30), None)
    assert sides(told, "load", "2", "co2_kg.system") == (pytest.approx(900), None)
    assert told.agents(2)[0] == []


def test_units_of_one_cost_leave_emissions_open_and_the_price_not():
    """Whichever is dearer by a cent is left: the price follows the cheaper one."""
    units = [("A", 1, 200.0, 30.0, 0.0, 500.0), ("B", 1, 200.0, 30.0, 0.0, 900.0)]
    told = why_of(small_market(units, [("town", 1, 100.0, 1.0)]))
    assert told.value("co2_kg.system") is None
    assert sides(told, "load", "1", "co2_kg.system") == (None, None)
    assert sides(told, "load", "1", "price_usd_per_mwh.1") == pytest.approx((0, 0), abs=1e-9)
    assert sides(told, "marginal_cost", "A", "price_usd_per_mwh.1") == pytest.approx((1, 0), abs=1e-9)
    assert sides(told, "marginal_cost", "A", "welfare_usd") == pytest.approx((-70, 0), abs=1e-6)
    assert all(one.yields_mwh is None for one in told.agents(1)[0] if one.name in "AB")


def test_a_closed_line_can_only_be_opened():
    """Prices are 200 / 11 $/MWh apart, what the first MW saves; it lowers the one behind the line by 1 / 11."""
    units = [("A", 1, 200.0, 10.0, 0.1, 500.0), ("B", 2, 200.0, 30.0, 0.1, 900.0)]
    told = why_of(small_market(units, [("town", 1, 100.0, 1.0), ("city", 2, 100.0, 1.0)], line_mw=0.0))
    assert sides(told, "line_limit", "line", "welfare_usd") == (None, pytest.approx(20 / 1.1))
    less, more = sides(told, "line_limit", "line", "price_usd_per_mwh.2")
    assert (less, more) == (None, pytest.approx(-1 / 11))
    assert sides(told, "load", "2", "co2_kg.system") == pytest.approx((9000 / 11, 9000 / 11))


def test_a_line_that_only_a_jump_fills_leaves_the_rent_open():
    """A and B cost the same on both sides of a line that need not be full: 70 MWh, of which A may send up to 40.

    With B a little dearer A sends all that it can, and the town pays B's cost.
    """
    units = [("A", 1, 200.0, 30.0, 0.0, 500.0), ("B", 2, 200.0, 30.0, 0.0, 900.0)]
    told = why_of(small_market(units, [("town", 2, 100.0, 1.0)], line_mw=40.0))
    assert told.value("congestion_rent_usd") == pytest.approx(0, abs=1e-6)
    assert sides(told, "marginal_cost", "B", "price_usd_per_mwh.2") == pytest.approx((1, 1), abs=1e-6)
    assert sides(told, "marginal_cost", "B", "congestion_rent_usd") == (None, None)
