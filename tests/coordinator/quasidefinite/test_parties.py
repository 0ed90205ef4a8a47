"""Parties of one matrix are solved as if each were alone, to the last bit."""

import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.quasidefinite.quasidefinite import Assembly
from walras.coordinator.sparse import equal_columns


def duals_of(A, parties):
    """What solves ``A A' y = 1``."""
    nothing = sp.csr_array((0, 0))
    assembly = Assembly(sp.csc_array(A), sp.csr_array((A.shape[0], 0)), nothing, nothing, parties=parties)
    return assembly.factorise(np.ones(A.shape[1]), np.zeros(0), np.zeros(0)).solve(np.ones((A.shape[0], 1)))


@pytest.mark.parametrize(
    "other",
    [np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[1.0, 0.0], [1.0, 1e-8]])],
    ids=["singular", "nearly singular"],
)
def test_a_block_that_needs_regularisation_is_no_matter_to_others(other):
    own, none = np.array([[1.0, 1e-6], [1.0, 2.0]]), np.zeros(0, dtype=np.int64)
    together = duals_of(sp.block_diag([own, other, own]), none)
    for begin, alone in ((0, own), (2, other), (4, own)):
        assert together[begin : begin + 2].tobytes() == duals_of(alone, none).tobytes()


def factor_of(weights_of_parties):
    """Two primal variables a party, with limits of some weights on them."""
    parties = len(weights_of_parties)
    weights = np.concatenate(weights_of_parties)
    owners = np.repeat(np.arange(parties), [len(own) for own in weights_of_parties])
    rows = np.stack([owners * 2, owners * 2 + 1])
    limit = np.tile(np.arange(len(weights)), 2)
    limits = sp.csr_array((np.linspace(1.0, 2.0, 2 * len(weights)), (limit, rows.ravel())))
    none, primals = sp.csc_array((0, 0)), 2 * parties
    hessian = sp.csr_array(sp.eye_array(primals))
    assembly = Assembly(none, sp.csr_array((0, primals)), hessian, limits, parties=owners)
    return assembly.factorise(np.zeros(0), np.ones(primals), weights)


def test_limits_are_active_beside_those_of_the_same_party():
    """One party's limits are all a million times those of another: none of them is active beside its own."""
    slack, close = np.array([1.0, 2.0, 3.0, 1e5]), np.array([1e6, 2e6])
    of_slack, of_close = [False, False, False, True], [False, False]
    assert factor_of([slack, close, slack]).is_active.tolist() == [*of_slack, *of_close, *of_slack]
    assert factor_of([slack]).is_active.tolist() == of_slack
    assert factor_of([close]).is_active.tolist() == of_close


def test_equal_columns_come_in_their_own_order():
    """Wherever their rows stand: else sums over them were rounded in another order."""
    own = np.array([[1.0, 0.0, 1.0, 2.0, 0.0], [0.0, 3.0, 0.0, 1.0, 3.0]])
    expected = equal_columns(sp.csc_array(own))
    assert expected[0].tolist() == [0, 1, 3]
    for above in range(1, 20):
        below = sp.csc_array(np.vstack([np.zeros((above, 5)), own]))
        assert [part.tolist() for part in equal_columns(below)] == [part.tolist() for part in expected]
