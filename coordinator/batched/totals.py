"""Problems of one total in each hour: datacenters, recognised from their matrices and not from their kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents import CanonicalProblem
from ..market import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Totals:
    """A problem without curvature in which totals of variables above zero are limited and perhaps traded.

    A total has parts, each with a trade of its own, and perhaps a reserve, which is traded with the total
    only: bought energy, and energy that is there for free. A part is one variable, or the sum of several
    that nothing but side limits tells apart.

    Parameters
    ----------
    total_of_part : array of shape (parts,)
        Sorted.
    part_of_column : array of shape (variables,)
        -1 for reserves.
    part_trade, part_factor : arrays of shape (parts,)
        Position of the trade of a part, and what it is times the part.
    trade_of_total, total_of_trade, total_factor : arrays of shape (traded totals,)
        The same for totals that are traded.
    reserve_column, total_of_reserve, reserve_most : arrays of shape (reserves,)
    least, most : arrays of shape (totals,)
        Limits of each total.
    side_rows, side_limits : sparse array of shape (side limits, variables), and array
        ``side_rows @ x <= side_limits``, for limits of anything else.
    """

    total_of_part: IntArray
    part_of_column: IntArray
    part_trade: IntArray
    part_factor: FloatArray
    trade_of_total: IntArray
    total_of_trade: IntArray
    total_factor: FloatArray
    reserve_column: IntArray
    total_of_reserve: IntArray
    reserve_most: FloatArray
    least: FloatArray
    most: FloatArray
    side_rows: sp.csr_array
    side_limits: FloatArray

    @property
    def has_best_part(self) -> bool:
        """Whether without any rho a total goes to its cheapest part, after its reserve or before it."""
        return not len(self.side_limits) and bool(np.isfinite(self.most).all())


def totals(problem: CanonicalProblem) -> Totals | None:
    """Recognise a problem of totals; None if it is another one, or has no solution."""
    if not len(problem.c) or problem.P.count_nonzero() or problem.lower.any():
        return None
    binding = abs(sp.vstack([problem.T, problem.A], format="csr"))
    count, components = connected_components(binding.T @ binding, directed=False)
    total_of_column = np.asarray(components, dtype=np.int64)
    size = np.bincount(total_of_column, minlength=count)
    trades, equalities, limits = (_rows(matrix, total_of_column, size) for matrix in (problem.T, problem.A, problem.G))
    # The only variable of a total is a part of it.
    of_total = trades.of_total & (size[trades.total] > 1)
    parts = _parts(problem, trades, np.flatnonzero(~of_total & (trades.entries > 0)))
    if parts is None or not trades.even.all() or not equalities.of_total.all():
        return None
    part_trade, part_of_column = parts
    traded, reserves = np.flatnonzero(of_total), np.flatnonzero(part_of_column < 0)
    total_of_reserve = total_of_column[reserves]
    # Where the total has no trade, nothing says how much of its reserve is used.
    if len(np.unique(total_of_reserve)) < len(reserves) or not np.isin(total_of_reserve, trades.total[traded]).all():
        return None
    bounds = _bounds(problem, equalities, limits, count)
    if bounds is None:
        return None
    upper = np.flatnonzero(np.isfinite(problem.upper) & (part_of_column >= 0))
    identity = sp.eye_array(len(problem.c), format="csr")
    return Totals(
        total_of_part=trades.total[part_trade],
        part_of_column=part_of_column,
        part_trade=part_trade,
        part_factor=trades.factor[part_trade],
        trade_of_total=traded,
        total_of_trade=trades.total[traded],
        total_factor=trades.factor[traded],
        reserve_column=reserves,
        total_of_reserve=total_of_reserve,
        reserve_most=problem.upper[reserves],
        least=bounds[0],
        most=bounds[1],
        side_rows=sp.csr_array(sp.vstack([sp.csr_array(problem.G)[~limits.of_total], identity[upper]], format="csr")),
        side_limits=np.concatenate([problem.h[~limits.of_total], problem.upper[upper]]),
    )


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of a matrix: how many entries, whether all are the same factor, and whether they make up a total."""

    entries: IntArray
    factor: FloatArray
    even: npt.NDArray[np.bool_]
    total: IntArray
    of_total: npt.NDArray[np.bool_]


def _rows(matrix: sp.csc_array, total_of_column: IntArray, size: IntArray) -> _Rows:
    rows = sp.csr_array(matrix)
    rows.eliminate_zeros()
    entries = np.diff(rows.indptr).astype(np.int64)
    factor, total = np.zeros(len(entries)), np.zeros(len(entries), dtype=np.int64)
    even = np.ones(len(entries), dtype=bool)
    filled = np.flatnonzero(entries)
    if len(filled):
        first = rows.indptr[filled]
        factor[filled], total[filled] = rows.data[first], total_of_column[rows.indices[first]]
        row_of_entry = np.repeat(np.arange(len(entries)), entries)
        same = (rows.data == factor[row_of_entry]) & (total_of_column[rows.indices] == total[row_of_entry])
        even[filled] = np.logical_and.reduceat(same, first)
    return _Rows(entries, factor, even, total, even & (entries > 0) & (entries == size[total]))


def _parts(problem: CanonicalProblem, trades: _Rows, own: IntArray) -> tuple[IntArray, IntArray] | None:
    """The trade of each part, sorted by totals, and the part of each column; None if a column has two trades."""
    part_trade = own[np.argsort(trades.total[own], kind="stable")]
    columns = sp.csc_array(sp.csr_array(problem.T)[part_trade])
    columns.eliminate_zeros()
    if (np.diff(columns.indptr) > 1).any():
        return None
    part_of_column = np.full(len(problem.c), -1, dtype=np.int64)
    part_of_column[np.diff(columns.indptr) == 1] = columns.indices
    in_part = part_of_column >= 0
    cost = np.zeros(len(part_trade))
    cost[part_of_column[in_part]] = problem.c[in_part]
    # Columns of one part must not differ in cost.
    if (cost[part_of_column[in_part]] != problem.c[in_part]).any():
        return None
    return part_trade, part_of_column


def _bounds(
    problem: CanonicalProblem, equalities: _Rows, limits: _Rows, count: int
) -> tuple[FloatArray, FloatArray] | None:
    """Least and most of each total; None if some least is above its most."""
    least, most = np.zeros(count), np.full(count, np.inf)
    fixed = problem.b / equalities.factor
    np.maximum.at(least, equalities.total, fixed)
    np.minimum.at(most, equalities.total, fixed)
    above, below = (np.flatnonzero(limits.of_total & (sign * limits.factor > 0)) for sign in (1, -1))
    np.minimum.at(most, limits.total[above], problem.h[above] / limits.factor[above])
    np.maximum.at(least, limits.total[below], problem.h[below] / limits.factor[below])
    # Equalities hold up to rounding.
    if (least > most + 1e-12 * np.abs(most)).any():
        return None
    return np.minimum(least, most), most
