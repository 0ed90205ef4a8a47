"""Pure best responses of agents whose problems are totals: each total is filled with what is cheapest."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import BoolArray, FloatArray, IntArray, Positions
from .totals import Totals


class BestColumns:
    """Without rho a total goes to its cheapest variables, up to their limits, until it need not or may not grow.

    Variables of a total fall into groups that are limited together: those that one side limit counts, the
    reserve, and all others. Of each group the cheapest variable takes all; of equals the first. Agents
    with side limits that overlap, count unevenly or leave no solution are not answered.

    Parameters
    ----------
    totals : Totals

    Attributes
    ----------
    is_answered : array of bool
        Which of the totals' agents are.
    """

    def __init__(self, totals: Totals) -> None:
        self._totals = totals
        sides = totals.side_rows
        size = np.diff(sides.indptr)
        side = np.repeat(np.arange(len(size)), size)
        factor = np.zeros(len(size))
        factor[side] = sides.data
        is_usable = ((factor > 0) | (size == 0)) & (totals.side_limits >= 0)
        place, is_part = _places(totals.part_columns, sides.indices)
        total_of_column = totals.total_of_part[totals.part_of_column]
        total_of_side = np.zeros(len(size), dtype=np.int64)
        total_of_side[side[is_part]] = total_of_column[place[is_part]]
        is_other = ~is_part | (sides.data != factor[side])
        is_other[is_part] |= total_of_column[place[is_part]] != total_of_side[side[is_part]]
        is_usable[side[is_other]] = False
        counted = np.bincount(place[is_part], minlength=len(total_of_column))
        is_usable[side[is_part][counted[place[is_part]] > 1]] = False
        # First the sides, then what no side counts of each total, then reserves.
        group_of_column = len(size) + total_of_column
        group_of_column[place[is_part]] = side[is_part]
        capacity = np.divide(totals.side_limits, factor, out=np.zeros(len(size)), where=is_usable & (size > 0))
        every = np.arange(len(totals.least))
        is_open = np.zeros(len(every), dtype=bool)
        is_open[total_of_column[counted == 0]] = True
        totals_of_groups = np.concatenate([total_of_side, every, totals.total_of_reserve])
        capacities = np.concatenate([capacity, np.where(is_open, totals.most, 0.0), totals.reserve_most])
        # A reserve need not have a limit of its own.
        capacities = np.minimum(capacities, totals.most[totals_of_groups])
        self.is_answered = self._answered(is_usable, totals_of_groups, capacities)
        groups = np.concatenate([group_of_column, len(size) + len(every) + np.arange(len(totals.reserve_column))])
        columns = np.concatenate([totals.part_columns, totals.reserve_column])
        own = np.flatnonzero(self.is_answered[totals.agent_of_total[totals_of_groups[groups]]])
        own = own[np.argsort(groups[own], kind="stable")]
        self._columns = columns[own]
        used, self._first, self._group = np.unique(groups[own], return_index=True, return_inverse=True)
        self._total, self._capacity = totals_of_groups[used], capacities[used]

    def _answered(self, is_usable: BoolArray, totals_of_groups: IntArray, capacities: FloatArray) -> BoolArray:
        totals = self._totals
        result = np.ones(len(totals.agents), dtype=bool)
        result[totals.agent_of_side[~is_usable]] = False
        result[totals.agent_of_total[np.isinf(totals.most)]] = False
        capacity = np.bincount(totals_of_groups, capacities, minlength=len(totals.least))
        result[totals.agent_of_total[capacity < totals.least]] = False
        return result

    def solve(self, linear: FloatArray, x: FloatArray) -> None:
        """Write the answers into the variables of the market, of shape (variables,), of agents that are answered.

        Parameters
        ----------
        linear : array of shape (variables,)
        """
        if not len(self._columns):
            return
        totals, cost = self._totals, linear[self._columns]
        cheapest = np.minimum.reduceat(cost, self._first)
        ties = np.flatnonzero(cost == cheapest[self._group])
        best = self._columns[ties[np.searchsorted(self._group[ties], np.arange(len(cheapest)))]]
        order = np.lexsort((cheapest, self._total))
        total, capacity = self._total[order], self._capacity[order]
        begins = np.flatnonzero(np.diff(total, prepend=-1))
        groups = np.diff(begins, append=len(total))
        before = np.zeros(len(total))
        # Each total for itself: behind others a running sum would hold their rounding, and small ones lose digits.
        for rank in range(1, int(groups.max())):
            place = begins[groups > rank] + rank
            before[place] = before[place - 1] + capacity[place - 1]
        # What pays is taken as far as it may be, and what costs as far as it must.
        wanted = np.where(cheapest[order] < 0, totals.most[total], totals.least[total])
        x[self._columns] = 0.0
        x[best[order]] = np.minimum(np.maximum(wanted - before, 0.0), capacity)


def _places(columns: IntArray, wanted: Positions) -> tuple[IntArray, BoolArray]:
    """Where some columns stand among others in rising order, and whether they do."""
    place = np.minimum(np.searchsorted(columns, wanted), len(columns) - 1)
    return place, columns[place] == wanted
