"""All agents of a market whose problems are totals, answered together."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import FloatArray, IntArray
from ...market import Market
from ..workspaces import Workspace, target_workspace
from .best_columns import BestColumns
from .total_filling import TotalFilling
from .totals import Totals

# Rounding of a side limit, relative to it.
_ROUNDING = 1e-12


class TotalAnswers:
    """Agents whose problems are totals, with each part shared out among its variables.

    Side limits, as of work that can be rented somewhere else, hardly ever bind, so they are left out at
    first, and each part is shared out evenly. An answer that keeps them all the same is the answer; for an
    agent where it breaks one, a workspace answers.

    Parameters
    ----------
    market : Market
    totals : Totals
    columns : list of slice
        Where each agent's variables stand.
    """

    def __init__(self, market: Market, totals: Totals, columns: list[slice]) -> None:
        self._market, self._totals, self._columns = market, totals, columns
        part_of_column = totals.part_of_column
        self._share = 1 / np.bincount(part_of_column)[part_of_column]
        self._best_columns = BestColumns(totals)
        self._workspaces: dict[int, Workspace] = {}

    @property
    def agents_alone(self) -> IntArray:
        """Positions in the market of those whose best responses to prices alone are known."""
        return self._totals.agents[self._best_columns.is_answered]

    def answer_alone(self, linear: FloatArray, x: FloatArray) -> None:
        """Write answers to prices alone of `agents_alone`."""
        self._best_columns.solve(linear, x)

    def set_up(self, rho: FloatArray) -> None:
        """Prepare for another rho, above 0, of shape (copies,)."""
        names = [self._market.agents[agent].name for agent in self._totals.agents]
        self._filling = TotalFilling(self._totals, rho, names)
        self._rho = rho
        self._workspaces = {}

    def answer_near_targets(self, linear: FloatArray, x: FloatArray) -> None:
        """Write answers to prices and targets."""
        self._write(*self._filling.solve(linear), x)
        totals, side_limits = self._totals, self._totals.side_limits
        broken = totals.side_rows @ x > side_limits + _ROUNDING * np.abs(side_limits)
        for agent in totals.agents[np.unique(totals.agent_of_side[broken])]:
            place = self._columns[agent]
            x[place] = self._workspace(agent).solve(linear[place])

    def _write(self, held: FloatArray, reserve: FloatArray, x: FloatArray) -> None:
        totals = self._totals
        x[totals.part_columns] = self._share * held[totals.part_of_column]
        x[totals.reserve_column] = reserve

    def _workspace(self, agent: int) -> Workspace:
        if agent not in self._workspaces:
            market = self._market
            self._workspaces[agent] = target_workspace(
                market.agents[agent].name, market.problems[agent], self._rho[market.copies_of_agents[agent]]
            )
        return self._workspaces[agent]
