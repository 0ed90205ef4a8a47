"""Nodal results: flows, prices of buses and of lines, and whether prices are pinned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from ...agents import Consumer, Family, Producer, wheeling
from ...coordinator.market import FloatArray
from ...network import ptdf_matrix
from .ledger import Ledger

# A line this close to its limit, relatively, counts as binding.
BINDING = 1e-5


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
        Whether the binding lines pin the prices of the buses that trade, in every period.
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
    ptdf = ptdf_matrix(grid)
    flow = -ptdf @ _withdrawals(ledger)
    limit = operator.line_limit_mw
    trading = _trading_buses(ledger)
    line_prices = np.zeros_like(flow)
    unique = True
    for t in range(periods):
        binding = np.flatnonzero(np.abs(flow[:, t]) >= limit * (1 - BINDING))
        if not binding.size:
            continue
        columns = -(np.sign(flow[binding, t])[:, None] * ptdf[binding]).T
        line_prices[binding, t] = nnls(columns, fees[:, t])[0]
        priced = binding[line_prices[binding, t] > 0]
        basis = np.column_stack([np.ones(len(grid.buses)), ptdf[priced].T])[trading[:, t]]
        unique &= bool(np.linalg.matrix_rank(basis) == basis.shape[1])
    return NodalResult(hub_price(ledger) + fees, flow, line_prices, unique)


def wheeling_fees(ledger: Ledger) -> FloatArray:
    """Fee from the hub to every bus [$/MWh], shape (buses, periods); zero at the hub."""
    operator = ledger.grid_operator
    grid = operator.grid
    periods = operator.fixed_withdrawal_mw.shape[1]
    fees = np.zeros((len(grid.buses), periods))
    for index, bus in enumerate(grid.buses):
        if bus != grid.hub:
            fees[index] = ledger.price_table([wheeling(bus, t) for t in range(periods)], periods)[0]
    return fees


def hub_price(ledger: Ledger) -> FloatArray:
    """Price of energy at the hub [$/MWh], shape (periods,).

    What consumers pay less the wheeling fee of their bus, averaged by volume. Hyperscalers are left
    out: they may pay a premium for clean contracts. In an hour without purchases of consumers it is
    the marginal cost, at the hub, of the cheapest unit with capacity left.
    """
    operator = ledger.grid_operator
    periods = operator.fixed_withdrawal_mw.shape[1]
    fees = wheeling_fees(ledger)
    paid, bought = np.zeros(periods), np.zeros(periods)
    for consumer in ledger.of_kind(Consumer):
        purchases = -ledger.quantities(consumer, consumer.goods, periods)
        net = ledger.price_table(consumer.goods, periods) - fees[operator.grid.bus_index[consumer.bus]]
        paid += (net * purchases).sum(axis=0)
        bought += purchases.sum(axis=0)
    marginal = np.full(periods, np.inf)
    for producer in ledger.of_kind(Producer):
        output = ledger.quantities(producer, producer.contracts, periods).sum(axis=0)
        cost = producer.cost_usd_per_mwh + producer.cost_slope_usd_per_mwh2 * output
        at_hub = cost - fees[operator.grid.bus_index[producer.bus]]
        has_room = output < producer.capacity_mw * (1 - BINDING)
        marginal = np.where(has_room, np.minimum(marginal, at_hub), marginal)
    return np.where(bought > BINDING, paid / np.maximum(bought, BINDING), marginal)


def _withdrawals(ledger: Ledger) -> FloatArray:
    """Net withdrawal delivered at every bus [MWh], shape (buses, periods)."""
    operator = ledger.grid_operator
    total = operator.fixed_withdrawal_mw.copy()
    hub = operator.grid.hub_index
    for good, quantity in ledger.trades(operator).items():
        index = operator.grid.bus_index[int(good.buyer.removeprefix("bus "))]
        total[index, good.period] += quantity
        total[hub, good.period] -= quantity
    return total


def _trading_buses(ledger: Ledger) -> np.ndarray:
    """Where anybody buys or sells, shape (buses, periods) of bool."""
    operator = ledger.grid_operator
    trading = np.zeros(operator.fixed_withdrawal_mw.shape, dtype=bool)
    for agent in ledger.market.agents:
        bus = getattr(agent, "bus", None)
        if bus is None:
            continue
        for good, quantity in ledger.trades(agent).items():
            if good.family == Family.CONTRACT and abs(quantity) > BINDING:
                trading[operator.grid.bus_index[bus], good.period] = True
    return trading
