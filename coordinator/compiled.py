"""The compiled executor: matrices are taken once, then agents are solved without CVXPY."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import scipy.sparse as sp

from ..agents import canonicalise
from .announcement import Announcement, Responses
from .executor import Respond
from .market import FloatArray, Market
from .workspaces import Workspace, pure_workspace, target_workspace


@dataclass(frozen=True)
class Compiled:
    """Solves every agent's canonical quadratic programme without going through CVXPY again.

    Answers to prices with targets come from DAQP, pure best responses also from HiGHS. Only the
    linear term changes from round to round: one sparse product for all agents together.
    """

    name: ClassVar[str] = "compiled"

    def compile(self, market: Market) -> Respond:
        """Canonical matrices of every agent, and the solvers' workspaces."""
        return _CompiledMarket(market)


class _CompiledMarket:
    def __init__(self, market: Market) -> None:
        self.market = market
        self.problems = [canonicalise(agent) for agent in market.agents]
        self.T = sp.csr_array(sp.block_diag([problem.T for problem in self.problems], format="csr"))
        self.T_transposed = sp.csr_array(self.T.T)
        self.P = sp.csr_array(sp.block_diag([problem.P for problem in self.problems], format="csr"))
        self.c = np.concatenate([problem.c for problem in self.problems])
        self.trade_offset = np.concatenate([problem.trade_offset for problem in self.problems])
        self.constants = np.array([problem.constant for problem in self.problems])
        sizes = [len(problem.c) for problem in self.problems]
        ends = np.cumsum([0, *sizes])
        self.columns = [slice(int(a), int(b)) for a, b in pairwise(ends)]
        self.agent_of_column = np.repeat(np.arange(len(sizes)), sizes)
        self.pure: Sequence[Workspace] = [
            pure_workspace(agent.name, problem) for agent, problem in zip(market.agents, self.problems, strict=True)
        ]
        self.rho = np.zeros(len(market.goods))
        self.near_targets: Sequence[Workspace] = []

    def __call__(self, announcement: Announcement) -> Responses:
        rho = announcement.rho[self.market.good_of_copy]
        signal = announcement.prices[self.market.good_of_copy] + rho * (announcement.targets - self.trade_offset)
        linear = self.c - self.T_transposed @ signal
        x = np.empty_like(linear)
        for workspace, columns in zip(self._workspaces(announcement), self.columns, strict=True):
            x[columns] = workspace.solve(linear[columns])
        costs_by_column = x * (self.P @ x / 2 + self.c)
        costs = np.bincount(self.agent_of_column, weights=costs_by_column, minlength=len(self.constants))
        return Responses(self.T @ x + self.trade_offset, costs + self.constants)

    def _workspaces(self, announcement: Announcement) -> Sequence[Workspace]:
        if announcement.is_pure:
            return self.pure
        if not np.array_equal(announcement.rho, self.rho):
            self.near_targets = self._set_up(announcement.rho)
            self.rho = announcement.rho
        return self.near_targets

    def _set_up(self, rho: FloatArray) -> list[Workspace]:
        market = self.market
        return [
            target_workspace(agent.name, problem, rho[market.good_of_copy[copies]])
            for agent, problem, copies in zip(market.agents, self.problems, market.copies_of_agents, strict=True)
        ]
