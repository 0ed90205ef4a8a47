"""The price of energy at the hub, and what it is made of."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray, IntArray
from ...agents.consumer import Consumer
from ...agents.goods import Good, contract, energy
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.pooled_consumer import PooledConsumer
from ...agents.pooled_producer import PooledProducer
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

    It is what consumers and modular datacenters pay less the wheeling fee of their bus, averaged by volume: the price
    of one more MWh, which nobody owes. Left out is what a producer would not sell without a binding forward contract,
    as are hyperscalers, which may pay a premium for clean contracts. In an hour without such trade it is the marginal
    cost, at the hub, of the cheapest unit with capacity left. A pool gives the same as bilateral contracts.

    Returns
    -------
    weights : sparse array of shape (periods, goods)
    constant : array of shape (periods,)
        In $/MWh; infinite in an hour in which nobody trades and no unit has capacity left.
    """
    operator = ledger.grid_operator
    periods = operator.fixed_withdrawal_mw.shape[1]
    bound, is_free = _bound_contracts(ledger), _sells_freely(ledger, periods)
    hours = np.arange(periods)
    entries: list[tuple[FloatArray, IntArray, IntArray]] = []
    bought = np.zeros(periods)
    buyers: list[Consumer | ModularDatacenter] = [*ledger.of_kind(Consumer), *ledger.of_kind(ModularDatacenter)]
    for buyer in buyers:
        if isinstance(buyer, PooledConsumer):
            # Energy at its bus less the fee there is energy at the hub.
            total = np.where(is_free, -ledger.quantities(buyer, buyer.goods_bought, periods)[0], 0.0)
            entries.append((total, hours, _energy_at(ledger, operator.grid.hub, periods)))
        else:
            free = np.array([good not in bound for good in buyer.contracts]).reshape(-1, periods)
            purchases = np.where(free, -ledger.quantities(buyer, buyer.contracts, periods), 0.0)
            total = purchases.sum(axis=0)
            entries.append((purchases.ravel(), np.tile(hours, len(free)), ledger.market.positions(buyer.contracts)))
            entries += [(-weight * total, hours, goods) for goods, weight in _fee_terms(ledger, buyer.bus, periods)]
        bought += total
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
    bus_of = np.full(periods, operator.grid.hub)
    for producer in ledger.of_kind(Producer):
        output = ledger.quantities(producer, producer.goods_produced, periods).sum(axis=0)
        cost = producer.cost_usd_per_mwh + producer.cost_slope_usd_per_mwh2 * output
        at_hub = cost - fees[operator.grid.bus_index[producer.bus]]
        better = (output < producer.capacity_mw * (1 - BINDING)) & (at_hub < cheapest)
        cheapest, marginal = np.where(better, at_hub, cheapest), np.where(better, cost, marginal)
        bus_of = np.where(better, producer.bus, bus_of)
    terms = [
        (-weight, hour, ledger.market.good_index[good])
        for hour, bus in enumerate(bus_of.tolist())
        for good, weight in operator.fee(bus, hour)
    ]
    weights, hours, goods = np.array(terms, dtype=np.float64).reshape(-1, 3).T
    return marginal, sp.csr_array((weights, (hours.astype(np.int64), goods.astype(np.int64))), shape=shape)


def _fee_terms(ledger: Ledger, bus: int, periods: int) -> list[tuple[IntArray, float]]:
    """Goods whose prices, with weights, add up to the fee to a bus: their positions, hour by hour."""
    terms = zip(*(ledger.grid_operator.fee(bus, t) for t in range(periods)), strict=True)
    return [(ledger.market.positions([good for good, _ in hours]), hours[0][1]) for hours in terms]


def _energy_at(ledger: Ledger, bus: int, periods: int) -> IntArray:
    """Positions of a pool's energy at a bus, hour by hour."""
    return ledger.market.positions([energy(bus, t) for t in range(periods)])


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
        if isinstance(producer, PooledProducer):
            continue
        trades = ledger.trades(producer)
        for forward in producer.forward_contracts:
            for t, owed in enumerate(forward.at_least_mwh.tolist()):
                covered = [contract(producer.name, customer, t) for customer in forward.customers]
                if sum(trades[good] for good in covered) <= owed + BINDING * max(owed, 1.0):
                    bound.update(covered)
    return bound


def _sells_freely(ledger: Ledger, periods: int) -> BoolArray:
    """Hours in which some producer sells to a pool without a forward contract that binds it, shape (periods,)."""
    is_free = np.zeros(periods, dtype=bool)
    for producer in ledger.of_kind(PooledProducer):
        sold = ledger.quantities(producer, producer.goods_produced, periods).sum(axis=0)
        sold -= ledger.quantities(producer, producer.contracts, periods).sum(axis=0)
        owed = np.max([forward.at_least_mwh for forward in producer.forward_contracts], axis=0, initial=0.0)
        is_free |= sold > owed + BINDING * np.maximum(owed, 1.0)
    return is_free
