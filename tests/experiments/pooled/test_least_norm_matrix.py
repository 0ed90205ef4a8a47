"""The matrix of least norm with given sums: on paper, and by its optimality conditions."""

import numpy as np
import pytest

from walras.experiments.pooled.least_norm_matrix import least_norm_matrix


def test_where_all_entries_are_positive_it_is_known_on_paper():
    rows, columns = np.array([5.0, 7.0]), np.array([3.0, 4.0, 5.0])
    expected = rows[:, None] / 3 + columns / 2 - 12 / 6
    np.testing.assert_allclose(least_norm_matrix(rows, columns), expected, rtol=1e-12)


def test_a_small_seller_serves_nobody_but_the_largest_buyer():
    """By hand: with all entries positive q22 would be 1/2 + 1/2 - 10/4 < 0, so it is 0 and the sums give the rest."""
    found = least_norm_matrix(np.array([9.0, 1.0]), np.array([9.0, 1.0]))
    np.testing.assert_allclose(found, [[8.0, 1.0], [1.0, 0.0]], atol=1e-11)
    found = least_norm_matrix(np.array([99.0, 1.0]), np.array([60.0, 40.0, 0.0]))
    np.testing.assert_allclose(found, [[59.0, 40.0, 0.0], [1.0, 0.0, 0.0]], atol=1e-10)


@pytest.mark.parametrize("shape", [(1, 1), (40, 3), (30, 170)])
@pytest.mark.parametrize("unevenness", [1, 6])
def test_it_has_the_sums_and_no_multiplier_of_a_zero_is_positive(shape, unevenness):
    rng = np.random.default_rng(0)
    rows, columns = (rng.random(count) ** unevenness for count in shape)
    columns *= rows.sum() / columns.sum()
    found = least_norm_matrix(rows, columns)
    np.testing.assert_allclose(found.sum(axis=1), rows, atol=1e-12 * rows.sum())
    np.testing.assert_allclose(found.sum(axis=0), columns, atol=1e-12 * rows.sum())
    assert found.min() >= 0
    # No exchange of two rows and two columns lessens the norm: q_ij + q_kl <= q_il + q_kj where i, j and k, l trade.
    for i, k in rng.integers(0, shape[0], (20, 2)):
        for j, m in rng.integers(0, shape[1], (20, 2)):
            if found[i, j] > 1e-9 and found[k, m] > 1e-9:
                assert found[i, j] + found[k, m] <= found[i, m] + found[k, j] + 1e-9


@pytest.mark.parametrize("columns", [[2.0, 1.0], [4.0, -1.0]])
def test_sums_that_no_matrix_has_are_refused(columns):
    with pytest.raises(ValueError, match=r"which no (nonnegative )?matrix has"):
        least_norm_matrix(np.array([1.0, 1.0]) if columns[1] > 0 else np.array([3.0]), np.array(columns))


def test_nobody_sells_and_nobody_buys():
    assert not least_norm_matrix(np.zeros(2), np.zeros(3)).any()
