"""Large systems are taken apart; their solutions are those of the dense matrix."""

import numpy as np
import pytest
import scipy.sparse as sp
from cases import three_bus_loop

from walras.coordinator import Compiled, SlopeBids
from walras.coordinator.bids import Slope, SlopeShape
from walras.coordinator.mechanisms.slope_bids import clearing
from walras.coordinator.mechanisms.slope_bids.netting import netting, plain_totals
from walras.coordinator.quasidefinite import quasidefinite
from walras.coordinator.quasidefinite.bordered import BorderedBlock
from walras.coordinator.quasidefinite.quasidefinite import Assembly


def bipartite(sellers: int, buyers: int, nodes: int, rng) -> tuple[sp.csc_array, sp.csr_array, SlopeShape]:
    """Totals of sellers and buyers over all their pairs, each with a variable of its own, on a ring of nodes."""
    seller, buyer = np.divmod(np.arange(sellers * buyers), buyers)
    count, pairs = sellers + buyers, sellers * buyers
    rows = np.concatenate([seller, sellers + buyer, np.arange(count)])
    columns = np.concatenate([np.arange(pairs), np.arange(pairs), pairs + np.arange(count)])
    totals = sp.csc_array((np.ones(len(rows)), (rows, columns)), shape=(count, pairs + count))
    edge = sp.csr_array((np.ones(count), (np.arange(count), rng.integers(0, nodes, count))), shape=(count, nodes))
    ring = sp.csr_array(sp.eye_array(nodes) - sp.eye_array(nodes, k=1) - sp.eye_array(nodes, k=1 - nodes))
    none = sp.csr_array((0, 0))
    nobody = np.zeros(0, np.int64)
    shape = SlopeShape(none, none, nobody, nobody, none, sp.csr_array((nodes, nodes)), ring)
    return totals, edge, shape


@pytest.mark.parametrize("stiffest", [1.0, 1e9])
@pytest.mark.parametrize(("together", "small"), [(0, 0), (0, 10**6), (10**6, 10**6)])
def test_blocks_of_every_size_solve_the_dense_system(monkeypatch, together, small, stiffest):
    """With and without limits so stiff that they stay unknowns of their own."""
    monkeypatch.setattr(quasidefinite, "TOGETHER", together)
    monkeypatch.setattr(quasidefinite, "SMALL", small)
    rng = np.random.default_rng(7)
    totals, edge, shape = bipartite(5, 40, 30, rng)
    weights, limit_weights = rng.uniform(0.5, 2, totals.shape[1]), rng.uniform(0.5, 2, 30)
    limit_weights[:3] *= stiffest
    barrier = rng.uniform(0.1, 1, 30)
    slope = Slope(shape, np.zeros(0), np.zeros(0), barrier, limit_weights)
    A, F, L = (matrix.toarray() for matrix in (totals, edge, shape.coupled_limits))
    K = np.diag(barrier) + L.T @ np.diag(limit_weights) @ L
    full = np.block([[A @ np.diag(weights) @ A.T, F], [F.T, -K]])
    factor = Assembly(totals, edge, shape).factorise(weights, slope)
    right = np.zeros((factor.size, 2))
    right[: len(full)] = rng.standard_normal((len(full), 2))
    solution = factor.solve(right)[: len(full)]
    np.testing.assert_allclose(full @ solution, right[: len(full)], atol=1e-6 * stiffest**0.5)


@pytest.mark.parametrize(("together", "small"), [(0, 0), (10**6, 10**6)])
def test_a_total_that_is_stated_twice_is_shared_in_any_proportion(monkeypatch, together, small):
    """Two equal totals over everything: in the border of large systems, and among the rows of small ones."""
    monkeypatch.setattr(quasidefinite, "TOGETHER", together)
    monkeypatch.setattr(quasidefinite, "SMALL", small)
    own, nobody = sp.eye_array(40), np.zeros(0, np.int64)
    everything = np.ones((2, 40))
    totals = sp.csc_array(sp.block_array([[everything, None], [own, own]]))
    none = sp.csr_array((0, 0))
    shape = SlopeShape(none, none, nobody, nobody, none, none, none)
    slope = Slope(shape, np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0))
    full = (totals @ totals.T).toarray()
    assert np.linalg.matrix_rank(full) == len(full) - 1
    right = full @ np.random.default_rng(7).standard_normal((len(full), 1))
    solution = Assembly(totals, sp.csr_array((42, 0)), shape).factorise(np.ones(80), slope).solve(right)
    np.testing.assert_allclose(full @ solution, right, atol=1e-9)


def test_few_totals_that_touch_all_others_are_the_border():
    """Three unknowns touch all others, which touch nobody else: only their rows are dense."""
    row, column = np.nonzero(np.eye(500) + (np.arange(500) < 3)[:, None] + (np.arange(500) < 3))
    block = BorderedBlock(np.arange(500), 0, row, column, np.zeros(0, np.int64), sp.csr_array((0, 500)), np.ones(500))
    assert set(block.unknowns[-3:]) == {0, 1, 2}
    assert block.length == 497 + 3 * 500


def test_a_row_that_is_a_sum_of_totals_becomes_empty():
    """Three sellers, four buyers; at the bus stand the first seller and the last buyer, who meet there."""
    first, second = np.divmod(np.arange(12), 4)
    sellers = [(first == i).astype(float) for i in range(3)]
    buyers = [(second == j).astype(float) for j in range(4)]
    partly = np.arange(12.0)
    rows = sp.csr_array(np.array([sellers[0] - buyers[3], partly, *sellers, *buyers]))
    Z = netting(rows, np.arange(2, 9))
    left = (rows - Z @ rows).toarray()
    assert not left[0].any()
    np.testing.assert_array_equal(Z.toarray()[0], [0, 0, 1, 0, 0, 0, 0, 0, -1])
    np.testing.assert_array_equal(left[1:], rows.toarray()[1:])


def test_plain_totals_are_the_longest_rows_of_their_columns():
    rows = sp.csr_array(np.array([[1.0, 1, 0, 0], [1, 1, 1, 0], [0, 1, 0, -1], [0, 0, 0, 2], [0, 0, 0, 0]]))
    assert list(plain_totals(rows, np.arange(5))) == [1, 3]


def test_rounds_are_the_same_whichever_way_the_systems_are_solved(monkeypatch):
    market = three_bus_loop.congested_loop().market
    prices = []
    for together, small in ((100, 300), (0, 300), (0, 0)):
        monkeypatch.setattr(quasidefinite, "TOGETHER", together)
        monkeypatch.setattr(quasidefinite, "SMALL", small)
        monkeypatch.setattr(clearing, "SMALL", small)
        respond, mechanism = Compiled().compile(market), SlopeBids()
        state = mechanism.start(market, None)
        for _ in range(8):
            state = mechanism.step(state, respond(state.announcement))
        prices.append(state.prices)
    for others in prices[1:]:
        np.testing.assert_allclose(others, prices[0], rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("together", [0, 10**6])
def test_two_limits_on_one_sum_that_leave_it_no_room_share_its_worth(monkeypatch, together):
    """Such as a sale that is to be what it may at most be: one total, counted twice, beside one that is not."""
    monkeypatch.setattr(quasidefinite, "TOGETHER", together)
    totals = sp.csc_array(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    none, nobody = sp.csr_array((0, 0)), np.zeros(0, np.int64)
    shape = SlopeShape(none, none, nobody, nobody, none, none, none)
    slope = Slope(shape, np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0))
    factor = Assembly(totals, sp.csr_array((3, 0)), shape).factorise(np.array([4.0, 2.0]), slope)
    first, second, alone = factor.solve(np.array([[8.0], [8.0], [6.0]]))[:, 0]
    assert first + second == pytest.approx(2.0)
    assert alone == pytest.approx(3.0)
