"""Figures of a result as functions of variables and multipliers near a point."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...agents.arrays import FloatArray
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ..results.ledger import Ledger
from ..settlement.footprints import emission_rates
from .direction import Direction
from .parameters import emissions, in_hour, output
from .sharp_point import SharpPoint


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure with its first derivatives.

    Parameters
    ----------
    name, unit : str
    value : float
    by_x, by_equal, by_multipliers : arrays of shape (n,), (equalities,), (inequalities,)
    is_product : bool
        Whether it is made of products of trades and prices: then its derivatives are those of this point alone, and of
        none that it may jump to.
    """

    name: str
    unit: str
    value: float
    by_x: FloatArray
    by_equal: FloatArray
    by_multipliers: FloatArray
    is_product: bool = False


def figures(
    point: SharpPoint, ledger: Ledger, hour: int, loads: Mapping[int, Direction], lines: Mapping[str, Direction]
) -> Iterator[Figure]:
    """Prices of the hour; emissions, costs, welfare and rent of all hours.

    A nodal price is what one more MWh costs all together, and a line's what its limit is worth: both are combinations
    of multipliers, with the coefficients of the load and of the limit.
    """
    zero = Figure("", "", 0.0, np.zeros(len(point.x)), np.zeros(len(point.equal)), np.zeros(len(point.multipliers)))

    def figure(name: str, unit: str, x: FloatArray = zero.by_x, *, of: Direction | None = None) -> Figure:
        equal, limits = (zero.by_equal, zero.by_multipliers) if of is None else (-of.equal, of.at_most)
        value = float(x @ point.x + equal @ point.equal + limits @ point.multipliers)
        return Figure(name, unit, value, x, equal, limits)

    for bus, load in loads.items():
        yield figure(f"price_usd_per_mwh.{bus}", "$/MWh", of=load)
    clearing = len(point.stacked.b)
    for lender in ledger.of_kind(ModularDatacenter):
        good = lender.leases[hour]
        by_equal = zero.by_equal.copy()
        by_equal[clearing + point.market.good_index[good]] = -good.mwh_per_unit
        price = float(by_equal @ point.equal)
        yield Figure(f"lease.{lender.name}", "$/GPU", price, zero.by_x, by_equal, zero.by_multipliers)
    for line, limit in lines.items():
        yield figure(f"line_price_usd_per_mw.{line}", "$/MW", of=in_hour(point, limit, hour))
    rates = emission_rates(point.market)
    producers = ledger.of_kind(Producer)
    system = sum((rates[one.name] * output(point, one) for one in producers), start=zero.by_x)
    yield figure("co2_kg.system", "kg", system)
    hyperscalers = ledger.of_kind(Hyperscaler)
    for place, buyers in (("local", hyperscalers), ("mdc", ledger.of_kind(ModularDatacenter))):
        yield figure(f"co2_kg.{place}", "kg", sum((emissions(point, one, rates) for one in buyers), start=zero.by_x))
    for place in ("local", "mdc"):
        yield _workload_cost(point, hyperscalers, place)
    own_costs = point.stacked.P @ point.x + point.stacked.c
    yield replace(figure("welfare_usd", "$", -own_costs), value=-float(ledger.allocation.costs.sum()))
    operator = ledger.grid_operator
    rent = zero.by_multipliers.copy()
    for line, limit in lines.items():
        index = list(map(str, operator.grid.line_ids)).index(line)
        rent += float(operator.line_limit_mw[index]) * limit.at_most
    yield Figure(
        "congestion_rent_usd",
        "$",
        float(rent @ point.multipliers),
        zero.by_x,
        zero.by_equal,
        rent,
        is_product=len(operator.grid.line_ids) > 0,
    )


def _workload_cost(point: SharpPoint, hyperscalers: list[Hyperscaler], place: str) -> Figure:
    """What hyperscalers pay for energy, or for leases: trades times prices, both of which move."""
    market = point.market
    of_copies = np.zeros(len(market.good_of_copy))
    for one in hyperscalers:
        index = market.agents.index(one)
        own = set(one.contracts if place == "local" else one.leases)
        copies = market.copies_of_agents[index]
        of_copies[copies] = [-float(good in own) for good in market.goods_of_agents[index]]
    mwh = of_copies * market.mwh_per_unit
    taken = mwh * (point.stacked.T @ point.x + point.stacked.trade_offset)
    prices = point.price_usd_per_mwh
    by_equal = np.zeros(len(point.equal))
    by_equal[len(point.stacked.b) :] = -np.bincount(market.good_of_copy, taken, len(market.goods))
    by_x = np.asarray(point.stacked.T.T @ (mwh * prices[market.good_of_copy]))
    value = float(taken @ prices[market.good_of_copy])
    none = np.zeros(len(point.multipliers))
    return Figure(f"workload_cost_usd.{place}", "$", value, by_x, by_equal, none, is_product=True)
