"""Nodal results: flows, prices of buses and of lines, and whether prices are pinned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from ...agents.agent import Agent
from ...agents.arrays import FloatArray
from ...agents.consumer import Consumer
from ...agents.goods import Family
from ...agents.newcomers import Buyer
from ...agents.producer import Producer
from ...network.flow import PowerFlow
from .hub_price import BINDING, hub_price, wheeling_fees
from .ledger import Ledger


@dataclass(frozen=True, eq=False)
class NodalResult:
    """What the wheeling fees and the grid operator's deliveries say about the network.

    Parameters
    ----------
    price_usd_per_mwh : array of shape (buses, periods)
        Hub price plus wheeling fee.
    flow_mw : array of shape (lines, periods)
    line_price_usd_per_mw : array of shape (lines, periods)
        Absolute shadow price of each limit.
    unique : bool
        Whether the prices of all buses that trade follow, over the binding lines, from those of buses
        where somebody is indifferent to a little more or less, in every period.
    """

    price_usd_per_mwh: FloatArray
    flow_mw: FloatArray
    line_price_usd_per_mw: FloatArray
    unique: bool


def nodal_result(ledger: Ledger) -> NodalResult:
    """Compute flows and prices of buses and lines.

    Notes
    -----
    Wheeling fees are ``w = -PTDF.T @ mu`` with the signed shadow prices mu of the lines; the
    multipliers are recovered by nonnegative least squares over the binding lines.
    """
    operator = ledger.grid_operator
    grid = operator.grid
    periods = operator.fixed_withdrawal_mw.shape[1]
    fees = wheeling_fees(ledger)
    power_flow = PowerFlow(grid)
    flow = power_flow.flows(-withdrawals(ledger))
    limit = operator.line_limit_mw
    trades, pins = _trading_and_pinning_buses(ledger)
    line_prices = np.zeros_like(flow)
    unique = True
    for t in range(periods):
        binding = np.flatnonzero(np.abs(flow[:, t]) >= limit * (1 - BINDING))
        ptdf = power_flow.ptdf(binding)
        line_prices[binding, t] = _line_prices(ptdf, flow[binding, t], limit[binding], fees[:, t])
        basis = np.column_stack([np.ones(len(grid.buses)), ptdf.T])
        pinned, known = basis[pins[:, t]], basis[pins[:, t] | trades[:, t]]
        unique &= bool(np.linalg.matrix_rank(pinned) == np.linalg.matrix_rank(known))
    return NodalResult(hub_price(ledger) + fees, flow, line_prices, unique)


def _line_prices(ptdf: FloatArray, flow: FloatArray, limit: FloatArray, fees: FloatArray) -> FloatArray:
    """Absolute shadow prices of binding lines; one that may carry nothing binds in both directions."""
    count = len(flow)
    if not count:
        return np.zeros(0)
    closed = limit < BINDING
    forward = np.where(closed | (flow > 0), 1.0, 0.0)
    backward = np.where(closed | (flow <= 0), 1.0, 0.0)
    columns = np.hstack([-ptdf.T * forward, ptdf.T * backward])
    prices = nnls(columns, fees)[0]
    return np.asarray(np.abs(prices[:count] - prices[count:]))


def withdrawals(ledger: Ledger) -> FloatArray:
    """Net withdrawal delivered at every bus [MWh], shape (buses, periods)."""
    operator = ledger.grid_operator
    total = operator.fixed_withdrawal_mw.copy()
    hub = operator.grid.hub_index
    for good, quantity in ledger.trades(operator).items():
        total[operator.grid.bus_index[int(good.buyer.removeprefix("bus "))], good.period] += quantity
    total[hub] -= total.sum(axis=0)
    return total


def _trading_and_pinning_buses(ledger: Ledger) -> tuple[np.ndarray, np.ndarray]:
    """Where anybody trades, and where somebody could trade a little more or less at the price.

    Both of shape (buses, periods) of bool. A consumer that buys and a unit between zero and capacity
    pin the price of their bus; an inelastic trade does not.
    """
    operator = ledger.grid_operator
    trades = np.zeros(operator.fixed_withdrawal_mw.shape, dtype=bool)
    pins = np.zeros_like(trades)
    periods = operator.fixed_withdrawal_mw.shape[1]
    index = operator.grid.bus_index
    for consumer in ledger.of_kind(Consumer):
        buys = -ledger.quantities(consumer, consumer.goods_bought, periods).sum(axis=0) > BINDING
        trades[index[consumer.bus]] |= buys
        pins[index[consumer.bus]] |= buys
    for producer in ledger.of_kind(Producer):
        output = ledger.quantities(producer, producer.goods_produced, periods).sum(axis=0)
        trades[index[producer.bus]] |= output > BINDING
        pins[index[producer.bus]] |= (output > BINDING) & (output < producer.capacity_mw * (1 - BINDING))
    for agent in ledger.market.agents:
        if isinstance(agent, Buyer) and not isinstance(agent, Consumer):
            trades[index[agent.bus]] |= _bought(ledger, agent, periods) > BINDING
    return trades, pins


def _bought(ledger: Ledger, buyer: Agent, periods: int) -> FloatArray:
    """Energy that somebody takes by contracts [MWh], shape (periods,)."""
    bought = np.zeros(periods)
    for good, quantity in ledger.trades(buyer).items():
        if good.family == Family.CONTRACT and good.buyer == buyer.name:
            bought[good.period] -= quantity
    return bought
