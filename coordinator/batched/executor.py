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
    and another kind of agent with the same matrices is answered in the same way. Where some goods have
    a rho and others none, workspaces answer for everybody.
    """

    name: ClassVar[str] = "batched"

    def compile(self, market: Market) -> Respond:
        """Recognise the structures, stack them, and set up workspaces for the rest."""
        stacked = StackedProblems(market)
        nested = nested_sums(stacked.matrices)
        return _BatchedMarket(market, stacked, nested) if len(nested.leaves) else Compiled().compile(market)


class _BatchedMarket:
    def __init__(self, market: Market, stacked: StackedProblems, nested: NestedSums) -> None:
        self._market = market
        self._good_of_copy = market.good_of_copy
        self._stacked = stacked
        everybody = range(len(market.agents))
        self._rest = AgentWorkspaces(
            market,
            agents_alone=np.flatnonzero(~nested.has_best_leaves).tolist(),
            agents_near_targets=np.flatnonzero(~nested.is_recognised).tolist(),
        )
        self._everybody = AgentWorkspaces(market, agents_alone=[], agents_near_targets=everybody)
        self._trees = forest(nested, [agent.name for agent in market.agents])
        self._best_sellers = BestSellers(self._trees, stacked.matrices.P)
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
        return Bidders(self._market, self._stacked.matrices)

    def _filling(self, rho: FloatArray) -> WaterFilling:
        if self._water_filling is None or not np.array_equal(rho, self._rho):
            matrices = self._stacked.matrices
            self._water_filling = WaterFilling(self._trees, rho[self._good_of_copy], matrices.T, matrices.P)
            self._rho = rho
        return self._water_filling
