"""Nodal results: flows, prices of buses and of lines, and whether prices are pinned."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.optimize import nnls

from ...agents.arrays import FloatArray, IntArray
from ...agents.consumer import Consumer
from ...agents.goods import Good, contract, wheeling
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ...network.flow import ptdf_matrix
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
    ptdf = ptdf_matrix(grid)
    flow = -ptdf @ _withdrawals(ledger)
    limit = operator.line_limit_mw
    trades, pins = _trading_and_pinning_buses(ledger)
    line_prices = np.zeros_like(flow)
    unique = True
    for t in range(periods):
        binding = np.flatnonzero(np.abs(flow[:, t]) >= limit * (1 - BINDING))
        line_prices[binding, t] = _line_prices(ptdf[binding], flow[binding, t], limit[binding], fees[:, t])
        basis = np.column_stack([np.ones(len(grid.buses)), ptdf[binding].T])
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
    """Price of energy at the hub [$/MWh], shape (periods,), as `hub_price_terms` has it."""
    weights, constant = hub_price_terms(ledger)
    return np.asarray(weights @ ledger.prices + constant)


def hub_price_terms(ledger: Ledger) -> tuple[sp.csr_array, FloatArray]:
    """Price of energy at the hub as a function of the prices of all goods: ``weights @ prices + constant``.

    What consumers and modular datacenters pay less the wheeling fee of their bus, averaged by volume.
    Contracts that a producer would not make without a binding forward contract are left out, and
    so are hyperscalers, which may pay a premium for clean contracts. In an hour without such
    trade it is the marginal cost, at the hub, of the cheapest unit with capacity left.

    Returns
    -------
    weights : sparse array of shape (periods, goods)
    constant : array of shape (periods,)
        In $/MWh; infinite in an hour in which nobody trades and no unit has capacity left.
    """
    operator = ledger.grid_operator
    periods = operator.fixed_withdrawal_mw.shape[1]
    bound = _bound_contracts(ledger)
    hours = np.arange(periods)
    entries: list[tuple[FloatArray, IntArray, IntArray]] = []
    bought = np.zeros(periods)
    buyers: list[Consumer | ModularDatacenter] = [*ledger.of_kind(Consumer), *ledger.of_kind(ModularDatacenter)]
    for buyer in buyers:
        free = np.array([good not in bound for good in buyer.contracts]).reshape(-1, periods)
        purchases = np.where(free, -ledger.quantities(buyer, buyer.contracts, periods), 0.0)
        total = purchases.sum(axis=0)
        bought += total
        entries.append((purchases.ravel(), np.tile(hours, len(free)), ledger.market.positions(buyer.contracts)))
        if buyer.bus != operator.grid.hub:
            entries.append((-total, hours, _fees_to(ledger, buyer.bus, periods)))
    trading = bought > BINDING
    shape = (periods, len(ledger.prices))
    shares = sp.csr_array(shape)
    if entries:
        values, rows, columns = (np.concatenate(parts) for parts in zip(*entries, strict=True))
        shares = sp.csr_array((values, (rows, columns)), shape=shape)
    shares = sp.diags_array(np.where(trading, 1 / np.maximum(bought, BINDING), 0.0)) @ shares
    marginal, spare = _spare_unit_terms(ledger, shape)
    return sp.csr_array(shares + sp.diags_array((~trading).astype(np.float64)) @ spare), np.where(
        trading, 0.0, marginal
    )


def _spare_unit_terms(ledger: Ledger, shape: tuple[int, int]) -> tuple[FloatArray, sp.csr_array]:
    """Marginal cost of the unit with capacity left that is cheapest at the hub, and the weight of its fee."""
    operator = ledger.grid_operator
    periods = shape[0]
    fees = wheeling_fees(ledger)
    cheapest, marginal = np.full(periods, np.inf), np.full(periods, np.inf)
    fee_of = np.full(periods, -1)
    for producer in ledger.of_kind(Producer):
        output = ledger.quantities(producer, producer.contracts, periods).sum(axis=0)
        cost = producer.cost_usd_per_mwh + producer.cost_slope_usd_per_mwh2 * output
        at_hub = cost - fees[operator.grid.bus_index[producer.bus]]
        better = (output < producer.capacity_mw * (1 - BINDING)) & (at_hub < cheapest)
        cheapest, marginal = np.where(better, at_hub, cheapest), np.where(better, cost, marginal)
        away = -1 if producer.bus == operator.grid.hub else _fees_to(ledger, producer.bus, periods)
        fee_of = np.where(better, away, fee_of)
    hours = np.flatnonzero(fee_of >= 0)
    return marginal, sp.csr_array((np.full(len(hours), -1.0), (hours, fee_of[hours])), shape=shape)


def _fees_to(ledger: Ledger, bus: int, periods: int) -> IntArray:
    """Positions of the wheeling to a bus, hour by hour."""
    return ledger.market.positions([wheeling(bus, t) for t in range(periods)])


def _bound_contracts(ledger: Ledger) -> set[Good]:
    """Contracts under a forward contract that binds its producer."""
    bound: set[Good] = set()
    for producer in ledger.of_kind(Producer):
        trades = ledger.trades(producer)
        for forward in producer.forward_contracts:
            for t, owed in enumerate(forward.at_least_mwh.tolist()):
                covered = [contract(producer.name, customer, t) for customer in forward.customers]
                if sum(trades[good] for good in covered) <= owed + BINDING * max(owed, 1.0):
                    bound.update(covered)
    return bound


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
        buys = -ledger.quantities(consumer, consumer.contracts, periods).sum(axis=0) > BINDING
        trades[index[consumer.bus]] |= buys
        pins[index[consumer.bus]] |= buys
    for producer in ledger.of_kind(Producer):
        output = ledger.quantities(producer, producer.contracts, periods).sum(axis=0)
        trades[index[producer.bus]] |= output > BINDING
        pins[index[producer.bus]] |= (output > BINDING) & (output < producer.capacity_mw * (1 - BINDING))
    datacenters: list[ModularDatacenter | Hyperscaler] = [
        *ledger.of_kind(ModularDatacenter),
        *ledger.of_kind(Hyperscaler),
    ]
    for datacenter in datacenters:
        bought = -ledger.quantities(datacenter, datacenter.contracts, periods).sum(axis=0)
        trades[index[datacenter.bus]] |= bought > BINDING
    return trades, pins
