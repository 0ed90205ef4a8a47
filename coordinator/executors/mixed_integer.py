"""Agents answer prices wholly, where their market knows them relaxed: each searches by branch and cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import ClassVar

import cvxpy as cp
import numpy as np

from ...agents.agent import Agent, AgentError, Declaration
from ...agents.arrays import FloatArray
from ...agents.canonical.checks import well_formed_declaration
from ...agents.relaxed import Relaxed
from ..announcement import Announcement, Prices, Responses, prices_of_copies, refuse_unless_for
from ..executor import Respond
from ..market import Market
from ..programmes.integer_programme import Incumbent
from ..programmes.integer_searches import Asked, Search, SideBySide, solve_side_by_side
from ..programmes.stated_programme import Limit, StatedProgramme
from ..programmes.unsolved import UnsolvedProgrammeError
from .compiled import Compiled


@dataclass(frozen=True, eq=False)
class BoundedResponses(Responses):
    """Responses, and by how much each may fall short of the best one.

    Parameters
    ----------
    shortfall_usd : array of shape (agents,)
        What an agent's search leaves between its response and its bound.
    """

    shortfall_usd: FloatArray = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class MixedInteger:
    """Answers prices alone: every relaxed agent as the whole one that it is the relaxation of, the others compiled.

    Parameters
    ----------
    search : Search
        How far each agent searches, and how many at a time.
    side_by_side : callable, optional
        What solves their programmes. Default: threads of this process.
    """

    search: Search
    side_by_side: SideBySide = solve_side_by_side
    name: ClassVar[str] = "mixed-integer"
    answers: ClassVar[frozenset[type[Announcement]]] = frozenset({Prices})

    def compile(self, market: Market) -> MixedIntegerMarket:
        """State one programme for each agent that has choices.

        Raises
        ------
        AgentError
            If the problem of one is no mixed-integer linear programme.
        """
        return MixedIntegerMarket(market, self.search, self.side_by_side)


class MixedIntegerMarket:
    """What answers; each search begins from its agent's last response.

    Attributes
    ----------
    search : Search
    side_by_side : callable
        What solves its agents' programmes.
    """

    def __init__(self, market: Market, search: Search, side_by_side: SideBySide) -> None:
        self._market, self.search, self.side_by_side = market, search, side_by_side
        self._whole = {
            position: _WholeAgent(agent.whole)
            for position, agent in enumerate(market.agents)
            if isinstance(agent, Relaxed)
        }
        others = [n for n in range(len(market.agents)) if n not in self._whole]
        self._others = _ConvexAgents(market, others) if others else None

    def __call__(self, announcement: Announcement) -> BoundedResponses:
        """Responses to prices.

        Raises
        ------
        AgentError
            If the search of an agent fails; the message names it.
        """
        refuse_unless_for(self._market, announcement)
        if not isinstance(announcement, Prices):
            raise AgentError("agents with choices answer prices alone")
        return self.answered(announcement, found_side_by_side([(self, announcement)], self.search)[0])

    def asked(self, announcement: Prices) -> list[Asked]:
        """What each agent that has choices searches for at prices."""
        worth = prices_of_copies(self._market, announcement)
        return [agent.facing(worth[self._market.copies_of_agents[n]]) for n, agent in self._whole.items()]

    def answered(self, announcement: Prices, found: Iterable[Incumbent]) -> BoundedResponses:
        """Responses of all agents to prices, given what those that have choices found."""
        market = self._market
        trades, costs = np.zeros(len(market.good_of_copy)), np.zeros(len(market.agents))
        shortfall = np.zeros(len(market.agents))
        if self._others is not None:
            self._others.answer(announcement, trades, costs)
        worth = prices_of_copies(market, announcement)
        for (position, agent), incumbent in zip(self._whole.items(), found, strict=True):
            copies = market.copies_of_agents[position]
            trades[copies], shortfall[position] = agent.answer(incumbent)
            costs[position] = worth[copies] @ trades[copies] + incumbent.value
        return BoundedResponses(trades, costs, None, shortfall)

    def narrowed(self, most: Mapping[int, list[FloatArray]]) -> MixedIntegerMarket:
        """The same where some agents have fewer choices, from which their searches begin anew.

        Parameters
        ----------
        most : dict of int to list of arrays
            By the position of an agent: 0 or 1 for each of its boolean variables, in the order of `choices_of`.
        """
        narrower = copy(self)
        narrower._whole = {
            position: agent.narrowed(most[position]) if position in most else agent
            for position, agent in self._whole.items()
        }
        return narrower

    def chosen(self, found: Sequence[Incumbent]) -> list[list[FloatArray]]:
        """What agents that have choices choose in what they found: as `choices`, of all of them."""
        return [agent.choices_at(one.x) for agent, one in zip(self._whole.values(), found, strict=True)]

    def choices(self, position: int) -> list[FloatArray]:
        """What an agent has last chosen, for each boolean variable in the order of `choices_of`."""
        agent = self._whole[position]
        return agent.choices_at(agent.last)


def found_side_by_side(questions: Sequence[tuple[MixedIntegerMarket, Prices]], search: Search) -> list[list[Incumbent]]:
    """What the agents that have choices find in several markets, each asked at prices of its own.

    Parameters
    ----------
    questions : sequence of pairs
        Of markets of which one is narrowed from the other: what solves the first one's programmes solves all.
    search : Search
        How far each agent searches.

    Raises
    ------
    AgentError
        If the search of an agent fails; the message names it.
    """
    if not questions:
        return []
    asked = [market.asked(announcement) for market, announcement in questions]
    solve = questions[0][0].side_by_side
    try:
        found = iter(solve([one for own in asked for one in own], search))
    except UnsolvedProgrammeError as error:
        raise AgentError(f"agent {error}; are its trades bounded and its constraints feasible?") from error
    return [list(islice(found, len(own))) for own in asked]


def choices_of(declaration: Declaration) -> list[cp.Variable]:
    """The boolean variables of a declaration, in an order that is the same however often it is declared."""
    problem = cp.Problem(cp.Minimize(declaration.cost), declaration.constraints)
    return [variable for variable in problem.variables() if variable.attributes["boolean"]]


class _WholeAgent:
    """An agent's own programme, with its trades as variables that prices weigh."""

    def __init__(self, agent: Agent) -> None:
        stated = well_formed_declaration(agent)
        self.name = agent.name
        trades = cp.Variable(len(stated.goods))
        problem = cp.Problem(cp.Minimize(stated.cost), [*stated.constraints, trades == stated.trades])
        self._stated = StatedProgramme(problem)
        self._trades = self._stated.columns(trades)
        self._choices = choices_of(stated)
        self.last: FloatArray | None = None

    def narrowed(self, most: list[FloatArray]) -> _WholeAgent:
        """One with no more than this of each boolean variable, and without a last response."""
        narrower = copy(self)
        limits = (Limit(choice, 0.0, own) for choice, own in zip(self._choices, most, strict=True))
        narrower._stated, narrower.last = self._stated.within(limits), None
        return narrower

    def choices_at(self, x: FloatArray | None) -> list[FloatArray]:
        """Values of its boolean variables, 0 or 1 up to rounding; none without a point."""
        if x is None:
            return []
        return [x[self._stated.columns(choice)].reshape(choice.shape, order="F") for choice in self._choices]

    def facing(self, prices: FloatArray) -> Asked:
        """Its programme at prices of its trades, shape (goods of the agent,), begun from its last response."""
        programme = self._stated.programme
        costs = programme.c.copy()
        costs[self._trades] -= prices
        return Asked(self.name, replace(programme, c=costs), self.last)

    def answer(self, incumbent: Incumbent) -> tuple[FloatArray, float]:
        """Its trades and what they may fall short of; raises AgentError without any in time."""
        if incumbent.x is None:
            raise AgentError(f"agent {self.name} finds no response in {incumbent.seconds:.1f} s")
        self.last = incumbent.x
        return incumbent.x[self._trades], max(incumbent.value - incumbent.bound, 0.0)


class _ConvexAgents:
    """Agents of a market that need no search, as a market of their own."""

    def __init__(self, market: Market, positions: list[int]) -> None:
        self._positions = positions
        own = Market(tuple(market.agents[n] for n in positions))
        self._respond: Respond = Compiled().compile(own)
        self._goods = market.positions(own.goods)
        whose = np.isin(market.agent_of_copy, positions)
        self._copies = np.flatnonzero(whose)

    def answer(self, announcement: Prices, trades: FloatArray, costs: FloatArray) -> None:
        """Write their trades and costs."""
        found = self._respond(Prices(announcement.prices[self._goods]))
        trades[self._copies], costs[self._positions] = found.trades, found.costs
