"""Pure best responses of all agents whose problems are totals without side limits."""

from __future__ import annotations

import numpy as np

from ..market import FloatArray
from .stacked_totals import StackedTotals


class BestParts:
    """Without rho each total goes to its cheapest part, but to its reserve first where that is cheaper.

    Where several parts are equally cheap it is the first. Totals with side limits are not answered: what
    is said of them has no meaning.

    Parameters
    ----------
    stacked : StackedTotals
    """

    def __init__(self, stacked: StackedTotals) -> None:
        self._stacked = stacked
        self._most = np.where(stacked.has_best_part, stacked.most, 0.0)

    def solve(self, linear: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What parts and reserves hold, shapes (parts,) and (reserves,).

        Parameters
        ----------
        linear : array of shape (variables,)
            Of the market.
        """
        stacked = self._stacked
        slope = linear[stacked.first_column]
        cheapest = np.minimum.reduceat(slope, stacked.first_part)
        ties = np.flatnonzero(slope == cheapest[stacked.total_of_part])
        _, first = np.unique(stacked.total_of_part[ties], return_index=True)
        owner, reserve_slope = stacked.total_of_reserve, linear[stacked.reserve_column]
        reserve = np.where(reserve_slope < 0, self._most[owner], stacked.least[owner])
        reserve = np.where(reserve_slope < cheapest[owner], np.minimum(reserve, stacked.reserve_most), 0.0)
        left = np.where(cheapest < 0, self._most, stacked.least)
        left[owner] = np.maximum(left[owner] - reserve, 0.0)
        held = np.zeros(len(slope))
        held[ties[first]] = left
        return held, reserve
