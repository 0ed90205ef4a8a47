"""Levels of prices that can only deter: which there are, by hand, and to the last bit."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.executors.bidding.deterring import deterring_levels

INF = np.inf
# A loop of buses 1, 2 and 3 with equal lines, that between 1, the hub, and 3 closed: only the angle of bus 2 turns, and
# what goes to bus 3 that way comes in equal parts from 1 and 2.
LOOP = {"angle": (-2.0, 1.0), "2 to 3": (1.0, -1.0), "hub to 3": (0.0, -1.0), "hub to 2": (-1.0, 0.0)}
BACK = {"3 to hub": (0.0, 1.0)}


def levels_of(of_goods, offset, least, most=INF):
    """Every good has one copy."""
    most = np.full(len(least), most)
    return deterring_levels(of_goods, np.arange(len(offset)), np.array(offset), least, most).toarray()


def levels(columns, offset=(0.0, 0.0), least=0.0, most=INF, turn=INF):
    """Of wheeling to buses 2 and 3; whoever sells trades between `least` and `most`, and angles `turn` as much."""
    is_angle = np.array([name.startswith("angle") for name in columns])
    of_goods = sp.csr_array(np.array(list(columns.values())).T)
    return levels_of(of_goods, offset, np.where(is_angle, -turn, least), np.where(is_angle, turn, most))


@pytest.mark.parametrize("most", [INF, 300.0])
@pytest.mark.parametrize("turn", [INF, 0.8])
def test_whoever_sends_the_same_way_is_deterred_by_one_level(most, turn):
    """Whether or not the seller has a capacity, or a line to the hub a limit."""
    assert levels(LOOP, most=most, turn=turn) == pytest.approx(np.array([[-0.5, -1.0]]))


def test_who_trades_from_nothing_down_is_deterred_the_other_way():
    assert levels(LOOP, least=-300.0, most=0.0) == pytest.approx(np.array([[0.5, 1.0]]))


def test_where_somebody_sends_back_there_is_none():
    assert len(levels(LOOP | BACK)) == 0


def test_where_nobody_trades_there_is_none():
    assert len(levels({"angle": LOOP["angle"]})) == 0


def test_where_bounds_leave_a_way_there_is_none():
    """Sellers who may take something back, or a bus that takes something whatever is traded."""
    assert len(levels(LOOP, least=-1.0)) == 0
    assert len(levels(LOOP, offset=(0.0, 1.0))) == 0


def test_without_closed_lines_there_is_none():
    assert len(levels(LOOP | {"angle of 3": (1.0, -2.0)})) == 0


def test_hours_have_levels_of_their_own():
    columns = np.array(list(LOOP.values())).T
    of_goods = sp.csr_array(sp.block_diag([columns, columns]))
    least = np.tile([-INF, 0, 0, 0], 2)
    found = levels_of(of_goods, np.zeros(4), least)
    assert sorted(map(tuple, found)) == [(-0.5, -1.0, 0.0, 0.0), (0.0, 0.0, -0.5, -1.0)]


def test_one_level_deters_all_that_some_level_does():
    """Two buses without a way to the hub, but with two levels: one sells from the hub to either of them."""
    columns = {"angle of 2": (1.0, 0.0, -1.0, 0.0), "angle of 3": (0.0, 1.0, 0.0, -1.0)}
    columns |= {"hub to 2": (-1.0, 0.0, 0.0, 0.0), "hub to 3": (0.0, -1.0, 0.0, 0.0), "2 to 3": (1.0, -1.0, 0.0, 0.0)}
    (found,) = levels(columns, offset=np.zeros(4))
    assert found == pytest.approx([-0.5, -1, -0.5, -1])


def test_what_turns_goods_into_each_other_is_left_out_to_the_last_bit():
    """A linear programme meets its equalities up to a tolerance; an angle of any size would undo the level."""
    rng = np.random.default_rng(0)
    buses = 40
    flows = rng.uniform(1, 20, buses)
    laplacian = np.diag(flows + np.roll(flows, 1)) - np.diag(flows[:-1], 1) - np.diag(flows[:-1], -1)
    # The hub is next to the first and the last bus; the angle of the last one is that of the hub.
    angles = -laplacian[:, :-1]
    sales = -np.eye(buses)[:, buses // 2 :]
    of_goods = sp.csr_array(np.hstack([angles, sales]))
    least = np.repeat([-INF, 0.0], [angles.shape[1], sales.shape[1]])
    found = levels_of(of_goods, np.zeros(buses), least)
    assert len(found) == 1
    assert np.abs(found @ angles).max() < 1e-12
    assert (found @ sales > 0).all()
