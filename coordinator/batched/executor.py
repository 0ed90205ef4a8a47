"""The batched executor: agents whose problems have the same structure are answered together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from ..agent_workspaces import AgentWorkspaces
from ..announcement import Announcement, Responses
from ..compiled import Compiled
from ..executor import Respond
from ..market import FloatArray, Market
from ..slope_bids.bidding import Bidders
from ..stacked import StackedProblems
from .best_sellers import BestSellers
from .forest import forest
from .nested_sums import NestedSums, nested_sums
from .water_filling import WaterFilling


@dataclass(frozen=True)
class Batched:
    """Answers all agents of one structure at once, and every other agent by its compiled workspace.

    Structures are recognised from the canonical matrices: what is declared in CVXPY stays the only truth,
    and another kind of agent with the same matrices is answered in the same way. Where some copies have
    a rho and others none, workspaces answer for everybody.
    """

    name: ClassVar[str] = "batched"

    def compile(self, market: Market) -> Respond:
        """Recognise the structures, stack them, and set up workspaces for the rest."""
        recognised = {agent: nested_sums(problem) for agent, problem in enumerate(market.problems)}
        nested = {agent: problem for agent, problem in recognised.items() if problem is not None}
        return _BatchedMarket(market, nested) if nested else Compiled().compile(market)


class _BatchedMarket:
    def __init__(self, market: Market, nested: dict[int, NestedSums]) -> None:
        self._market = market
        self._stacked = StackedProblems(market)
        has_best_leaf = {agent for agent, problem in nested.items() if problem.has_best_leaves}
        everybody = range(len(market.agents))
        self._rest = AgentWorkspaces(
            market,
            agents_alone=[agent for agent in everybody if agent not in has_best_leaf],
            agents_near_targets=[agent for agent in everybody if agent not in nested],
        )
        self._everybody = AgentWorkspaces(market, agents_alone=[], agents_near_targets=everybody)
        self._trees = forest(
            [market.agents[agent].name for agent in nested],
            list(nested.values()),
            copies=[market.copies_of_agents[agent] for agent in nested],
            columns=[self._stacked.columns[agent] for agent in nested],
            shape=self._stacked.T.shape,
        )
        self._best_sellers = BestSellers(self._trees, self._stacked.P)
        self._water_filling: WaterFilling | None = None
        self._rho = np.zeros(0)

    def __call__(self, announcement: Announcement) -> Responses:
        if announcement.request is not None:
            return self._bidders.answer(announcement, announcement.request)
        stacked = self._stacked
        linear = stacked.linear_term(announcement)
        workspaces = self._rest
        if announcement.is_pure:
            x = self._best_sellers.solve(linear)
        elif announcement.rho.all():
            x = self._filling(announcement.rho).solve(linear)
        else:
            x, workspaces = np.empty_like(linear), self._everybody
        for agent, workspace in workspaces.ready_for(announcement):
            columns = stacked.columns[agent]
            x[columns] = workspace.solve(linear[columns])
        return stacked.responses(x)

    @cached_property
    def _bidders(self) -> Bidders:
        """The agents as bidders of slopes, set up when first asked."""
        return Bidders(self._market)

    def _filling(self, rho: FloatArray) -> WaterFilling:
        if self._water_filling is None or not np.array_equal(rho, self._rho):
            self._water_filling = WaterFilling(self._trees, rho, self._stacked.T, self._stacked.P)
            self._rho = rho
        return self._water_filling
