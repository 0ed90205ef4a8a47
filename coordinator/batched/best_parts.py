"""Pure best responses of all agents whose problems are totals without side limits."""

from __future__ import annotations

import numpy as np

from ..market import FloatArray
from .totals import Totals


class BestParts:
    """Without rho each total goes to its cheapest part, but to its reserve first where that is cheaper.

    Where several parts are equally cheap it is the first. Totals with side limits are not answered: what
    is said of them has no meaning.

    Parameters
    ----------
    totals : Totals
    """

    def __init__(self, totals: Totals) -> None:
        self._totals = totals
        self._most = np.where(totals.has_best_parts[totals.agent_of_total], totals.most, 0.0)

    def solve(self, linear: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What parts and reserves hold, shapes (parts,) and (reserves,).

        Parameters
        ----------
        linear : array of shape (variables,)
            Of the market.
        """
        totals = self._totals
        slope = linear[totals.first_column]
        cheapest = np.minimum.reduceat(slope, totals.first_part)
        ties = np.flatnonzero(slope == cheapest[totals.total_of_part])
        _, first = np.unique(totals.total_of_part[ties], return_index=True)
        owner, reserve_slope = totals.total_of_reserve, linear[totals.reserve_column]
        reserve = np.where(reserve_slope < 0, self._most[owner], totals.least[owner])
        reserve = np.where(reserve_slope < cheapest[owner], np.minimum(reserve, totals.reserve_most), 0.0)
        left = np.where(cheapest < 0, self._most, totals.least)
        left[owner] = np.maximum(left[owner] - reserve, 0.0)
        held = np.zeros(len(slope))
        held[ties[first]] = left
        return held, reserve
