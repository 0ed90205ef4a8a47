"""Figures of a result that are linear in trades or in prices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.agent import Agent
from ...agents.arrays import FloatArray
from ...agents.consumer import Consumer
from ...agents.goods import Family, Good
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from .flow_rows import FlowRows
from .hub_price import hub_price_terms
from .ledger import Ledger

# Where a figure stands in the document of a result, its hour last; None for a figure of all hours.
Place = tuple[tuple[str, ...], int | None]


@dataclass(frozen=True, eq=False)
class LinearFigures:
    """Figures ``outer @ inner @ values + constant`` of stacked trades, or of the prices of all goods.

    Parameters
    ----------
    places : tuple of Place
    outer, inner : sparse arrays of shape (figures, m), (m, values)
    constant, scale, least, largest : arrays of shape (figures,)
        The size by which a figure is judged, and what it is between anyhow.
    """

    places: tuple[Place, ...]
    outer: sp.csr_array | FlowRows
    inner: sp.csr_array
    constant: FloatArray
    scale: FloatArray
    least: FloatArray
    largest: FloatArray

    def of(self, values: FloatArray) -> FloatArray:
        """The figures, shape (figures,)."""
        return np.asarray(self.outer @ (self.inner @ values) + self.constant)


class _Rows:
    """Figures as they come, one after the other."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self._entries: list[tuple[int, int, float]] = []
        self._numbers: list[tuple[float, float, float, float]] = []

    def add(
        self,
        place: Place,
        weights: Iterable[tuple[int, float]],
        scale: float,
        ends: tuple[float, float],
        constant: float = 0.0,
    ) -> None:
        self._entries += [(len(self.places), column, weight) for column, weight in weights]
        self.places.append(place)
        self._numbers.append((constant, scale, *ends))

    def figures(self, inner: sp.csr_array) -> LinearFigures:
        rows, columns, weights = np.array(self._entries, dtype=np.float64).reshape(-1, 3).T
        shape = (len(self.places), inner.shape[0])
        outer = sp.csr_array((weights, (rows.astype(np.int64), columns.astype(np.int64))), shape=shape)
        constant, scale, least, largest = np.array(self._numbers, dtype=np.float64).reshape(-1, 4).T
        return LinearFigures(tuple(self.places), outer, inner, constant, scale, least, largest)


def allocation_figures(ledger: Ledger) -> LinearFigures:
    """Demand, generation, leases and emissions of the system as functions of stacked trades."""
    rows = _Rows()
    market = ledger.market
    volume = volume_mwh(ledger)
    rentable_mwh = _rentable_mwh(ledger, len(volume))
    demand: dict[tuple[int, int], tuple[list[int], float, float]] = {}
    emissions: list[tuple[int, float]] = []
    for agent, goods, copies in zip(market.agents, market.goods_of_agents, market.copies_of_agents, strict=True):
        moved: dict[int, list[int]] = {}
        own = _energy_of(agent)
        for copy, good in enumerate(goods, start=copies.start):
            if good in own:
                moved.setdefault(good.period, []).append(copy)
            elif good.family == Family.LEASE and isinstance(agent, ModularDatacenter):
                place = (("lease", agent.name, "energy_mwh"), good.period)
                # Beside little work a large datacenter is as small.
                most_mwh = min(agent.capacity_mw, float(rentable_mwh[agent.name][good.period]))
                rows.add(place, [(copy, good.mwh_per_unit)], most_mwh, (0.0, most_mwh))
        if isinstance(agent, Producer):
            for t, sold in moved.items():
                weights = [(copy, 1.0) for copy in sold]
                # Beside a small market a large unit is as small.
                scale = min(agent.capacity_mw, float(volume[t]))
                rows.add((("generation_mwh", agent.name), t), weights, scale, (0.0, agent.capacity_mw))
                emissions += [(copy, agent.emission_rate_kg_per_mwh / 1000) for copy in sold]
        elif isinstance(agent, Consumer):
            # Nobody buys what is worth less than nothing.
            most = agent.willingness_usd_per_mwh / agent.slope_usd_per_mwh2
            for t, hydro in enumerate(agent.hydro_mwh.tolist()):
                bought, given, worth = demand.get((agent.bus, t), ([], 0.0, 0.0))
                demand[agent.bus, t] = bought + moved.get(t, []), given + hydro, worth + float(most[t])
    for (bus, t), (bought, given, worth) in demand.items():
        weights = [(copy, -1.0) for copy in bought]
        rows.add((("demand_mwh", str(bus)), t), weights, max(worth, given), (given, np.inf), given)
    rows.add((("co2_t", "system"), None), emissions, 0.0, (0.0, np.inf))
    return rows.figures(sp.csr_array(sp.eye_array(len(market.good_of_copy))))


def _energy_of(agent: Agent) -> frozenset[Good]:
    """Goods whose quantities add up to what a producer generates, or a consumer buys."""
    if isinstance(agent, Producer):
        return frozenset(agent.goods_produced)
    return frozenset(agent.goods_bought) if isinstance(agent, Consumer) else frozenset()


def volume_mwh(ledger: Ledger) -> FloatArray:
    """All energy that is sold or injected in each hour, shape (periods,)."""
    fixed = ledger.grid_operator.fixed_withdrawal_mw
    volume = np.abs(fixed).sum(axis=0) / 2
    for producer in ledger.of_kind(Producer):
        volume += ledger.quantities(producer, producer.goods_produced, len(volume)).sum(axis=0)
    return np.asarray(volume)


def _rentable_mwh(ledger: Ledger, periods: int) -> dict[str, FloatArray]:
    """Work that each datacenter could process at most in each hour, shape (periods,)."""
    found = {agent.name: np.zeros(periods) for agent in ledger.of_kind(ModularDatacenter)}
    for buyer in ledger.of_kind(Hyperscaler):
        for name in buyer.lenders:
            is_processable = np.isin(buyer.batches, buyer.processable[name])
            found[name] += buyer.workload_mwh[is_processable].sum(axis=0)
    return found


def price_figures(ledger: Ledger) -> LinearFigures:
    """Nodal prices and prices of leases as functions of the prices of all goods.

    The price at the hub is the mean of contract prices with the volumes of the ledger.
    """
    rows = _Rows()
    market, operator = ledger.market, ledger.grid_operator
    hub, constant = hub_price_terms(ledger)
    periods, scales = len(constant), market.price_scale
    sold = np.concatenate([market.families.get(family, []) for family in (Family.CONTRACT, Family.ENERGY)])
    typical = float(np.median(scales[sold.astype(np.int64)])) if len(sold) else 1.0
    anything = (-np.inf, np.inf)
    for bus in operator.grid.buses:
        for t in np.flatnonzero(np.isfinite(constant)).tolist():
            fee = [(periods + market.good_index[good], weight) for good, weight in operator.fee(bus, t)]
            rows.add((("price_usd_per_mwh", str(bus)), t), [(t, 1.0), *fee], typical, anything, float(constant[t]))
    for position in market.families.get(Family.LEASE, []):
        good = market.goods[position]
        place = (("lease", good.seller, "price_usd_per_gpu"), good.period)
        rows.add(place, [(periods + int(position), 1.0)], float(scales[position]), anything)
    inner = sp.vstack([hub, sp.eye_array(len(market.goods))], format="csr")
    return rows.figures(sp.csr_array(inner))
