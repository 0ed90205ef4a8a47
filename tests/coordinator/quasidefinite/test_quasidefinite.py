"""Large systems are taken apart; their solutions are those of the dense matrix."""

import numpy as np
import pytest
import scipy.sparse as sp
from cases import three_bus_loop

from walras.coordinator import Compiled, SlopeBids, cold_opening
from walras.coordinator.mechanisms.slope_bids import clearing
from walras.coordinator.mechanisms.slope_bids.netting import from_totals, netting, plain_totals
from walras.coordinator.quasidefinite import quasidefinite
from walras.coordinator.quasidefinite.bordered import BorderedBlock
from walras.coordinator.quasidefinite.quasidefinite import Assembly, Factor


def bipartite(sellers: int, buyers: int, nodes: int, rng) -> tuple[sp.sparray, ...]:
    """Totals of sellers and buyers over all their pairs, each with a variable of its own, on a ring of nodes."""
    seller, buyer = np.divmod(np.arange(sellers * buyers), buyers)
    count, pairs = sellers + buyers, sellers * buyers
    rows = np.concatenate([seller, sellers + buyer, np.arange(count)])
    columns = np.concatenate([np.arange(pairs), np.arange(pairs), pairs + np.arange(count)])
    totals = sp.csc_array((np.ones(len(rows)), (rows, columns)), shape=(count, pairs + count))
    edge = sp.csr_array((np.ones(count), (np.arange(count), rng.integers(0, nodes, count))), shape=(count, nodes))
    ring = sp.csr_array(sp.eye_array(nodes) - sp.eye_array(nodes, k=1) - sp.eye_array(nodes, k=1 - nodes))
    return totals, edge, sp.csr_array((nodes, nodes)), ring


def duals_alone(A: sp.csc_array, weights) -> Factor:
    """``A diag(weights) A'``, factorised."""
    none = sp.csr_array((0, 0))
    return Assembly(A, sp.csr_array((A.shape[0], 0)), none, none).factorise(weights, np.zeros(0), np.zeros(0))


@pytest.mark.parametrize("largest", [1.0, 1e9])
@pytest.mark.parametrize(("together", "small"), [(0, 0), (0, 10**6), (10**6, 10**6)])
def test_blocks_of_every_size_solve_the_dense_system(monkeypatch, together, small, largest):
    """With and without inequalities so close to active that their duals stay unknowns."""
    monkeypatch.setattr(quasidefinite, "TOGETHER", together)
    monkeypatch.setattr(quasidefinite, "SMALL", small)
    rng = np.random.default_rng(7)
    matrices = bipartite(5, 40, 30, rng)
    A, F, H, L = (matrix.toarray() for matrix in matrices)
    weights, inequality_weights = rng.uniform(0.5, 2, A.shape[1]), rng.uniform(0.5, 2, 30)
    inequality_weights[:3] *= largest
    diagonal = rng.uniform(0.1, 1, 30)
    K = H + np.diag(diagonal) + L.T @ np.diag(inequality_weights) @ L
    full = np.block([[A @ np.diag(weights) @ A.T, F], [F.T, -K]])
    factor = Assembly(*matrices).factorise(weights, diagonal, inequality_weights)
    assert factor.is_active.sum() == (3 if largest > 1 else 0)
    right = np.zeros((factor.size, 2))
    right[: len(full)] = rng.standard_normal((len(full), 2))
    solution = factor.solve(right)[: len(full)]
    np.testing.assert_allclose(full @ solution, right[: len(full)], atol=1e-6 * largest**0.5)


@pytest.mark.parametrize(("together", "small"), [(0, 0), (10**6, 10**6)])
def test_duals_of_a_constraint_that_is_stated_twice_share_in_any_proportion(monkeypatch, together, small):
    """Two equal rows over everything: in the border of large systems, and among the rows of small ones."""
    monkeypatch.setattr(quasidefinite, "TOGETHER", together)
    monkeypatch.setattr(quasidefinite, "SMALL", small)
    own, everything = sp.eye_array(40), np.ones((2, 40))
    A = sp.csc_array(sp.block_array([[everything, None], [own, own]]))
    full = (A @ A.T).toarray()
    assert np.linalg.matrix_rank(full) == len(full) - 1
    right = full @ np.random.default_rng(7).standard_normal((len(full), 1))
    solution = duals_alone(A, np.ones(80)).solve(right)
    np.testing.assert_allclose(full @ solution, right, atol=1e-9)


def test_few_unknowns_that_touch_all_others_are_the_border():
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
    Z = netting(from_totals, rows, np.arange(2, 9))
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
        state = mechanism.start(market, cold_opening(market))
        for _ in range(8):
            state = mechanism.step(state, respond(state.announcement))
        prices.append(state.prices)
    for others in prices[1:]:
        np.testing.assert_allclose(others, prices[0], rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("together", [0, 10**6])
def test_dependent_constraints_of_a_small_block_share_their_dual(monkeypatch, together):
    """Such as those of a sale that is to be what it may at most be: one row, counted twice, beside one that is not."""
    monkeypatch.setattr(quasidefinite, "TOGETHER", together)
    factor = duals_alone(sp.csc_array(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])), np.array([4.0, 2.0]))
    first, second, alone = factor.solve(np.array([[8.0], [8.0], [6.0]]))[:, 0]
    assert first + second == pytest.approx(2.0)
    assert alone == pytest.approx(3.0)


@pytest.mark.parametrize("together", [0, 100])
@pytest.mark.parametrize("size", [40, 100, 130])
def test_large_definite_blocks_are_not_left_to_what_wakes_threads(monkeypatch, together, size):
    """NumPy's solver takes a thousand times as long as its arithmetic, from a hundred rows on where cores are busy."""
    monkeypatch.setattr(quasidefinite, "TOGETHER", together)
    sizes, solve = [], np.linalg.solve
    monkeypatch.setattr(np.linalg, "solve", lambda a, b: sizes.append(a.shape[-1]) or solve(a, b))
    rng = np.random.default_rng(3)
    A, right = rng.standard_normal((size, 2 * size)), rng.standard_normal((size, 1))
    weights = rng.uniform(0.5, 2, 2 * size)
    solution = duals_alone(sp.csc_array(A), weights).solve(right)
    np.testing.assert_allclose(A @ np.diag(weights) @ A.T @ solution, right, atol=1e-9)
    assert set(sizes) <= {40}


def test_of_many_blocks_none_is_laid_out_over_the_unknowns_of_all(monkeypatch):
    """A year has thousands of hours: one after the other they would take as much time as all pairs of them."""
    widths = []
    dense = sp.csr_array.toarray
    monkeypatch.setattr(sp.csr_array, "toarray", lambda self: widths.append(self.shape[1]) or dense(self))
    hours = 200
    inequalities = sp.csr_array(sp.kron(sp.eye_array(hours), np.array([[1.0], [-1.0]])))
    coupling, nothing = sp.csr_array(sp.eye_array(hours)), sp.csr_array((hours, hours))
    assembly = Assembly(sp.csc_array((hours, 0)), coupling, nothing, inequalities)
    assert max(widths, default=0) <= 2
    factor = assembly.factorise(np.zeros(0), np.ones(hours), np.ones(2 * hours))
    assert factor.size == 2 * hours
