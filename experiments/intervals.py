"""Intervals: the least and the largest value of every figure over all equilibria of a market."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

import numpy as np
import scipy.sparse as sp

from ..agents.arrays import FloatArray
from ..agents.goods import Family
from ..agents.hyperscaler import Hyperscaler
from ..agents.modular_datacenter import ModularDatacenter
from ..agents.producer import Producer
from ..coordinator.market import Market
from .monolith.equilibrium import AssembledMonolith, Equilibrium
from .results.ledger import Ledger
from .results.result import NO_TRADE_MWH, summarise
from .settlement.footprints import emission_rates
from .settlement.scheme import DisclosureScheme
from .settlement.selection import Selection

Interval = tuple[float, float]
# Purchase mixes that are tried beside the cleanest, the dirtiest and the selected one: at most so
# many, and so many levels for each lease.
_MOST_MIXES = 32
_LEVELS = 3


@dataclass(frozen=True)
class Intervals:
    """What the equilibria of a market have between them.

    Parameters
    ----------
    figures : dict of str to (least, largest)
        By the dotted path of the figure in a result.
    mixes : int
        Purchase mixes over which extremes were taken, one under ex post disclosure. For each of
        them extremes over contracts are exact; over mixes they are those of a sample, so that
        true intervals may be wider. Where no convex problem has the equilibrium, it is alone.
    """

    figures: dict[str, Interval]
    mixes: int


def intervals(monolith: AssembledMonolith, scheme: DisclosureScheme, selected: Equilibrium) -> Intervals:
    """Extremes over the optimal face and, under ex ante disclosure, over purchase mixes.

    Parameters
    ----------
    monolith : AssembledMonolith
    scheme : DisclosureScheme
    selected : Equilibrium
        The one that is shown; its figures lie in the intervals.
    """
    figures: dict[str, Interval] = {}
    mixes = 0
    for equilibrium in _equilibria(monolith, scheme, selected):
        mixes += 1
        for values in _all_figures(monolith, equilibrium):
            for path, value in values.items():
                least, largest = figures.get(path, (value, value))
                figures[path] = (min(least, value), max(largest, value))
    return Intervals(figures, mixes)


def _equilibria(monolith: AssembledMonolith, scheme: DisclosureScheme, selected: Equilibrium) -> Iterator[Equilibrium]:
    """The selected equilibrium, and those of other purchase mixes."""
    yield selected
    if selected.face is None:
        return
    free = [good for good in scheme.curtailed_mwh if good not in scheme.imposed_kg_per_mwh]
    if not free:
        return
    ends = [monolith.equilibrium(replace(scheme, selection=rule)) for rule in (Selection.CLEANEST, Selection.DIRTIEST)]
    yield from ends
    cleanest, dirtiest = (end.mix_kg_per_mwh for end in ends)
    axes = [np.unique(np.linspace(cleanest[good], dirtiest[good], _LEVELS)).tolist() for good in free]
    for values in islice(product(*axes), _MOST_MIXES):
        imposed = {**scheme.imposed_kg_per_mwh, **dict(zip(free, values, strict=True))}
        found = monolith.equilibrium(replace(scheme, selection=Selection.LEAST_NORM, imposed_kg_per_mwh=imposed))
        # No contracts have some of the mixes between the cleanest and the dirtiest.
        if found.selection != "none":
            yield found


def _all_figures(monolith: AssembledMonolith, equilibrium: Equilibrium) -> Iterator[dict[str, float]]:
    """Figures of an equilibrium, and of those with other contracts that are extreme in one of them."""
    ledger = Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation)
    yield dict(_leaves(summarise(ledger).document()))
    if equilibrium.face is None:
        return
    stacked, figures = monolith.stacked, _set_valued(monolith.market)
    weights = sp.csr_array(np.array([figure.weights for figure in figures]).reshape(-1, len(stacked.trade_offset)))
    for ends in equilibrium.face.extremes((weights @ stacked.T).toarray()):
        for x in ends:
            if x is not None:
                trades = stacked.T @ x + stacked.trade_offset
                values = zip(figures, (weights @ trades).tolist(), strict=True)
                yield {figure.path: value / figure.per(trades) for figure, value in values if figure.per(trades)}


@dataclass(frozen=True, eq=False)
class _SetValued:
    """A figure that depends on contracts: a linear function of stacked trades, or a ratio of two."""

    path: str
    weights: FloatArray
    denominator: FloatArray | None = None

    def per(self, trades: FloatArray) -> float:
        """What the linear function is divided by; 0 where the figure means nothing."""
        if self.denominator is None:
            return 1.0
        value = float(self.denominator @ trades)
        return value if value > NO_TRADE_MWH else 0.0


def _set_valued(market: Market) -> list[_SetValued]:
    """Figures that need not be unique.

    Emissions of the system and of datacenters, mixes and energy of leases, output of units with
    constant marginal cost.
    """
    rates = emission_rates(market)
    functions: dict[str, FloatArray] = defaultdict(lambda: np.zeros(len(market.good_of_copy)))
    purchases: dict[str, FloatArray] = defaultdict(lambda: np.zeros(len(market.good_of_copy)))
    for agent, goods, copies in zip(market.agents, market.goods_of_agents, market.copies_of_agents, strict=True):
        produced = set(agent.goods_produced) if isinstance(agent, Producer) else set()
        for copy, good in enumerate(goods, start=copies.start):
            is_contract = good.family == Family.CONTRACT
            if isinstance(agent, Producer):
                if good not in produced:
                    continue
                functions["co2_t.system"][copy] = agent.emission_rate_kg_per_mwh / 1000
                if agent.cost_slope_usd_per_mwh2 == 0:
                    functions[f"generation_mwh.{agent.name}.{good.period}"][copy] = 1.0
            elif isinstance(agent, Hyperscaler) and is_contract:
                functions["co2_t.local"][copy] = -rates[good.seller] / 1000
            elif isinstance(agent, ModularDatacenter) and is_contract:
                mix = f"lease.{agent.name}.mix_kg_per_mwh.{good.period}"
                functions["co2_t.mdc"][copy] = -rates[good.seller] / 1000
                functions[mix][copy], purchases[mix][copy] = -rates[good.seller], -1.0
            elif isinstance(agent, ModularDatacenter):
                functions[f"lease.{agent.name}.energy_mwh.{good.period}"][copy] = good.mwh_per_unit
    return [_SetValued(path, weights, purchases.get(path)) for path, weights in functions.items()]


def _leaves(document: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Numbers of nested dictionaries and lists with their dotted paths."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _leaves(value, f"{path}.{index}")
    elif isinstance(document, float):
        yield path, document
