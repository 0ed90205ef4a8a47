"""Random small markets that can always clear: consumers may take nothing, and lines may carry nothing."""

from dataclasses import dataclass, replace

import cvxpy as cp
import numpy as np
from cases.grids import connected_grids
from hypothesis import strategies as st

from walras.agents import Consumer, Customer, GridOperator, Producer
from walras.coordinator import Market, Responses, Scale


def tenths(low: int, high: int):
    """Numbers with one decimal: no example fails for its last digit."""
    return st.integers(10 * low, 10 * high).map(lambda number: number / 10)


@st.composite
def random_markets(draw) -> Market:
    """2 to 4 buses, 1 to 3 consumers with falling demand, 1 to 3 producers with cost constant or rising."""
    grid = draw(connected_grids(max_buses=4, limits=st.one_of(st.just(np.inf), tenths(1, 60))))
    places = st.sampled_from(grid.buses)
    sellers = tuple(f"producer {i}" for i in range(draw(st.integers(1, 3))))
    consumers = [
        Consumer(
            name=f"consumer {i}",
            bus=draw(places),
            sellers=sellers,
            willingness_usd_per_mwh=np.array([draw(tenths(30, 120))]),
            slope_usd_per_mwh2=np.array([draw(tenths(1, 4))]),
            hydro_mwh=np.zeros(1),
        )
        for i in range(draw(st.integers(1, 3)))
    ]
    customers = tuple(Customer(consumer.name, consumer.bus) for consumer in consumers)
    producers = [
        Producer(
            name=seller,
            bus=draw(places),
            hub=grid.hub,
            customers=customers,
            capacity_mw=draw(tenths(5, 80)),
            cost_usd_per_mwh=draw(tenths(0, 60)),
            cost_slope_usd_per_mwh2=draw(st.one_of(st.just(0.0), tenths(1, 3))),
            emission_rate_kg_per_mwh=0.0,
            periods=1,
        )
        for seller in sellers
    ]
    throughput = sum(producer.capacity_mw for producer in producers)
    operator = GridOperator("grid operator", grid, np.zeros((len(grid.buses), 1)), throughput)
    market = Market((*consumers, *producers, operator))
    return Market(market.agents, dict.fromkeys(market.goods, Scale(40.0, 20.0)))


def with_line_limits(market: Market, factor: float) -> Market:
    """The same market on a grid whose limits are multiplied."""
    operator = market.agents[-1]
    wider = replace(operator, grid=replace(operator.grid, limit_mw=operator.grid.limit_mw * factor))
    return Market((*market.agents[:-1], wider), market.scales)


def costs_on_paper(market: Market, allocation: Responses) -> np.ndarray:
    """Cost of every agent's trades by the formulas of consumers and producers."""
    costs = []
    for agent, copies in zip(market.agents, market.copies_of_agents, strict=True):
        trades = allocation.trades[copies]
        if isinstance(agent, Consumer):
            demand = -trades.sum()
            costs.append(agent.slope_usd_per_mwh2[0] / 2 * demand**2 - agent.willingness_usd_per_mwh[0] * demand)
        elif isinstance(agent, Producer):
            output = trades[: len(agent.customers)].sum()
            costs.append(agent.cost_usd_per_mwh * output + agent.cost_slope_usd_per_mwh2 / 2 * output**2)
        else:
            costs.append(0.0)
    return np.array(costs)


@dataclass(frozen=True)
class Optimum:
    cost_usd: float
    allocation: Responses


def least_cost(market: Market, imbalance: np.ndarray | None = None) -> Optimum:
    """Least total cost of trades that sum to a given imbalance of each good: one CVXPY problem of declarations."""
    declarations = [agent.declare() for agent in market.agents]
    sums: dict = {}
    for declaration in declarations:
        for position, good in enumerate(declaration.goods):
            sums[good] = sums.get(good, 0) + declaration.trades[position]
    wanted = np.zeros(len(market.goods)) if imbalance is None else imbalance
    clearing = [cp.hstack([sums[good] for good in market.goods]) == wanted]
    constraints = [constraint for declaration in declarations for constraint in declaration.constraints]
    cost = sum(declaration.cost for declaration in declarations)
    problem = cp.Problem(cp.Minimize(cost), constraints + clearing)
    problem.solve(solver=cp.CLARABEL, tol_gap_abs=1e-9, tol_gap_rel=1e-9, tol_feas=1e-9)
    assert problem.status in (cp.OPTIMAL, cp.OPTIMAL_INACCURATE), problem.status
    trades = np.concatenate([declaration.trades.value for declaration in declarations])
    costs = np.array([float(declaration.cost.value) for declaration in declarations])
    return Optimum(float(problem.value), Responses(trades, costs))
