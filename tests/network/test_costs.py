"""Cost curves become blocks that cost the same, or the least convex curve below is taken."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from walras.network.costs import Block, piecewise_blocks, quadratic_block


def blocks(capacity_mw, *points):
    x, y = np.array(points, dtype=float).T
    return piecewise_blocks(capacity_mw, x, y)


def test_a_quadratic_cost_has_a_rising_marginal_cost():
    assert quadratic_block(50.0, 0.01, 20.0) == (Block(50.0, 20.0, 0.02),)


def test_a_concave_cost_is_replaced_by_its_chord():
    # 30 s - 0.1 s^2 is 1000 $/h at 50 MW.
    assert quadratic_block(50.0, -0.1, 30.0) == (Block(50.0, 25.0, 0.0),)


def test_each_piece_is_a_block():
    assert blocks(30, (0, 100), (10, 200), (30, 600)) == (Block(10, 10, 0), Block(20, 20, 0))


def test_the_first_and_the_last_piece_are_extended():
    """Below the first point, where the minimum output would be, and up to the capacity."""
    assert blocks(60, (20, 300), (30, 400), (50, 800)) == (Block(30, 10, 0), Block(30, 20, 0))


def test_what_lies_beyond_zero_and_capacity_is_cut_off():
    assert blocks(15, (-10, 0), (0, 50), (10, 150), (30, 550)) == (Block(10, 10, 0), Block(5, 20, 0))
    assert blocks(4, (-10, 0), (10, 200), (30, 800)) == (Block(4, 10, 0),)


def test_pieces_of_one_slope_are_one_block():
    assert blocks(30, (0, 0), (10, 0), (20, 0), (30, 0)) == (Block(30, 0, 0),)


def test_where_marginal_costs_fall_the_envelope_takes_their_place():
    # From (10, 300) the curve falls below its chord from (0, 0) to (30, 600): one block at 20.
    assert blocks(40, (0, 0), (10, 300), (30, 600), (40, 900)) == (Block(30, 20, 0), Block(10, 30, 0))


@given(
    steps=st.lists(st.tuples(st.integers(1, 50), st.integers(-20, 90)), min_size=1, max_size=6),
    share=st.floats(0.1, 1.0),
)
def test_blocks_cost_no_more_than_the_curve_and_as_much_at_capacity(steps, share):
    x = np.concatenate([[0.0], np.cumsum([width for width, _ in steps])])
    y = np.concatenate([[0.0], np.cumsum([width * slope for width, slope in steps])])
    capacity = share * x[-1]
    result = piecewise_blocks(capacity, x, y)
    costs = [block.cost_usd_per_mwh for block in result]
    ends = np.concatenate([[0.0], np.cumsum([block.capacity_mw for block in result])])
    totals = np.concatenate([[0.0], np.cumsum([block.capacity_mw * block.cost_usd_per_mwh for block in result])])
    assert costs == sorted(costs)
    assert ends[-1] == pytest.approx(capacity)
    assert totals[-1] == pytest.approx(np.interp(capacity, x, y), abs=1e-6)
    at = np.linspace(0, capacity, 50)
    assert (np.interp(at, ends, totals) <= np.interp(at, x, y) + 1e-6).all()
