"""The equilibrium: the monolith solved through convex problems that have the same KKT conditions."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...agents.agent import Agent
from ...agents.arrays import FloatArray
from ...agents.goods import Family, Good
from ...coordinator.announcement import Responses
from ...coordinator.market import Market, market_of
from ..settlement.disclosed_value import disclosed_value
from ..settlement.face import OptimalFace, at_limits, optimal_face
from ..settlement.footprints import Footprints, footprints
from ..settlement.scheme import ContractMix, DisclosureScheme, disclose_consistently
from ..settlement.selection import Selection, select_contracts
from ..settlement.stacked_market import StackedMarket, stack
from .complementarity import Complementarity, complementarity
from .mlcp import MLCP, assemble
from .semismooth_newton import solve_complementarity
from .welfare import solve_disclosed_welfare

# A purchase mix that moves by less is that of the contracts.
CONSISTENT_KG_PER_MWH = 1e-6
# Natural residual at which Newton's method on the general problem ends, and with which it need not begin.
_SOLVED = 1e-8
_WILL_DO = 1e-7
EX_POST = DisclosureScheme(Selection.LEAST_NORM, {}, {})


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A solution of the monolith.

    Parameters
    ----------
    market : Market
        With the disclosures that the solution belongs to.
    prices : array of shape (goods,)
        In $ per unit of each good.
    allocation : Responses
    mlcp_residual : float
        Natural residual of the general problem, in MWh and $/MWh: intensities are those of the
        allocation's contracts.
    solver : str
    selection : str
        Which of several equal contract matrices the allocation is; ``none`` where no contracts have
        imposed mixes, where they were lost to rounding, where no convex problem has the solution, and where
        nothing is to be selected.
    mix_kg_per_mwh : mapping of Good to float
        Disclosed purchase mixes.
    mixes : int
        How many purchase mixes were tried.
    face : OptimalFace or None
        All solutions for these mixes; None where no convex problem has them, or none is to be selected.
    seconds : float
    """

    market: Market
    prices: FloatArray
    allocation: Responses
    mlcp_residual: float
    solver: str
    selection: str
    mix_kg_per_mwh: Mapping[Good, float]
    mixes: int
    face: OptimalFace | None
    seconds: float


@dataclass(frozen=True, eq=False)
class _Solution:
    """A solution u for given mixes, with the variables that the selection rule picks."""

    market: Market
    face: OptimalFace | None
    u: FloatArray
    selected: FloatArray | None


@dataclass(frozen=True, eq=False)
class AssembledMonolith:
    """A market's conditions put together once, to be solved under several schemes.

    Parameters
    ----------
    market : Market
    stacked : StackedMarket
    mlcp : MLCP
    leases : Footprints
    """

    market: Market
    stacked: StackedMarket
    mlcp: MLCP
    leases: Footprints

    def equilibrium(self, scheme: DisclosureScheme) -> Equilibrium:
        """The equilibrium under a disclosure scheme, with the contracts that its rule picks.

        Where hyperscalers value disclosed emissions differently, no convex problem has their conditions.
        Then the solution for their mean value is where a Newton method starts from, on the general
        problem: look at the residual of what it returns.

        Raises
        ------
        InfeasibleError
            If no allocation clears.
        RuntimeError
            If the solver finds no solution although one exists.
        """
        begin = time.perf_counter()
        first = self.market.with_disclosures(scheme.disclosures(self.market, scheme.first_mix(self.market)))
        if len(set(first.disclosed.emission_price_usd_per_kg.tolist())) > 1:
            return replace(self._near_the_mean(first, scheme), seconds=time.perf_counter() - begin)

        def contracts_of(solution: _Solution) -> tuple[FloatArray, ContractMix] | None:
            if solution.selected is None:
                return None
            trades = self.stacked.T @ solution.selected + self.stacked.trade_offset
            return trades, self.leases.mix_kg_per_mwh(solution.selected)

        disclosed = disclose_consistently(
            self.market, scheme, lambda market: self._solve(market, scheme), contracts_of, CONSISTENT_KG_PER_MWH
        )
        solution = disclosed.outcome
        general = complementarity(solution.market, self.stacked, self.mlcp, self.leases)
        u = solution.u.copy()
        if solution.selected is not None:
            u[: self.mlcp.sizes[0]] = solution.selected
            u = _polished(general, u)
        x, *_, price_usd_per_mwh = self.mlcp.split(u)
        return Equilibrium(
            market=solution.market,
            prices=price_usd_per_mwh * np.array([good.mwh_per_unit for good in self.market.goods]),
            allocation=self.stacked.allocation(x),
            mlcp_residual=general.residual(u),
            solver="piqp",
            selection="none" if solution.selected is None else str(scheme.selection),
            mix_kg_per_mwh=disclosed.mix_kg_per_mwh,
            mixes=disclosed.mixes,
            face=solution.face,
            seconds=time.perf_counter() - begin,
        )

    def _near_the_mean(self, market: Market, scheme: DisclosureScheme) -> Equilibrium:
        """A solution of the general problem, from the convex one in which all have the mean emission price."""
        mean = float(market.disclosed.emission_price_usd_per_kg.mean())
        alike = {
            good: replace(each, emission_price_usd_per_kg=dict.fromkeys(each.emission_price_usd_per_kg, mean))
            for good, each in market.disclosures.items()
        }
        solution = self._solve(market.with_disclosures(alike), scheme)
        size = self.mlcp.sizes[0]
        x = solution.u[:size] if solution.selected is None else solution.selected
        general = complementarity(market, self.stacked, self.mlcp, self.leases)
        u = solve_complementarity(general, np.concatenate([x, solution.u[size:]]), _SOLVED)
        x, *_, price_usd_per_mwh = self.mlcp.split(u)
        mix = scheme.mix_of_contracts(
            market, self.stacked.T @ x + self.stacked.trade_offset, self.leases.mix_kg_per_mwh(x)
        )
        return Equilibrium(
            market=self.market.with_disclosures(scheme.disclosures(self.market, mix)),
            prices=price_usd_per_mwh * np.array([good.mwh_per_unit for good in self.market.goods]),
            allocation=self.stacked.allocation(x),
            mlcp_residual=general.residual(u),
            solver="semismooth Newton from piqp",
            selection="none",
            mix_kg_per_mwh=mix,
            mixes=1,
            face=None,
            seconds=0.0,
        )

    def _solve(self, market: Market, scheme: DisclosureScheme) -> _Solution:
        """Solve for the mixes that a market discloses."""
        value = disclosed_value(market, self.stacked)
        near = [scheme.near_mwh.get(good, mwh) for good, mwh in scheme.curtailed_mwh.items()]
        u = solve_disclosed_welfare(self.stacked, value, np.array(near))
        if scheme.selection is None:
            return _Solution(market, None, u, None)
        x = u[: self.mlcp.sizes[0]]
        reduced_costs = complementarity(market, self.stacked, self.mlcp, self.leases).value(u)[: len(x)]
        binding = at_limits(self.stacked, x, reduced_costs, self.mlcp.split(u)[2], market.typical_price_usd)
        face = optimal_face(self.stacked, x, value.volumes_of, binding)
        if Family.CONTRACT not in market.families:
            return _Solution(market, face, u, x)
        selected = select_contracts(market, face, self.leases, scheme.selection, scheme.imposed_kg_per_mwh)
        return _Solution(market, face, u, selected)


def _polished(general: Complementarity, u: FloatArray) -> FloatArray:
    """A point as it is where its residual will do, else after Newton's method on the general problem."""
    return u if general.residual(u) <= _WILL_DO else solve_complementarity(general, u, _SOLVED)


def assemble_monolith(market: Market, stacked: StackedMarket) -> AssembledMonolith:
    """Put the conditions of all agents and those of clearing together.

    Raises
    ------
    RuntimeError
        If M is not positive semidefinite.
    """
    mlcp = assemble(stacked)
    if mlcp.least_eigenvalue() < -1e-9 * abs(stacked.P).max():
        raise RuntimeError("M is not positive semidefinite, so the welfare QP is not the monolith")
    return AssembledMonolith(market, stacked, mlcp, footprints(market, stacked))


def solve_monolith(market: Market | Iterable[Agent], scheme: DisclosureScheme = EX_POST) -> Equilibrium:
    """Assemble and solve the monolith of a market whose agents state quadratic programmes.

    Under ex post disclosure it is the KKT system of one welfare QP: the sum of all costs over all
    agents' constraints and the clearing of all goods, whose duals are the prices (Samuelson 1952).
    Under ex ante disclosure it is that of one convex problem for each purchase mix; the mix is
    iterated by the selection rule until the contracts have it.

    Parameters
    ----------
    market : Market, or iterable of Agent
    scheme : DisclosureScheme
        Default: ex post disclosure, contracts of least norm.

    Raises
    ------
    AgentError
        If an agent's problem is not a quadratic programme.
    InfeasibleError
        If no allocation clears.
    RuntimeError
        If the solver finds no solution although one exists.
    TypeError
        If it is neither a market nor agents.
    """
    begin = time.perf_counter()
    market = market_of(market)
    equilibrium = assemble_monolith(market, stack(market)).equilibrium(scheme)
    return replace(equilibrium, seconds=time.perf_counter() - begin)
