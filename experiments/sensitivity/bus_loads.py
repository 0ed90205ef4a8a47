"""One more MWh at a bus, which somebody must have whatever it costs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...agents.consumer import Consumer
from ...agents.goods import Family
from ...agents.pooled_consumer import PooledConsumer
from ..results.hub_price import BINDING, hub_price, wheeling_fees
from ..results.ledger import Ledger
from .direction import Direction, no_change
from .parameters import declared_change
from .sharp_point import SharpPoint

# Of a typical price: a consumer whose last MWh is worth the nodal price to within this buys freely.
_SAME_PRICE = 1e-5


class NoFreeBuyerError(ValueError):
    """Nobody buys at the nodal price; the message says what that leaves open."""


@dataclass(frozen=True, eq=False)
class Loads:
    """Loads at all buses.

    Parameters
    ----------
    at : dict of bus to Direction
    buyer : str
        The consumer that buys the energy beside its own; empty where it is the pool's.
    """

    at: dict[int, Direction]
    buyer: str


def loads(point: SharpPoint, ledger: Ledger, hour: int) -> Loads:
    """Loads at all buses: one more MWh that is withdrawn in an hour and has to be bought.

    In a pool it is energy at the bus. With bilateral contracts some consumer buys it beside its own, at the nodal price
    of its bus, and the grid operator carries it on; which consumer makes no difference.

    Raises
    ------
    NoFreeBuyerError
        If contracts are bilateral, and no consumer buys in the hour, or all are bound by forward contracts.
    """
    operator, goods = ledger.grid_operator, point.market.good_index
    clearing = len(point.stacked.b)
    if Family.ENERGY in point.market.families:
        base, home, name = no_change(point), operator.grid.hub, ""
        base.equal[clearing + goods[operator.delivered(home, hour)]] = 1.0
    else:
        buyer = _free_buyer(point, ledger, hour)
        base, home, name = _bought_beside(point, buyer, hour), buyer.bus, buyer.name
    found = {}
    for bus in operator.grid.buses:
        way = replace(base, equal=base.equal.copy())
        for place, sign in ((bus, 1.0), (home, -1.0)):
            for good, weight in operator.fee(place, hour):
                way.equal[clearing + goods[good]] += sign * weight
        found[bus] = way
    return Loads(found, name)


def _bought_beside(point: SharpPoint, buyer: Consumer, hour: int) -> Direction:
    """What is given to the consumer falls by one MWh: it has to buy as much more for the same demand."""
    given = buyer.hydro_mwh.copy()
    given[hour] -= 1.0
    return declared_change(point, buyer, replace(buyer, hydro_mwh=given))


def _free_buyer(point: SharpPoint, ledger: Ledger, hour: int) -> Consumer:
    """The consumer that buys most among those whose last MWh is worth the nodal price."""
    index = ledger.grid_operator.grid.bus_index
    nodal = hub_price(ledger)[hour] + wheeling_fees(ledger)[:, hour]
    bought: dict[Consumer, float] = {}
    for consumer in ledger.of_kind(Consumer):
        if isinstance(consumer, PooledConsumer):
            continue
        purchases = -float(ledger.quantities(consumer, consumer.goods_bought, len(consumer.hydro_mwh))[:, hour].sum())
        demand = purchases + consumer.hydro_mwh[hour]
        worth = consumer.willingness_usd_per_mwh[hour] - consumer.slope_usd_per_mwh2[hour] * demand
        off = np.abs(worth - nodal[index[consumer.bus]])
        if purchases > BINDING and off <= _SAME_PRICE * point.market.typical_price_usd:
            bought[consumer] = purchases
    if not bought:
        raise NoFreeBuyerError(
            "no consumer buys energy at the nodal price in this hour: no contract would have the price of one more MWh"
        )
    return max(bought, key=lambda consumer: bought[consumer])
