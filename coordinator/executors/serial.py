"""The serial executor: one agent after the other, each in CVXPY."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import cvxpy as cp
import numpy as np

from ...agents.agent import Agent, AgentError
from ...agents.arrays import FloatArray
from ...agents.canonical.checks import checked_declaration, nothing_to_decide
from ..announcement import Announcement, BidRequest, NearTargets, Prices, Responses, prices_of_copies, refuse_unless_for
from ..executor import Respond
from ..market import Market
from ..programmes.cvxpy_solvers import Solvers, solve_by_first

_PIQP = (
    cp.PIQP,
    {"eps_abs": 1e-9, "eps_rel": 1e-10, "eps_duality_gap_abs": 1e-9, "eps_duality_gap_rel": 1e-10},
)
_CLARABEL = (cp.CLARABEL, {"tol_gap_abs": 1e-9, "tol_gap_rel": 1e-9, "tol_feas": 1e-9})
_DAQP = (cp.DAQP, {"primal_tol": 1e-9, "eta_prox": 1e-12})
# Proximal weight of DAQP where an agent is indifferent, in units of its prices and volumes: with much less its
# limits drown in the rounding of the distances that proximal iterations go.
_PROXIMAL_WEIGHT = 1e-3
# Of agents without goods.
_NO_VOLUME = 1e-100
# Tried in this order. The first ones are exact to rounding but know only quadratic or linear
# programmes and may cycle; the last one knows every cone.
_QUADRATIC_SOLVERS: Solvers = (_DAQP, _PIQP, _CLARABEL)
_LINEAR_SOLVERS: Solvers = ((cp.SCIPY, {}), _CLARABEL)


@dataclass(frozen=True)
class Serial:
    """Solves every agent's own problem in CVXPY, once compiled under its rules for parameters (DPP).

    The first choice is DAQP: Arnstroem, Bemporad and Axehill, "A dual active-set solver for embedded
    quadratic programming using recursive LDL' updates", IEEE Trans. Automatic Control 67(8), 2022.
    Agents whose problem is no quadratic programme are solved too, by Clarabel.
    """

    name: ClassVar[str] = "serial"
    answers: ClassVar[frozenset[type[Announcement]]] = frozenset({Prices, NearTargets})

    def compile(self, market: Market) -> Respond:
        """One parametrised problem per agent for prices with targets, one for prices alone."""
        problems = [
            _AgentProblem(agent, market.volume_scale[market.good_of_copy[copies]])
            for agent, copies in zip(market.agents, market.copies_of_agents, strict=True)
        ]

        def respond(announcement: Announcement) -> Responses:
            refuse_unless_for(market, announcement)
            trades = np.empty(len(market.good_of_copy))
            costs = np.empty(len(market.agents))
            prices = prices_of_copies(market, announcement)
            for index, (problem, copies) in enumerate(zip(problems, market.copies_of_agents, strict=True)):
                match announcement:
                    case Prices():
                        answer = problem.best_response(prices[copies])
                    case NearTargets(rho=rho, targets=targets):
                        answer = problem.answer(prices[copies], rho[copies], targets[copies])
                    case BidRequest():
                        raise AgentError("the serial executor has no matrices to bid slopes from; use the compiled one")
                trades[copies], costs[index] = answer
            return Responses(trades, costs)

        return respond


class _AgentProblem:
    """An agent's declaration with the announcement as CVXPY parameters."""

    def __init__(self, agent: Agent, volume_scale: FloatArray) -> None:
        self.agent_name = agent.name
        self.volume_scale = volume_scale
        self.declaration = checked_declaration(agent)
        self.is_fixed = nothing_to_decide(self.declaration)
        goods = len(self.declaration.goods)
        # Trades in units of their scale: GPUs and MWh differ by decades, which costs solvers digits.
        scaled = cp.multiply(1 / volume_scale, self.declaration.trades)
        self.rho = cp.Parameter(goods, nonneg=True)
        # Prices and targets enter as one parameter: their product with rho would not be DPP.
        self.signal = cp.Parameter(goods)
        loss = self.declaration.cost - self.signal @ scaled
        distance = cp.sum(cp.multiply(self.rho, cp.square(scaled))) / 2
        self.near_targets = cp.Problem(cp.Minimize(loss + distance), self.declaration.constraints)
        self.pure = cp.Problem(cp.Minimize(loss), self.declaration.constraints)

    def answer(self, prices: FloatArray, rho: FloatArray, targets: FloatArray) -> tuple[FloatArray, float]:
        """Trades and cost near targets."""
        self.rho.value = rho * self.volume_scale**2
        self.signal.value = (prices + rho * targets) * self.volume_scale
        return self._solve(self.near_targets, _QUADRATIC_SOLVERS)

    def best_response(self, prices: FloatArray) -> tuple[FloatArray, float]:
        """Trades and cost at prices alone."""
        self.signal.value = prices * self.volume_scale
        if self.pure.is_lp():
            return self._solve(self.pure, _LINEAR_SOLVERS)
        volume = self.volume_scale.max(initial=_NO_VOLUME)
        steepness = np.abs(self.signal.value).max(initial=0.0) / volume**2
        name, options = _DAQP
        proximal = (name, options | {"eps_prox": _PROXIMAL_WEIGHT * steepness})
        return self._solve(self.pure, (proximal, *_QUADRATIC_SOLVERS[1:]))

    def _solve(self, problem: cp.Problem, solvers: Solvers) -> tuple[FloatArray, float]:
        if self.is_fixed:
            return self._values()
        failures = solve_by_first(problem, solvers, warm_start=False, enforce_dpp=True)
        if not failures:
            return self._values()
        raise AgentError(
            f"agent {self.agent_name} has no best response ({failures}); "
            "are its trades bounded and its constraints feasible?"
        )

    def _values(self) -> tuple[FloatArray, float]:
        return np.atleast_1d(self.declaration.trades.value), float(self.declaration.cost.value)
