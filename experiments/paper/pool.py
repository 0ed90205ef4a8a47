"""The pool: an elastic DC optimal power flow on nodes, without contracts, goods or agents' own problems.

Where cost alone counts, bilateral contracts have the pool's nodal prices: Hobbs, "Linear complementarity models of
Nash-Cournot competition in bilateral and POOLCO power markets", IEEE Transactions on Power Systems 16(2), 2001.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.consumer import Consumer
from ...agents.grid_operator import GridOperator
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ...coordinator.market import Market
from ...coordinator.programmes.cvxpy_solvers import Solvers, solve_by_first

_SOLVERS: Solvers = (
    (cp.CLARABEL, {"tol_gap_abs": 1e-8, "tol_gap_rel": 1e-11, "tol_feas": 1e-10, "max_iter": 500}),
    (cp.PIQP, {"eps_abs": 1e-10, "eps_rel": 1e-11, "max_iter": 500}),
)


@dataclass(frozen=True, eq=False)
class PoolOutcome:
    """What a pool of one hour does.

    Parameters
    ----------
    price_usd_per_mwh : dict of int to float
        By bus.
    generation_mwh : dict of str to float
        By unit.
    workload_price_usd_per_mwh : dict of str to float
        What one more MWh of the dearest batch costs, by hyperscaler; empty where workloads are fixed.
    co2_t : float
    """

    price_usd_per_mwh: dict[int, float]
    generation_mwh: dict[str, float]
    workload_price_usd_per_mwh: dict[str, float]
    co2_t: float


def pool(market: Market) -> PoolOutcome:
    """Clear a market of one hour as a pool: welfare without emissions, workloads placed where they are cheapest.

    Parameters
    ----------
    market : Market
        Its forward contracts and disclosures are left out.

    Raises
    ------
    RuntimeError
        If the solver does not reach its tolerance.
    """
    consumers = [agent for agent in market.agents if isinstance(agent, Consumer)]
    bought = cp.Variable(len(consumers), nonneg=True)
    demand = bought + np.array([consumer.hydro_mwh[0] for consumer in consumers])
    slopes = np.array([consumer.slope_usd_per_mwh2[0] for consumer in consumers])
    intercepts = np.array([consumer.willingness_usd_per_mwh[0] for consumer in consumers])
    benefit = intercepts @ demand - cp.sum(cp.multiply(slopes / 2, cp.square(demand)))
    work = _Work(market)
    withdrawn = _at_buses(market, [consumer.bus for consumer in consumers]) @ bought + work.withdrawn
    outcome = _dispatch(market, withdrawn, -benefit, work.constraints)
    return PoolOutcome(
        outcome.price_usd_per_mwh,
        outcome.generation_mwh,
        work.prices(),
        outcome.co2_t,
    )


class _Work:
    """Workloads of hyperscalers, done at home or at modular datacenters, as withdrawals at buses."""

    def __init__(self, market: Market) -> None:
        hyperscalers = [agent for agent in market.agents if isinstance(agent, Hyperscaler)]
        lenders = {agent.name: agent for agent in market.agents if isinstance(agent, ModularDatacenter)}
        local = {(h.name, batch): cp.Variable(nonneg=True) for h in hyperscalers for batch in h.batches}
        leased = {
            (h.name, batch, name): cp.Variable(nonneg=True)
            for h in hyperscalers
            for name, batches in h.processable.items()
            for batch in batches
        }
        self.balances = {
            (h.name, batch): local[h.name, batch]
            + sum(mwh for key, mwh in leased.items() if key[:2] == (h.name, batch))
            == load
            for h in hyperscalers
            for batch, load in zip(h.batches, h.workload_mwh[:, 0].tolist(), strict=True)
        }
        self.constraints: list[Any] = list(self.balances.values())
        buses, withdrawals = [], []
        for h in hyperscalers:
            buses.append(h.bus)
            withdrawals.append(sum(local[h.name, batch] for batch in h.batches))
        for name, lender in lenders.items():
            spilled = cp.Variable(nonneg=True)
            used = sum(mwh for key, mwh in leased.items() if key[2] == name)
            self.constraints += [spilled <= lender.curtailed_mwh[0], used <= lender.capacity_mw, used >= spilled]
            buses.append(lender.bus)
            withdrawals.append(used - spilled)
        place = _at_buses(market, buses)
        self.withdrawn = place @ cp.hstack(withdrawals) if withdrawals else cp.Constant(np.zeros(place.shape[0]))

    def prices(self) -> dict[str, float]:
        """Duals of the balances after solving, the highest of each hyperscaler's batches."""
        prices: dict[str, float] = {}
        for (name, _), balance in self.balances.items():
            prices[name] = max(prices.get(name, -np.inf), -float(balance.dual_value))
        return prices


def _dispatch(market: Market, withdrawn: Any, cost: Any, constraints: list[Any]) -> PoolOutcome:
    """Least cost with nodal balances; flows follow angles, and the duals of the balances are the prices."""
    (operator,) = (agent for agent in market.agents if isinstance(agent, GridOperator))
    units = [agent for agent in market.agents if isinstance(agent, Producer)]
    grid = operator.grid
    output, angles = cp.Variable(len(units), nonneg=True), cp.Variable(len(grid.buses))
    slopes = np.array([unit.cost_slope_usd_per_mwh2 for unit in units])
    cost += np.array([unit.cost_usd_per_mwh for unit in units]) @ output
    cost += cp.sum(cp.multiply(slopes / 2, cp.square(output)))
    flow = sp.diags_array(1 / grid.reactance_pu) @ grid.incidence @ angles
    generated = _at_buses(market, [unit.bus for unit in units]) @ output
    balance = withdrawn + operator.fixed_withdrawal_mw[:, 0] + grid.incidence.T @ flow == generated
    limits = [cp.abs(flow) <= operator.line_limit_mw, output <= np.array([unit.capacity_mw for unit in units])]
    problem = cp.Problem(cp.Minimize(cost), [balance, angles[grid.hub_index] == 0, *limits, *constraints])
    if failures := solve_by_first(problem, _SOLVERS):
        raise RuntimeError(f"the pool could not be solved: {failures}")
    rates = np.array([unit.emission_rate_kg_per_mwh for unit in units])
    return PoolOutcome(
        dict(zip(grid.buses, balance.dual_value.tolist(), strict=True)),
        dict(zip((unit.name for unit in units), output.value.tolist(), strict=True)),
        {},
        float(rates @ output.value) / 1000,
    )


def _at_buses(market: Market, buses: list[int]) -> FloatArray:
    """Places quantities at their buses: shape (buses of the grid, quantities)."""
    (operator,) = (agent for agent in market.agents if isinstance(agent, GridOperator))
    place = np.zeros((len(operator.grid.buses), len(buses)))
    for column, bus in enumerate(buses):
        place[operator.grid.bus_index[bus], column] = 1.0
    return place
