"""What an equilibrium may be asked to follow: loads, limits, weights, rates and costs, as directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ...agents.agent import Agent
from ...agents.arrays import BoolArray, FloatArray
from ...agents.canonical.declared import canonicalise
from ...agents.goods import Good
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ..results.hub_price import BINDING
from ..results.ledger import Ledger
from .direction import Direction, no_change
from .sharp_point import SharpPoint


@dataclass(frozen=True, eq=False)
class Effect:
    """By how much a figure changes for each unit of a parameter although nobody moves, as emissions do with a rate.

    Parameters
    ----------
    by_x, by_multipliers : arrays of shape (n,), (inequalities,)
        It is linear in trades, and in what limits are worth.
    """

    by_x: FloatArray
    by_multipliers: FloatArray

    def at(self, point: SharpPoint) -> float:
        """Its size."""
        return float(self.by_x @ point.x + self.by_multipliers @ point.multipliers)


@dataclass(frozen=True, eq=False)
class Parameter:
    """A number that the market depends on.

    Parameters
    ----------
    kind, name, unit : str
    direction : Direction
        For each unit of it.
    effects : mapping of figure name to Effect
    can_rise, can_fall : bool
        Whether there are larger, and smaller, values.
    """

    kind: str
    name: str
    unit: str
    direction: Direction
    effects: Mapping[str, Effect] = field(default_factory=dict)
    can_rise: bool = True
    can_fall: bool = True


def traded(point: SharpPoint, agent: Agent, weights: Mapping[Good, float]) -> FloatArray:
    """A weighted sum of an agent's trades as a function of all variables: its coefficients, shape (n,)."""
    market = point.market
    index = market.agents.index(agent)
    of_copies = np.zeros(len(market.good_of_copy))
    of_copies[market.copies_of_agents[index]] = [weights.get(good, 0.0) for good in market.goods_of_agents[index]]
    return np.asarray(point.stacked.T.T @ of_copies)


def output(point: SharpPoint, producer: Producer) -> FloatArray:
    """What a producer generates in all hours, as coefficients of all variables."""
    return traded(point, producer, dict.fromkeys(producer.goods_produced, 1.0))


def emissions(point: SharpPoint, buyer: Hyperscaler | ModularDatacenter, rates: Mapping[str, float]) -> FloatArray:
    """Emissions of what a datacenter buys in all hours [kg], as coefficients of all variables."""
    return traded(point, buyer, {good: -rates[good.seller] for good in buyer.contracts})


def declared_change(point: SharpPoint, agent: Agent, changed: Agent) -> Direction:
    """From one declaration to another that differs in numbers alone."""
    market, way = point.market, no_change(point)
    index, places = market.agents.index(agent), point.stacked.matrices
    before, after = market.problems[index], canonicalise(changed)
    variables = slice(places.variables[index], places.variables[index + 1])
    way.gradient[variables] = after.c - before.c
    way.equal[places.equalities[index] : places.equalities[index + 1]] = after.b - before.b
    way.at_most[places.inequalities[index] : places.inequalities[index + 1]] = after.h - before.h
    own, bounded = point.inequalities.own, point.inequalities
    moved_below, moved_above = np.zeros(len(point.x)), np.zeros(len(point.x))
    moved_below[variables] = _moved(before.lower, after.lower)
    moved_above[variables] = _moved(before.upper, after.upper)
    way.at_most[own : own + len(bounded.bounded_below)] = -moved_below[bounded.bounded_below]
    way.at_most[own + len(bounded.bounded_below) :] = moved_above[bounded.bounded_above]
    return way


def _moved(before: FloatArray, after: FloatArray) -> FloatArray:
    return np.subtract(after, before, out=np.zeros_like(before), where=np.isfinite(before) & np.isfinite(after))


def in_hour(point: SharpPoint, direction: Direction, hour: int) -> Direction:
    """A direction with the changes alone of limits on what is traded in one hour."""
    return replace(direction, at_most=np.where(_limits_of_hour(point, hour), direction.at_most, 0.0))


def _limits_of_hour(point: SharpPoint, hour: int) -> BoolArray:
    """Inequalities on variables that are traded in an hour and in no other."""
    is_then = np.array([good.period == hour for good in point.market.goods])[point.market.good_of_copy]
    T, rows = abs(point.stacked.T), abs(point.inequalities.rows)
    then, otherwise = (rows @ (T.T @ copies.astype(np.float64)) > 0 for copies in (is_then, ~is_then))
    return np.asarray(then & ~otherwise)


def line_limits(point: SharpPoint, ledger: Ledger, flow_mw: FloatArray) -> dict[str, Direction]:
    """Limits of the lines that are full in some hour, by line, in all hours at once.

    Parameters
    ----------
    point : SharpPoint
    ledger : Ledger
    flow_mw : array of shape (lines, periods)
    """
    operator = ledger.grid_operator
    limit = operator.line_limit_mw
    full = np.flatnonzero((np.abs(flow_mw) >= limit[:, None] * (1 - BINDING)).any(axis=1))
    found = {}
    for line in full.tolist():
        # A line without limit has the one that nothing could reach; it stays.
        if operator.grid.limit_mw[line] > operator.throughput_mw:
            continue
        wider = operator.grid.limit_mw.copy()
        wider[line] += 1.0
        changed = replace(operator, grid=replace(operator.grid, limit_mw=wider))
        found[str(operator.grid.line_ids[line])] = declared_change(point, operator, changed)
    return found


def parameters(
    point: SharpPoint, ledger: Ledger, hour: int, loads: Mapping[int, Direction], lines: Mapping[str, Direction]
) -> Iterator[Parameter]:
    """Everything that is followed: loads and limits in the hour, the rest in all hours."""
    for bus, direction in loads.items():
        yield Parameter("load", str(bus), "MWh", direction)
    for line, direction in lines.items():
        way = in_hour(point, direction, hour)
        effects = {"congestion_rent_usd": Effect(np.zeros(len(point.x)), way.at_most)}
        yield Parameter("line_limit", line, "MW", way, effects)
    yield from _weights(point, ledger)
    lenders = ledger.of_kind(ModularDatacenter)
    datacenters: list[Hyperscaler | ModularDatacenter] = [*ledger.of_kind(Hyperscaler), *lenders]
    none = np.zeros(len(point.multipliers))
    for producer in ledger.of_kind(Producer):
        sold, way = output(point, producer), no_change(point)
        emitted = {"co2_kg.system": sold}
        for buyer in datacenters:
            own = [good for good in buyer.contracts if good.seller == producer.name]
            bought = traded(point, buyer, dict.fromkeys(own, -1.0))
            place = "co2_kg.local" if isinstance(buyer, Hyperscaler) else "co2_kg.mdc"
            emitted[place] = emitted.get(place, np.zeros(len(point.x))) + bought
            if isinstance(buyer, Hyperscaler):
                way.gradient[:] += buyer.emission_price_usd_per_kg * bought
        emitted["welfare_usd"] = -way.gradient
        effects = {name: Effect(by_x, none) for name, by_x in emitted.items()}
        yield Parameter(
            "emission_rate", producer.name, "kg/MWh", way, effects, can_fall=producer.emission_rate_kg_per_mwh > 0
        )
        way = replace(no_change(point), gradient=sold)
        yield Parameter("marginal_cost", producer.name, "$/MWh", way, {"welfare_usd": Effect(-sold, none)})
    limited: list[Producer | ModularDatacenter] = [*ledger.of_kind(Producer), *lenders]
    for agent in limited:
        if _used_mw(ledger, agent, hour) >= agent.capacity_mw * (1 - BINDING):
            larger = declared_change(point, agent, replace(agent, capacity_mw=agent.capacity_mw + 1.0))
            yield Parameter("capacity", agent.name, "MW", in_hour(point, larger, hour))


def _used_mw(ledger: Ledger, agent: Producer | ModularDatacenter, hour: int) -> float:
    if isinstance(agent, Producer):
        return float(ledger.quantities(agent, agent.goods_produced, agent.periods)[:, hour].sum())
    leased = ledger.quantities(agent, agent.leases, len(agent.curtailed_mwh))[0, hour]
    return float(leased) * agent.gpu_rating_mw


def _weights(point: SharpPoint, ledger: Ledger) -> Iterator[Parameter]:
    """The weight of cost alpha: ``kappa = (1 - alpha) / alpha`` is what a kilogram costs.

    Under ex ante disclosure that of all hyperscalers together: they must agree for a convex problem.
    """
    hyperscalers = ledger.of_kind(Hyperscaler)
    rates = {producer.name: producer.emission_rate_kg_per_mwh for producer in ledger.of_kind(Producer)}
    disclosed = len(point.value.weight_usd_per_mwh) > 0
    groups = [hyperscalers] if disclosed and hyperscalers else [[one] for one in hyperscalers]
    for group in groups:
        way = no_change(point)
        for one in group:
            declared = dict(zip(one.sellers, one.emission_rates_kg_per_mwh.tolist(), strict=True))
            way.gradient[:] -= emissions(point, one, {**rates, **declared}) / one.cost_weight**2
        # Welfare counts the emissions of their own energy alone.
        effects = {"welfare_usd": Effect(-way.gradient.copy(), np.zeros(len(point.multipliers)))}
        can_rise = all(one.cost_weight < 1 for one in group)
        if disclosed:
            intensity = replace(point.value, weight_usd_per_mwh=point.market.disclosed.mix_kg_per_mwh)
            felt = intensity.marginal(point.value.volumes_of @ point.x)
            way.gradient[:] -= point.value.volumes_of.T @ felt / group[0].cost_weight ** 2
        yield Parameter("cost_weight", ", ".join(one.name for one in group), "1", way, effects, can_rise=can_rise)
