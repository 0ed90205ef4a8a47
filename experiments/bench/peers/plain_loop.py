"""A peer: the loop that one writes first, `problem.solve()` for one agent after the other."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np

from ....agents.agent import Agent, AgentError
from ....agents.arrays import FloatArray
from ....agents.canonical.checks import checked_declaration
from ....coordinator.announcement import Announcement, BidRequest, NearTargets, Prices, Responses, prices_of_copies
from ....coordinator.executor import Respond
from ....coordinator.market import Market


@dataclass(frozen=True)
class PlainLoop:
    """Each agent's problem near targets once in CVXPY, prices and targets as parameters, the weight a constant.

    Every round calls `solve()` of each problem with CVXPY's default solver and settings. The executor
    `serial` is what becomes of this loop with some care: one parameter in place of two, exact solvers.
    """

    name: ClassVar[str] = "plain loop"
    answers: ClassVar[frozenset[type[Announcement]]] = frozenset({Prices, NearTargets})

    def compile(self, market: Market) -> Respond:
        """State all problems without a weight; with one when it is first announced, and again when it changes."""
        return _Loop(market)


class _Loop:
    def __init__(self, market: Market) -> None:
        self._market = market
        self._rho = np.zeros(len(market.good_of_copy))
        self._pure = self._problems(self._rho)
        self._near_targets = self._pure

    def __call__(self, announcement: Announcement) -> Responses:
        market = self._market
        match announcement:
            case Prices():
                problems, targets = self._pure, np.zeros(len(market.good_of_copy))
            case NearTargets():
                problems, targets = self._problems_near_targets(announcement.rho), announcement.targets
            case BidRequest():
                raise AgentError("a plain loop answers prices and targets, and no requests for slope bids")
        prices = prices_of_copies(market, announcement)
        answers = [
            problem.answer(prices[copies], targets[copies])
            for problem, copies in zip(problems, market.copies_of_agents, strict=True)
        ]
        trades, costs = zip(*answers, strict=True)
        return Responses(np.concatenate(trades), np.array(costs))

    def _problems_near_targets(self, rho: FloatArray) -> list[_AgentProblem]:
        if not np.array_equal(self._rho, rho):
            self._near_targets, self._rho = self._problems(rho), rho
        return self._near_targets

    def _problems(self, rho: FloatArray) -> list[_AgentProblem]:
        market = self._market
        return [
            _AgentProblem(agent, rho[copies])
            for agent, copies in zip(market.agents, market.copies_of_agents, strict=True)
        ]


class _AgentProblem:
    def __init__(self, agent: Agent, rho: FloatArray) -> None:
        self._declaration = checked_declaration(agent)
        self._prices, self._targets = cp.Parameter(len(rho)), cp.Parameter(len(rho))
        trades = self._declaration.trades
        distance = cp.sum(cp.multiply(rho / 2, cp.square(trades - self._targets)))
        loss = self._declaration.cost - self._prices @ trades + distance
        self._problem = cp.Problem(cp.Minimize(loss), self._declaration.constraints)
        self._name = agent.name

    def answer(self, prices: FloatArray, targets: FloatArray) -> tuple[FloatArray, float]:
        self._prices.value, self._targets.value = prices, targets
        with warnings.catch_warnings():
            # What an inaccurate answer is worth, the certificate says.
            warnings.simplefilter("ignore", UserWarning)
            self._problem.solve()
        if self._problem.status not in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE):
            raise AgentError(f"agent {self._name} has no best response: CVXPY says {self._problem.status}")
        return np.atleast_1d(self._declaration.trades.value), float(self._declaration.cost.value)
