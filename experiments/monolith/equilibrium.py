"""The equilibrium: the monolith solved through the welfare QP that has the same KKT conditions."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import piqp
import scipy.sparse as sp

from ...coordinator import Market, Responses
from ...coordinator.market import FloatArray
from ..errors import InfeasibleError
from .mlcp import StackedMarket, assemble, stack
from .selection import least_norm_contracts


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A solution of the monolith.

    Parameters
    ----------
    market : Market
    prices : array of shape (goods,)
        In $ per unit of each good.
    allocation : Responses
    mlcp_residual : float
        Natural residual in MWh and $/MWh.
    solver : str
    selection : str
        Which of several equal contract matrices the allocation is: ``least_norm``, or ``none`` where
        that one was lost to rounding.
    seconds : float
    """

    market: Market
    prices: FloatArray
    allocation: Responses
    mlcp_residual: float
    solver: str
    selection: str
    seconds: float


def solve_monolith(market: Market) -> Equilibrium:
    """Solve the MLCP of a market whose agents state quadratic programmes.

    Under ex post disclosure it is the KKT system of one welfare QP: the sum of all costs over all
    agents' constraints and the clearing of all goods, whose duals are the prices (Samuelson 1952).

    Raises
    ------
    InfeasibleError
        If no allocation clears.
    RuntimeError
        If the solver finds no solution although one exists.
    """
    begin = time.perf_counter()
    stacked = stack(market)
    mlcp = assemble(stacked)
    if mlcp.least_eigenvalue() < -1e-9 * abs(stacked.P).max():
        raise RuntimeError("M is not positive semidefinite, so the welfare QP is not the monolith")
    x, *multipliers, price_usd_per_mwh = mlcp.split(solve_welfare_qp(stacked))
    selected = least_norm_contracts(market, stacked, x)
    x = x if selected is None else selected
    u = np.concatenate([x, *multipliers, price_usd_per_mwh])
    return Equilibrium(
        market=market,
        prices=price_usd_per_mwh * np.array([good.mwh_per_unit for good in market.goods]),
        allocation=_allocation(stacked, x),
        mlcp_residual=mlcp.residual(u),
        solver="piqp",
        selection="none" if selected is None else "least_norm",
        seconds=time.perf_counter() - begin,
    )


def solve_welfare_qp(stacked: StackedMarket) -> FloatArray:
    """Solution u of the MLCP by the interior-point solver PIQP.

    Schwan, Jiang, Kuhn and Jones, "PIQP: a proximal interior-point quadratic programming solver", 2023.
    """
    s = stacked
    solver = piqp.SparseSolver()
    solver.settings.eps_abs = 1e-11
    solver.settings.eps_rel = 1e-12
    solver.settings.eps_duality_gap_abs = 1e-10
    solver.settings.eps_duality_gap_rel = 1e-12
    equalities = sp.csc_array(sp.vstack([s.A, s.K], format="csc"))
    equalities.sort_indices()
    solver.setup(s.P, s.c, equalities, np.concatenate([s.b, -s.k]), s.G, None, s.h, s.lower, s.upper)
    status = solver.solve()
    if status == piqp.PIQP_PRIMAL_INFEASIBLE:
        raise InfeasibleError("no allocation satisfies all agents' constraints and clears")
    if status != piqp.PIQP_SOLVED:
        raise RuntimeError(f"the welfare QP was not solved: PIQP ends with {status.name}")
    result = solver.result
    multipliers, minus_prices = np.split(result.y, [len(s.b)])
    return np.concatenate([result.x, multipliers, result.z_u, -minus_prices])


def _allocation(stacked: StackedMarket, x: FloatArray) -> Responses:
    ends = np.cumsum([0, *(len(problem.c) for problem in stacked.problems)])
    costs = [
        problem.cost(x[start:stop]) for problem, start, stop in zip(stacked.problems, ends[:-1], ends[1:], strict=True)
    ]
    return Responses(stacked.T @ x + stacked.trade_offset, np.array(costs))
