"""Totals recognised from the agents' matrices, and not from their kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ....agents.arrays import BoolArray, FloatArray, IntArray, Positions
from ....agents.canonical.canonical_problem import CanonicalProblem
from ....agents.canonical.stacked_matrices import StackedMatrices
from .totals import Totals


def totals(stacked: StackedMatrices, agents: Sequence[int]) -> Totals | None:
    """Recognise those of some agents whose problems are totals, and have a solution; None if there are none."""
    candidates = np.array([agent for agent in agents if _may_be_totals(stacked.problems[agent])], dtype=np.int64)
    while len(candidates):
        recognition = _Recognition(stacked, candidates)
        if recognition.is_recognised.all():
            return recognition.result()
        candidates = candidates[recognition.is_recognised]
    return None


def _may_be_totals(problem: CanonicalProblem) -> bool:
    return len(problem.c) > 0 and not problem.P.data.any() and not problem.lower.any()


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows over the candidates' variables, and the total of the variables of each row.

    Parameters
    ----------
    row, column, value : arrays of shape (entries,)
    agent : array of shape (rows,)
    """

    row: Positions
    column: Positions
    value: FloatArray
    agent: IntArray

    @property
    def count(self) -> int:
        return len(self.agent)


class _Sums:
    """Rows that are the same multiple of some variables of one total; perhaps of all of them."""

    def __init__(self, rows: _Rows, total_of_column: IntArray, size: IntArray) -> None:
        row, total_of_entry = rows.row, total_of_column[rows.column]
        self.entries = np.bincount(row, minlength=rows.count)
        # Any entry of a row tells the factor and the total of all, if they are the same.
        self.factor, self.total = np.zeros(rows.count), np.zeros(rows.count, dtype=np.int64)
        self.factor[row], self.total[row] = rows.value, total_of_entry
        self.even = np.ones(rows.count, dtype=bool)
        self.even[row[(rows.value != self.factor[row]) | (total_of_entry != self.total[row])]] = False
        self.of_total = self.even & (self.entries > 0) & (self.entries == size[self.total])


class _Recognition:
    """Some agents' problems side by side; agents fall out for one reason or the other.

    Variables, copies and totals are counted among those of these agents.
    """

    def __init__(self, stacked: StackedMatrices, agents: IntArray) -> None:
        problems = [stacked.problems[agent] for agent in agents]
        self._agents, self._variables = agents, len(stacked.c)
        self._columns = _places(stacked.variables, agents)
        self._copies = _places(stacked.copies, agents)
        self._of_column = of_column = np.repeat(np.arange(len(agents)), np.diff(stacked.variables)[agents])
        self._cost, self._upper, self._h, b = (
            np.concatenate([getattr(problem, name) for problem in problems]) for name in ("c", "upper", "h", "b")
        )
        trades, equalities, self._limit_rows = (
            _rows([getattr(problem, name) for problem in problems]) for name in ("T", "A", "G")
        )
        total_of_column = _totals_of_columns(trades, equalities, len(of_column))
        size = np.bincount(total_of_column)
        self._agent_of_total = np.zeros(len(size), dtype=np.int64)
        self._agent_of_total[total_of_column] = of_column
        self._trades, sums, self._limits = (
            _Sums(rows, total_of_column, size) for rows in (trades, equalities, self._limit_rows)
        )
        self.is_recognised = np.ones(len(agents), dtype=bool)
        self._refuse(trades.agent, ~self._trades.even)
        self._refuse(equalities.agent, ~sums.of_total)
        self._refuse(of_column, self._upper < 0)
        # The only variable of a total is a part of it.
        self._is_of_total = self._trades.of_total & (size[self._trades.total] > 1)
        self._part_trade, self._part_of_column = self._parts(trades)
        self._reserves = np.flatnonzero(self._part_of_column < 0)
        self._total_of_reserve = total_of_column[self._reserves]
        is_traded = np.zeros(len(size), dtype=bool)
        is_traded[self._trades.total[self._is_of_total]] = True
        # Where the total has no trade, nothing says how much of its reserve is used.
        several = np.bincount(self._total_of_reserve, minlength=len(size)) > 1
        self._refuse(of_column[self._reserves], (several | ~is_traded)[self._total_of_reserve])
        self._least, self._most = self._bounds(b, sums)

    def result(self) -> Totals:
        """The totals of all agents."""
        trades, part_trade, parts = self._trades, self._part_trade, self._part_of_column
        traded = np.flatnonzero(self._is_of_total)
        total_of_part = trades.total[part_trade]
        part_columns = np.flatnonzero(parts >= 0)
        part_of_column = parts[part_columns]
        _, first = np.unique(part_of_column, return_index=True)
        upper = np.flatnonzero(np.isfinite(self._upper) & (parts >= 0))
        side_rows, side_limits, agent_of_side = self._sides(upper)
        return Totals(
            agents=self._agents,
            agent_of_total=self._agent_of_total,
            total_of_part=total_of_part,
            first_part=np.flatnonzero(np.diff(total_of_part, prepend=-1)),
            part_columns=self._columns[part_columns],
            part_of_column=part_of_column,
            first_column=self._columns[part_columns[first]],
            part_copy=self._copies[part_trade],
            part_weight=trades.factor[part_trade] ** 2,
            total_copy=self._copies[traded],
            total_of_copy=trades.total[traded],
            total_weight=trades.factor[traded] ** 2,
            reserve_column=self._columns[self._reserves],
            total_of_reserve=self._total_of_reserve,
            reserve_most=self._upper[self._reserves],
            least=self._least,
            most=self._most,
            side_rows=side_rows,
            side_limits=side_limits,
            agent_of_side=agent_of_side,
        )

    def _refuse(self, agents: IntArray, is_refused: BoolArray) -> None:
        self.is_recognised[agents[is_refused]] = False

    def _parts(self, trades: _Rows) -> tuple[IntArray, IntArray]:
        """The trade of each part, sorted by totals, and the part of each column, -1 for reserves."""
        of_column = self._of_column
        own = np.flatnonzero(~self._is_of_total & (self._trades.entries > 0))
        part_trade = own[np.argsort(self._trades.total[own], kind="stable")]
        part_of_trade = np.full(trades.count, -1, dtype=np.int64)
        part_of_trade[part_trade] = np.arange(len(part_trade))
        part, column = part_of_trade[trades.row], trades.column
        part, column = part[part >= 0], column[part >= 0]
        self._refuse(of_column, np.bincount(column, minlength=len(of_column)) > 1)
        part_of_column = np.full(len(of_column), -1, dtype=np.int64)
        part_of_column[column] = part
        cost = np.zeros(len(part_trade))
        cost[part] = self._cost[column]
        # Columns of one part must not differ in cost.
        self._refuse(of_column[column], cost[part] != self._cost[column])
        return part_trade, part_of_column

    def _bounds(self, b: FloatArray, sums: _Sums) -> tuple[FloatArray, FloatArray]:
        """Least and most of each total."""
        count = len(self._agent_of_total)
        least, most = np.zeros(count), np.full(count, np.inf)
        fixing = np.flatnonzero(sums.of_total)
        fixed = b[fixing] / sums.factor[fixing]
        np.maximum.at(least, sums.total[fixing], fixed)
        np.minimum.at(most, sums.total[fixing], fixed)
        limits, h = self._limits, self._h
        above, below = (np.flatnonzero(limits.of_total & (sign * limits.factor > 0)) for sign in (1, -1))
        np.minimum.at(most, limits.total[above], h[above] / limits.factor[above])
        np.maximum.at(least, limits.total[below], h[below] / limits.factor[below])
        # Equalities hold up to rounding.
        self._refuse(self._agent_of_total, least > most + 1e-12 * np.abs(most))
        return np.minimum(least, most), most

    def _sides(self, upper: IntArray) -> tuple[sp.csr_array, FloatArray, IntArray]:
        """The limits that are of no total, and below them the upper bounds of some columns; and whose they are."""
        rows, is_side = self._limit_rows, ~self._limits.of_total
        own = np.flatnonzero(is_side[rows.row])
        sides = int(is_side.sum())
        row = np.concatenate([(np.cumsum(is_side) - 1)[rows.row[own]], sides + np.arange(len(upper))])
        column = self._columns[np.concatenate([rows.column[own], upper])]
        value = np.concatenate([rows.value[own], np.ones(len(upper))])
        limits = np.concatenate([self._h[is_side], self._upper[upper]])
        matrix = sp.csr_array((value, (row, column)), shape=(len(limits), self._variables))
        return matrix, limits, np.concatenate([rows.agent[is_side], self._of_column[upper]])


def _places(begins: IntArray, agents: IntArray) -> IntArray:
    """Where what belongs to some agents stands in the market, from where each agent's begin."""
    return np.concatenate([np.arange(begins[agent], begins[agent + 1]) for agent in agents])


def _rows(matrices: Sequence[sp.csc_array]) -> _Rows:
    """The rows of matrices that stand side by side, one for each agent, without zeros."""
    heights, widths = np.array([matrix.shape for matrix in matrices]).T
    above = np.repeat(np.cumsum(heights) - heights, [len(matrix.data) for matrix in matrices])
    row = np.concatenate([matrix.indices for matrix in matrices]) + above
    column = np.repeat(np.arange(widths.sum()), np.concatenate([np.diff(matrix.indptr) for matrix in matrices]))
    value = np.concatenate([matrix.data for matrix in matrices])
    own = np.flatnonzero(value)
    return _Rows(row[own], column[own], value[own], np.repeat(np.arange(len(matrices)), heights))


def _totals_of_columns(trades: _Rows, equalities: _Rows, columns: int) -> IntArray:
    """The total of each column: columns are of one total if trades or equalities join them."""
    nodes = columns + trades.count + equalities.count
    column = np.concatenate([trades.column, equalities.column])
    row = np.concatenate([columns + trades.row, columns + trades.count + equalities.row])
    joined = sp.coo_array((np.ones(len(row)), (row, column)), shape=(nodes, nodes))
    labels = connected_components(joined, directed=False)[1]
    return np.asarray(np.unique(labels[:columns], return_inverse=True)[1], dtype=np.int64)
