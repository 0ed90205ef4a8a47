"""Answers near targets of all agents whose problems are totals, side limits left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ....agents.agent import AgentError
from ....agents.arrays import BoolArray, FloatArray
from .active_set import first_filled, misplaced
from .totals import Totals


class TotalFilling:
    """Parts filled to the level at which no part would gain, for one rho and any linear terms.

    A Newton method for the level of each total, all at once, which ends after finitely many steps: what
    the parts hold is convex and piecewise linear in the level. It starts with the parts that would hold
    something if their total did not count. For given parts the total, its limits and its reserve are solved
    for exactly; a reserve is empty above its own level, full below it, and anything between just there.

    Parameters
    ----------
    totals : Totals
    rho : array of shape (copies,)
        Above 0.
    agent_names : sequence of str
    """

    def __init__(self, totals: Totals, rho: FloatArray, agent_names: Sequence[str]) -> None:
        self._totals, self._agent_names = totals, agent_names
        weights = totals.total_weight * rho[totals.total_copy]
        self._curvature = np.bincount(totals.total_of_copy, weights=weights, minlength=len(totals.least))
        # Where there is no room, parts do not yield at all.
        room = (totals.most > 0)[totals.total_of_part]
        self._yielding = room / (totals.part_weight * rho[totals.part_copy])

    def solve(self, linear: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What parts and reserves hold, shapes (parts,) and (reserves,).

        Parameters
        ----------
        linear : array of shape (variables,)
            Of the market.
        """
        totals = self._totals
        slope = linear[totals.first_column]
        # What a part would hold if its total did not count.
        wanted = -self._yielding * slope
        reserve_level = -linear[totals.reserve_column]
        begins, group = totals.first_part, totals.total_of_part
        filled = first_filled(wanted, begins, group)
        for _ in range(len(wanted) + 2):
            level, reserve = self._levels(wanted, reserve_level, filled)
            taken = self._yielding * level[totals.total_of_part]
            held = wanted - taken
            changed = misplaced(held, taken, filled, slope, self._yielding, begins, group)
            if not len(changed):
                return np.maximum(held, 0.0), reserve
            filled[changed] ^= True
        unsettled = self._agent_names[totals.agent_of_total[totals.total_of_part[changed[0]]]]
        raise AgentError(f"agent {unsettled} has no response: the active sets of its totals do not settle")

    def _levels(
        self, wanted: FloatArray, reserve_level: FloatArray, filled: BoolArray
    ) -> tuple[FloatArray, FloatArray]:
        """Marginal cost of each total, and what reserves hold, if exactly the filled parts hold anything."""
        totals, curvature, owner = self._totals, self._curvature, self._totals.total_of_reserve
        supply = np.add.reduceat(wanted * filled, totals.first_part)
        yielding = np.add.reduceat(self._yielding * filled, totals.first_part)
        total = np.minimum(np.maximum(reserve_level / curvature[owner], totals.least[owner]), totals.most[owner])
        missing = total - supply[owner] + yielding[owner] * reserve_level
        reserve = np.minimum(np.maximum(missing, 0.0), totals.reserve_most)
        supply[owner] += reserve
        unlimited = supply / (1 + curvature * yielding)
        held = np.minimum(np.maximum(unlimited, totals.least), totals.most)
        level = curvature * unlimited
        limited = np.flatnonzero(held != unlimited)
        # Some part of a limited total is always filled: nothing else could miss its limit.
        level[limited] = (supply[limited] - held[limited]) / yielding[limited]
        level[owner] = np.where(reserve == missing, reserve_level, level[owner])
        return level, reserve
