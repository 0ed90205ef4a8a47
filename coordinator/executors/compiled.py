"""The compiled executor: matrices are taken once, then agents are solved without CVXPY."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar

import numpy as np

from ..announcement import Announcement, BidRequest, NearTargets, Prices, Responses, refuse_unless_for
from ..executor import Respond
from ..market import Market
from .agent_workspaces import AgentWorkspaces
from .bidding.bidders import Bidders
from .bidding.desks import AgentsDesk
from .stacked_problems import StackedProblems


@dataclass(frozen=True)
class Compiled:
    """Solves every agent's canonical quadratic programme without going through CVXPY again.

    Answers to prices with targets come from DAQP, pure best responses also from HiGHS. Only the
    linear term changes from round to round: one sparse product for all agents together. Requests for
    slope bids are answered by one interior-point step of all agents together.
    """

    name: ClassVar[str] = "compiled"
    answers: ClassVar[frozenset[type[Announcement]]] = frozenset({Prices, NearTargets, BidRequest})

    def compile(self, market: Market) -> Respond:
        """Canonical matrices of every agent, and the solvers' workspaces."""
        return _CompiledMarket(market)


class _CompiledMarket:
    """What answers one kind of announcement is set up when the first of that kind comes."""

    def __init__(self, market: Market) -> None:
        self._market = market
        # Agents that are no quadratic programmes are refused here, and not in the first round.
        self.problems = market.problems

    def __call__(self, announcement: Announcement) -> Responses:
        refuse_unless_for(self._market, announcement)
        if isinstance(announcement, BidRequest):
            return self._bidders.answer(announcement)
        linear = self._stacked.linear_term(announcement)
        x = np.empty_like(linear)
        match announcement:
            case Prices():
                self._workspaces.answer_alone(linear, x)
            case NearTargets():
                self._workspaces.answer_near_targets(announcement, linear, x)
        return self._stacked.responses(x)

    @cached_property
    def _bidders(self) -> Bidders:
        return Bidders(self._market, self._stacked.matrices, partial(AgentsDesk, self._market))

    @cached_property
    def _stacked(self) -> StackedProblems:
        return StackedProblems(self._market)

    @cached_property
    def _workspaces(self) -> AgentWorkspaces:
        everybody = range(len(self._market.agents))
        return AgentWorkspaces(
            self._market, self._stacked.columns, agents_alone=everybody, agents_near_targets=everybody
        )
