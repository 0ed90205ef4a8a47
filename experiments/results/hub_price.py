"""The price of energy at the hub, and what it is made of."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...agents.consumer import Consumer
from ...agents.goods import Family, Good, contract, energy, wheeling
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from .ledger import Ledger

# A line this close to its limit, relatively, counts as binding.
BINDING = 1e-5


def hub_price(ledger: Ledger) -> FloatArray:
    """Price of energy at the hub [$/MWh], shape (periods,), as `hub_price_terms` has it."""
    weights, constant = hub_price_terms(ledger)
    return np.asarray(weights @ ledger.prices + constant)


def hub_price_terms(ledger: Ledger) -> tuple[sp.csr_array, FloatArray]:
    """Price of energy at the hub as a function of the prices of all goods: ``weights @ prices + constant``.

    In a pool it is that of energy there. Else it is what consumers and modular datacenters pay less the
    wheeling fee of their bus, averaged by volume. Contracts that a producer would not make without a binding
    forward contract are left out, and so are hyperscalers, which may pay a premium for clean contracts. In an
    hour without such trade it is the marginal cost, at the hub, of the cheapest unit with capacity left.

    Returns
    -------
    weights : sparse array of shape (periods, goods)
    constant : array of shape (periods,)
        In $/MWh; infinite in an hour in which nobody trades and no unit has capacity left.
    """
    operator = ledger.grid_operator
    periods = operator.fixed_withdrawal_mw.shape[1]
    if Family.ENERGY in ledger.market.families:
        return _pool_price_terms(ledger)
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
    marginal, spare = _spare_unit_terms(ledger, shape)
    weights = sp.csr_array(sp.diags_array(np.where(trading, 0.0, 1.0)) @ spare)
    if entries:
        values, rows, columns = (np.concatenate(parts) for parts in zip(*entries, strict=True))
        shares = sp.csr_array((values, (rows, columns)), shape=shape)
        weights = sp.csr_array(
            weights + sp.diags_array(np.where(trading, 1 / np.maximum(bought, BINDING), 0.0)) @ shares
        )
    return weights, np.where(trading, 0.0, marginal)


def _spare_unit_terms(ledger: Ledger, shape: tuple[int, int]) -> tuple[FloatArray, sp.csr_array]:
    """Marginal cost of the unit with capacity left that is cheapest at the hub, and the weight of its fee."""
    operator = ledger.grid_operator
    periods = shape[0]
    fees = wheeling_fees(ledger)
    cheapest, marginal = np.full(periods, np.inf), np.full(periods, np.inf)
    fee_of = np.full(periods, -1)
    for producer in ledger.of_kind(Producer):
        output = ledger.quantities(producer, producer.goods_produced, periods).sum(axis=0)
        cost = producer.cost_usd_per_mwh + producer.cost_slope_usd_per_mwh2 * output
        at_hub = cost - fees[operator.grid.bus_index[producer.bus]]
        better = (output < producer.capacity_mw * (1 - BINDING)) & (at_hub < cheapest)
        cheapest, marginal = np.where(better, at_hub, cheapest), np.where(better, cost, marginal)
        away = -1 if producer.bus == operator.grid.hub else _fees_to(ledger, producer.bus, periods)
        fee_of = np.where(better, away, fee_of)
    hours = np.flatnonzero(fee_of >= 0)
    return marginal, sp.csr_array((np.full(len(hours), -1.0), (hours, fee_of[hours])), shape=shape)


def _pool_price_terms(ledger: Ledger) -> tuple[sp.csr_array, FloatArray]:
    operator = ledger.grid_operator
    periods = operator.fixed_withdrawal_mw.shape[1]
    at_hub = ledger.market.positions([energy(operator.grid.hub, t) for t in range(periods)])
    shape = (periods, len(ledger.prices))
    return sp.csr_array((np.ones(periods), (np.arange(periods), at_hub)), shape=shape), np.zeros(periods)


def _fees_to(ledger: Ledger, bus: int, periods: int) -> IntArray:
    """Positions of the wheeling to a bus, hour by hour."""
    return ledger.market.positions([wheeling(bus, t) for t in range(periods)])


def wheeling_fees(ledger: Ledger) -> FloatArray:
    """Fee from the hub to every bus [$/MWh], shape (buses, periods); zero at the hub."""
    operator = ledger.grid_operator
    grid = operator.grid
    periods = operator.fixed_withdrawal_mw.shape[1]
    fees = np.zeros((len(grid.buses), periods))
    for index, bus in enumerate(grid.buses):
        for t in range(periods):
            fees[index, t] = sum(weight * ledger.price(good) for good, weight in operator.fee(bus, t))
    return fees


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
