"""Totals in parallel, and goods that tie two variables: against dense matrices and by hand."""

import numpy as np
import scipy.sparse as sp
from cases import leases

from walras.coordinator import Compiled, SlopeBids, cold_opening
from walras.coordinator.bids import Slope
from walras.coordinator.mechanisms.slope_bids.pairs import pairs
from walras.coordinator.mechanisms.slope_bids.parallel import parallel_totals
from walras.coordinator.sparse import equal_columns

# Output (twice the sum of three sales, with a variable of its own) and capacity are parallel; the others are not.
ROWS = np.array(
    [
        [-2.0, -2.0, -2.0, 1.0, 0.0],
        [3.0, 3.0, 3.0, 0.0, 0.0],
        [1.0, 1.0, 0.0, 0.0, 1.0],
        [0.0, 0.0, 0.0, 0.0, 2.0],
    ]
)
IS_PAIRED = np.array([True, True, True, False, False])


def test_parallel_totals_weigh_on_sales_as_one():
    """The sales' answer to forces, from both rows, and from the one that stands for them."""
    rows = sp.csr_array(ROWS)
    totals = parallel_totals(rows, IS_PAIRED, np.ones(4, dtype=bool))
    assert totals.group.tolist() == [0, 0, 1, 2]
    assert totals.of_group.tolist() == [0, 2, 3]
    w, give = np.array([0.5, 1.0, 2.0, 0.25, 1.0]), np.array([0.0, 0.7, 0.1, 0.2])
    slope = Slope(None, w, give, np.zeros(0), np.zeros(0))
    g = totals.give(slope)
    np.testing.assert_allclose(g[1:], give[2:])
    R, W = ROWS[:2], np.diag(w)
    force = np.array([1.0, -2.0, 0.5, 0.0, 0.0])
    both = np.linalg.solve(R @ W @ R.T + np.diag(give[:2]), R @ W @ force)
    u = ROWS[0] * IS_PAIRED
    one = u @ W @ force / (u @ W @ u + g[0])
    np.testing.assert_allclose((R.T @ both)[IS_PAIRED], (u * one)[IS_PAIRED], rtol=1e-12)


def test_a_total_that_cannot_yield_leaves_its_group_no_give():
    rows = sp.csr_array(ROWS[:, :3])
    totals = parallel_totals(rows, IS_PAIRED[:3], np.ones(4, dtype=bool))
    slope = Slope(None, np.ones(3), np.array([0.0, 0.7, 0.1, 0.2]), np.zeros(0), np.zeros(0))
    assert totals.give(slope)[0] == 0


def test_rows_that_share_another_variable_are_not_merged():
    shared = ROWS.copy()
    shared[1, 3] = 1.0
    assert parallel_totals(sp.csr_array(shared), IS_PAIRED, np.ones(4, dtype=bool)).group.tolist() == [0, 1, 2, 3]
    refused = np.array([True, False, True, True])
    assert parallel_totals(sp.csr_array(ROWS), IS_PAIRED, refused).group.tolist() == [0, 1, 2, 3]


def test_equal_columns_are_found_wherever_they_stand():
    matrix = sp.csc_array(np.array([[1.0, 2.0, 1.0, 0.0, 2.0], [0.0, 1.0, 0.0, 0.0, 1.0]]))
    first, alike = equal_columns(matrix)
    np.testing.assert_array_equal(matrix[:, first].toarray()[:, alike], matrix.toarray())
    assert len(first) == 3


def test_contracts_are_pairs_and_what_three_agents_trade_is_none():
    market = leases.saturated().market
    respond, mechanism = Compiled().compile(market), SlopeBids()
    shape = respond(mechanism.start(market, cold_opening(market)).announcement).bid.slope.shape
    tied = pairs(market, shape)
    T = shape.trades.toarray()
    for good, variables, trade in zip(tied.goods, tied.variables.T, np.transpose(tied.trade), strict=True):
        of_good = T[market.good_of_copy == good].sum(axis=0)
        assert sorted(np.flatnonzero(of_good)) == sorted(variables)
        assert of_good[variables].tolist() == trade.tolist()
    # Nobody's variable is tied twice.
    assert len(np.unique(tied.variables)) == tied.variables.size > 0
