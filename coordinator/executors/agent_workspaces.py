"""The workspaces of some agents of a market, for each kind of announcement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...agents.arrays import FloatArray
from ..market import Market
from .workspaces import Workspace, pure_workspace, target_workspace

AgentWorkspace = tuple[int, Workspace]


class AgentWorkspaces:
    """Solvers of some agents, set up when first asked: for some agents they are large.

    Parameters
    ----------
    market : Market
    agents_alone, agents_near_targets : sequences of int
        Positions in the market's agents of those to solve for prices alone, and for prices with targets.
    """

    def __init__(self, market: Market, agents_alone: Sequence[int], agents_near_targets: Sequence[int]) -> None:
        self._market = market
        self._agents_alone = agents_alone
        self._agents_near_targets = agents_near_targets
        self._near_targets: list[AgentWorkspace] = []
        self._rho = np.zeros(0)

    def near_targets(self, rho: FloatArray) -> list[AgentWorkspace]:
        """Each agent's position, and its workspace for prices with targets of these weights, of shape (copies,)."""
        if not np.array_equal(rho, self._rho):
            self._near_targets = self._set_up(rho)
            self._rho = rho
        return self._near_targets

    @cached_property
    def alone(self) -> list[AgentWorkspace]:
        """Each agent's position, and its workspace for prices alone."""
        market = self._market
        return [
            (agent, pure_workspace(market.agents[agent].name, market.problems[agent])) for agent in self._agents_alone
        ]

    def _set_up(self, rho: FloatArray) -> list[AgentWorkspace]:
        market = self._market
        return [
            (
                agent,
                target_workspace(
                    market.agents[agent].name, market.problems[agent], rho[market.copies_of_agents[agent]]
                ),
            )
            for agent in self._agents_near_targets
        ]
