"""The answers of some agents of a market, each by a workspace of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...agents.arrays import FloatArray
from ..announcement import NearTargets
from ..market import Market
from .workspaces import Workspace, pure_workspace, target_workspace


class AgentWorkspaces:
    """Solvers of some agents, set up when first asked: for some agents they are large.

    Parameters
    ----------
    market : Market
    columns : sequence of slice
        Where each agent's variables stand.
    agents_alone, agents_near_targets : sequences of int
        Positions in the market's agents of those to solve for prices alone, and for prices with targets.
    """

    def __init__(
        self,
        market: Market,
        columns: Sequence[slice],
        *,
        agents_alone: Sequence[int],
        agents_near_targets: Sequence[int],
    ) -> None:
        self._market = market
        self._columns = columns
        self._agents_alone = agents_alone
        self._agents_near_targets = agents_near_targets
        self._near_targets: list[Workspace] = []
        self._rho: FloatArray | None = None

    def answer_alone(self, linear: FloatArray, x: FloatArray) -> None:
        """Write answers to prices alone."""
        for agent, workspace in zip(self._agents_alone, self._alone, strict=True):
            x[self._columns[agent]] = workspace.solve(linear[self._columns[agent]])

    def answer_near_targets(self, announcement: NearTargets, linear: FloatArray, x: FloatArray) -> None:
        """Write answers to prices and targets."""
        copies = self._market.copies_of_agents
        for agent, workspace in zip(self._agents_near_targets, self._ready_for(announcement.rho), strict=True):
            columns = self._columns[agent]
            x[columns] = workspace.solve(linear[columns], announcement.targets[copies[agent]])

    @cached_property
    def _alone(self) -> list[Workspace]:
        market = self._market
        return [pure_workspace(market.agents[agent].name, market.problems[agent]) for agent in self._agents_alone]

    def _ready_for(self, rho: FloatArray) -> list[Workspace]:
        if self._rho is None or not np.array_equal(rho, self._rho):
            market = self._market
            self._near_targets = [
                target_workspace(market.agents[agent].name, market.problems[agent], rho[market.copies_of_agents[agent]])
                for agent in self._agents_near_targets
            ]
            self._rho = rho
        return self._near_targets
