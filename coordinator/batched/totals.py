"""Problems of one total in each hour: datacenters, recognised from their matrices and not from their kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents import CanonicalProblem
from ..market import FloatArray, IntArray, Positions

# Row, column and value of the entries of a matrix.
Entries = tuple[Positions, Positions, FloatArray]


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
    side_rows: sp.coo_array
    side_limits: FloatArray

    @property
    def has_best_part(self) -> bool:
        """Whether without any rho a total goes to its cheapest part, after its reserve or before it."""
        return not len(self.side_limits) and bool(np.isfinite(self.most).all())


def totals(problem: CanonicalProblem) -> Totals | None:
    """Recognise a problem of totals; None if it is another one, or has no solution."""
    if not len(problem.c) or problem.P.data.any() or problem.lower.any():
        return None
    of_trades, of_equalities, of_limits = (_entries(matrix) for matrix in (problem.T, problem.A, problem.G))
    total_of_column = _totals_of_columns(problem, of_trades, of_equalities)
    size = np.bincount(total_of_column)
    trades, equalities, limits = (
        _rows(entries, count, total_of_column, size)
        for entries, count in (
            (of_trades, len(problem.trade_offset)),
            (of_equalities, len(problem.b)),
            (of_limits, len(problem.h)),
        )
    )
    # The only variable of a total is a part of it.
    of_total = trades.of_total & (size[trades.total] > 1)
    if not trades.even.all() or not equalities.of_total.all():
        return None
    parts = _parts(problem, trades, of_trades, np.flatnonzero(~of_total & (trades.entries > 0)))
    if parts is None:
        return None
    part_trade, part_of_column = parts
    traded, reserves = np.flatnonzero(of_total), np.flatnonzero(part_of_column < 0)
    total_of_reserve = total_of_column[reserves]
    # Where the total has no trade, nothing says how much of its reserve is used.
    if len(np.unique(total_of_reserve)) < len(reserves) or not np.isin(total_of_reserve, trades.total[traded]).all():
        return None
    bounds = _bounds(problem, equalities, limits, len(size))
    if bounds is None:
        return None
    upper = np.flatnonzero(np.isfinite(problem.upper) & (part_of_column >= 0))
    side_limits = np.concatenate([problem.h[~limits.of_total], problem.upper[upper]])
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
        side_rows=_side_rows(of_limits, ~limits.of_total, upper, (len(side_limits), len(problem.c))),
        side_limits=side_limits,
    )


def _entries(matrix: sp.csc_array) -> Entries:
    """All that are not zero."""
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    own = np.flatnonzero(matrix.data)
    return matrix.indices[own], column[own], matrix.data[own]


def _totals_of_columns(problem: CanonicalProblem, of_trades: Entries, of_equalities: Entries) -> IntArray:
    """The total of each column: columns are of one total if trades or equalities join them."""
    columns, trades = len(problem.c), len(problem.trade_offset)
    nodes = columns + trades + len(problem.b)
    column = np.concatenate([of_trades[1], of_equalities[1]])
    row = np.concatenate([columns + of_trades[0], columns + trades + of_equalities[0]])
    joined = sp.coo_array((np.ones(len(row)), (row, column)), shape=(nodes, nodes))
    labels = connected_components(joined, directed=False)[1]
    return np.asarray(np.unique(labels[:columns], return_inverse=True)[1], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows of a matrix: how many entries, whether all are the same factor, and whether they make up a total."""

    entries: IntArray
    factor: FloatArray
    even: npt.NDArray[np.bool_]
    total: IntArray
    of_total: npt.NDArray[np.bool_]


def _rows(entries: Entries, count: int, total_of_column: IntArray, size: IntArray) -> _Rows:
    row, column, value = entries
    number = np.bincount(row, minlength=count)
    # Any entry of a row tells the factor and the total of all, if they are the same.
    factor, total = np.zeros(count), np.zeros(count, dtype=np.int64)
    factor[row], total[row] = value, total_of_column[column]
    even = np.ones(count, dtype=bool)
    even[row[(value != factor[row]) | (total_of_column[column] != total[row])]] = False
    return _Rows(number, factor, even, total, even & (number > 0) & (number == size[total]))


def _parts(
    problem: CanonicalProblem, trades: _Rows, entries: Entries, own: IntArray
) -> tuple[IntArray, IntArray] | None:
    """The trade of each part, sorted by totals, and the part of each column; None if a column has two trades."""
    part_trade = own[np.argsort(trades.total[own], kind="stable")]
    part_of_trade = np.full(len(trades.entries), -1, dtype=np.int64)
    part_of_trade[part_trade] = np.arange(len(part_trade))
    part, column = part_of_trade[entries[0]], entries[1]
    part, column = part[part >= 0], column[part >= 0]
    if len(column) and np.bincount(column).max() > 1:
        return None
    part_of_column = np.full(len(problem.c), -1, dtype=np.int64)
    part_of_column[column] = part
    cost = np.zeros(len(part_trade))
    cost[part] = problem.c[column]
    # Columns of one part must not differ in cost.
    if (cost[part] != problem.c[column]).any():
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


def _side_rows(
    of_limits: Entries, is_side: npt.NDArray[np.bool_], upper: IntArray, shape: tuple[int, int]
) -> sp.coo_array:
    """The limits that are of no total, and below them the upper bounds of some columns."""
    row, column, value = of_limits
    own, position = is_side[row], np.cumsum(is_side) - 1
    bounds = np.arange(shape[0] - len(upper), shape[0])
    place = (np.concatenate([position[row[own]], bounds]), np.concatenate([column[own], upper]))
    return sp.coo_array((np.concatenate([value[own], np.ones(len(upper))]), place), shape=shape)
