"""The nonnegative matrix of least norm with given sums of its rows and columns."""

from __future__ import annotations

import numpy as np
import scipy.linalg

from ...agents.arrays import FloatArray

# Of sums that add up to 1.
_ACCURACY = 1e-14
_MOST_STEPS = 100
_REGULARISATION = 1e-12
# Totals that differ by a larger share are no rounding.
_SAME_TOTAL = 1e-6
# Armijo's rule: the share of the expected gain that a step must bring, and the shortest step.
_GAIN, _SHORTEST = 1e-4, 1e-9


def least_norm_matrix(row_sums: FloatArray, column_sums: FloatArray) -> FloatArray:
    """Minimise the sum of squares of a nonnegative matrix with given sums.

    Its entries are ``max(u_i + v_j, 0)``. A semismooth Newton method with line search maximises the dual function,
    concave and piecewise quadratic, over u and v (Lorenz, Manns and Meyer, "Quadratically regularized optimal
    transport", Appl. Math. Optim. 83, 2021); its systems are as large as there are rows or columns, if these are fewer.

    Parameters
    ----------
    row_sums, column_sums : arrays of shape (m,), (n,)
        Nonnegative, with the same total up to rounding.

    Returns
    -------
    array of shape (m, n)

    Raises
    ------
    ValueError
        If a sum is negative or the totals differ by more than a millionth.
    """
    if len(row_sums) > len(column_sums):
        return least_norm_matrix(column_sums, row_sums).T
    totals = float(row_sums.sum()), float(column_sums.sum())
    if min(row_sums.min(initial=0.0), column_sums.min(initial=0.0)) < 0:
        raise ValueError("a sum is negative, which no nonnegative matrix has")
    if abs(totals[0] - totals[1]) > _SAME_TOTAL * max(totals):
        raise ValueError(f"rows add up to {totals[0]:.6g} and columns to {totals[1]:.6g}, which no matrix has")
    result = np.zeros((len(row_sums), len(column_sums)))
    rows, columns = np.flatnonzero(row_sums > 0), np.flatnonzero(column_sums > 0)
    if len(rows) and len(columns):
        shares = _least_norm_shares(row_sums[rows] / totals[0], column_sums[columns] / totals[1])
        result[np.ix_(rows, columns)] = totals[1] * shares
    return result


def _least_norm_shares(a: FloatArray, b: FloatArray) -> FloatArray:
    """The matrix for positive sums that add up to 1, rows not more than columns."""
    m, n = len(a), len(b)
    # Where all entries are positive this is the solution.
    u, v = a / n - 1 / (2 * m * n), b / m - 1 / (2 * m * n)
    matrix, value = _primal_and_dual(a, b, u, v)
    for _ in range(_MOST_STEPS):
        row_excess, column_excess = a - matrix.sum(axis=1), b - matrix.sum(axis=0)
        if max(np.abs(row_excess).max(), np.abs(column_excess).max()) <= _ACCURACY:
            break
        positive = (matrix > 0).astype(np.float64)
        of_columns = positive.sum(axis=0) + _REGULARISATION
        system = np.diag(positive.sum(axis=1) + _REGULARISATION) - (positive / of_columns) @ positive.T
        # All u may rise as all v fall.
        system += _REGULARISATION * n * np.eye(m)
        du = scipy.linalg.solve(system, row_excess - positive @ (column_excess / of_columns), assume_a="pos")
        dv = (column_excess - positive.T @ du) / of_columns
        expected, step = float(row_excess @ du + column_excess @ dv), 1.0
        following = _primal_and_dual(a, b, u + du, v + dv)
        while following[1] < value + _GAIN * step * expected and step > _SHORTEST:
            step /= 2
            following = _primal_and_dual(a, b, u + step * du, v + step * dv)
        if step <= _SHORTEST:
            break
        u, v, (matrix, value) = u + step * du, v + step * dv, following
    return matrix


def _primal_and_dual(a: FloatArray, b: FloatArray, u: FloatArray, v: FloatArray) -> tuple[FloatArray, float]:
    matrix = np.maximum(u[:, None] + v, 0.0)
    return matrix, float(a @ u + b @ v - np.sum(matrix**2) / 2)
