"""Contracts that a pool stands for: between its producers and its consumers, beside the variables of all agents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...agents.goods import Family
from ...agents.grid_operator import GridOperator
from ...agents.pooled_consumer import PooledConsumer
from ...agents.pooled_producer import PooledProducer
from ...coordinator.market import Market
from ..settlement.stacked_market import StackedMarket

# More are not looked at: it would take longer than the rounds, as it does where all contracts are goods.
_MOST_CONTRACTS = 100_000
# MWh that are no trade, and what stands for no limit.
_NO_TRADE_MWH = 1e-9
_WITHOUT_LIMIT = 1e30
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class ImpliedContracts:
    """Contracts of a pool's consumers: nonnegative, what everybody sells and buys in all is the sum of its own.

    Parameters
    ----------
    count : int
    rows, values : sparse array of shape (k, n + count), array of shape (k,)
        ``rows @ (x, contracts) = values``, over all agents' variables x.
    """

    count: int
    rows: sp.csr_array
    values: FloatArray


def implied_contracts(market: Market, stacked: StackedMarket) -> ImpliedContracts:
    """One contract for each producer and consumer of a pool that may trade, and each hour.

    None in a bilateral market, beyond 100,000, and where somebody else trades with the pool, who has no side.

    Parameters
    ----------
    market : Market
    stacked : StackedMarket
        Of the market, in any units; what its bounds fix at nothing has no contracts.
    """
    nothing = ImpliedContracts(0, sp.csr_array((0, len(stacked.lower))), np.zeros(0))
    if Family.ENERGY not in market.families or _has_other_traders(market):
        return nothing
    sales, purchases = _totals(market, stacked, PooledProducer), _totals(market, stacked, PooledConsumer)
    seller, buyer = np.nonzero(sales.hours[:, None] == purchases.hours[None, :])
    count = len(seller)
    if count > _MOST_CONTRACTS:
        return nothing
    ones, contract = np.ones(count), np.arange(count)
    given = sp.csr_array((ones, (seller, contract)), shape=(len(sales.hours), count))
    taken = sp.csr_array((ones, (buyer, contract)), shape=(len(purchases.hours), count))
    rows = sp.block_array([[-sales.rows, given], [-purchases.rows, taken]], format="csr")
    return ImpliedContracts(count, rows, np.concatenate([sales.offset, purchases.offset]))


def _has_other_traders(market: Market) -> bool:
    kinds = (GridOperator, PooledProducer, PooledConsumer)
    return any(
        good.family == Family.ENERGY
        for agent, goods in zip(market.agents, market.goods_of_agents, strict=True)
        if not isinstance(agent, kinds)
        for good in goods
    )


@dataclass(frozen=True, eq=False)
class _Totals:
    """What some agents trade with a pool in all, hour by hour: ``rows @ x + offset``, never negative."""

    rows: sp.csr_array
    offset: FloatArray
    hours: IntArray


def _totals(market: Market, stacked: StackedMarket, kind: type[PooledProducer] | type[PooledConsumer]) -> _Totals:
    """Those that bounds do not fix at nothing."""
    sign = 1.0 if kind is PooledProducer else -1.0
    entries: list[tuple[int, int]] = []
    hours: list[int] = []
    for agent, goods, copies in zip(market.agents, market.goods_of_agents, market.copies_of_agents, strict=True):
        if isinstance(agent, kind):
            # What leaves the pool for a producer's own customers is no sale to it: all its energy together is.
            energy = [(copy, good) for copy, good in enumerate(goods, copies.start) if good.family == Family.ENERGY]
            entries += [(len(hours) + good.period, copy) for copy, good in energy]
            hours += sorted({good.period for _, good in energy})
    rows, columns = np.array(entries, dtype=np.int64).reshape(-1, 2).T
    chosen = sp.csr_array((np.full(len(rows), sign), (rows, columns)), (len(hours), len(stacked.trade_offset)))
    totals, offset = sp.csr_array(chosen @ stacked.T), chosen @ stacked.trade_offset
    # Where one quantity is given and taken back rounding is left.
    totals.data[np.abs(totals.data) <= _ROUNDING * np.abs(stacked.T.data).max(initial=0.0)] = 0.0
    totals.eliminate_zeros()
    most = totals @ np.where(np.isfinite(stacked.upper), stacked.upper, _WITHOUT_LIMIT) + offset
    open_ones = np.flatnonzero(most > _NO_TRADE_MWH)
    return _Totals(sp.csr_array(totals[open_ones]), offset[open_ones], np.array(hours, dtype=np.int64)[open_ones])
