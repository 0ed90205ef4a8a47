"""The batched executor: agents whose problems have the same structure are answered together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, Protocol

import numpy as np

from ....agents.arrays import FloatArray
from ...announcement import Announcement, BidRequest, NearTargets, Prices, Responses, refuse_unless_for
from ...executor import Respond
from ...market import Market
from ..agent_workspaces import AgentWorkspaces
from ..bidding.bidders import Bidders
from ..bidding.desks import AgentsDesk
from ..stacked_problems import StackedProblems
from .nested_answers import NestedAnswers
from .nested_sums import nested_sums
from .total_answers import TotalAnswers
from .total_recognition import totals


class Kernel(Protocol):
    """All agents of one structure: their answers are written into the variables of the market."""

    def answer_alone(self, linear: FloatArray, x: FloatArray) -> None:
        """Answer prices alone, for agents of which the structure tells their best response."""
        ...

    def set_up(self, rho: FloatArray) -> None:
        """Prepare for another rho, of shape (copies,)."""
        ...

    def answer_near_targets(self, linear: FloatArray, x: FloatArray) -> None:
        """Answer prices and targets."""
        ...


@dataclass(frozen=True)
class Batched:
    """Answers all agents of one structure at once, and every other agent by a workspace of its own.

    Structures are recognised from the canonical matrices: what is declared in CVXPY stays the only truth,
    and another kind of agent with the same matrices is answered in the same way. Where some copies have
    a rho and others none, workspaces answer for everybody.
    """

    name: ClassVar[str] = "batched"
    answers: ClassVar[frozenset[type[Announcement]]] = frozenset({Prices, NearTargets, BidRequest})

    def compile(self, market: Market) -> Respond:
        """Recognise the structures, stack them, and set up workspaces for the rest."""
        return _BatchedMarket(market)


class _BatchedMarket:
    def __init__(self, market: Market) -> None:
        self._market = market
        self._stacked = StackedProblems(market)
        everybody = range(len(market.agents))
        nested = nested_sums(self._stacked.matrices)
        with_totals = totals(self._stacked.matrices, np.flatnonzero(~nested.is_recognised).tolist())
        # Nested sums first: they write the variables of all agents.
        self._kernels: list[Kernel] = (
            [NestedAnswers(market, nested, self._stacked.matrices)] if len(nested.leaves) else []
        )
        near_targets = set(np.flatnonzero(nested.is_recognised).tolist())
        alone = set(np.flatnonzero(nested.has_best_leaves).tolist())
        if with_totals is not None:
            answers = TotalAnswers(market, with_totals, self._stacked.columns)
            self._kernels.append(answers)
            alone |= set(answers.agents_alone.tolist())
            near_targets |= set(with_totals.agents.tolist())
        self._rest = AgentWorkspaces(
            market,
            self._stacked.columns,
            agents_alone=[agent for agent in everybody if agent not in alone],
            agents_near_targets=[agent for agent in everybody if agent not in near_targets],
        )
        self._everybody = AgentWorkspaces(market, self._stacked.columns, agents_alone=[], agents_near_targets=everybody)
        self._rho: FloatArray | None = None

    def __call__(self, announcement: Announcement) -> Responses:
        refuse_unless_for(self._market, announcement)
        if isinstance(announcement, BidRequest):
            return self._bidders.answer(announcement)
        linear = self._stacked.linear_term(announcement)
        x = np.empty_like(linear)
        match announcement:
            case Prices():
                for kernel in self._kernels:
                    kernel.answer_alone(linear, x)
                self._rest.answer_alone(linear, x)
            case NearTargets(rho=rho) if rho.all():
                for kernel in self._ready_for(rho):
                    kernel.answer_near_targets(linear, x)
                self._rest.answer_near_targets(announcement, linear, x)
            case NearTargets():
                self._everybody.answer_near_targets(announcement, linear, x)
        return self._stacked.responses(x)

    @cached_property
    def _bidders(self) -> Bidders:
        """The agents as bidders of slopes, set up when first asked."""
        return Bidders(self._market, self._stacked.matrices, partial(AgentsDesk, self._market))

    def _ready_for(self, rho: FloatArray) -> list[Kernel]:
        if self._rho is None or not np.array_equal(rho, self._rho):
            for kernel in self._kernels:
                kernel.set_up(rho)
            self._rho = rho
        return self._kernels
