"""Scales of goods: typical prices from the baseline, typical volumes from loads and capacities."""

from __future__ import annotations

from functools import cache

import numpy as np

from ...agents.goods import Family, Good
from ...agents.hyperscaler import Hyperscaler
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ...coordinator.market import Market, Scale
from .setting import Setting


def scales_of(setting: Setting, market: Market) -> dict[Good, Scale]:
    """Price and volume scale of every good of a market.

    Energy and wheeling are priced like the baseline. A GPU is worth what local work costs a
    hyperscaler, its emissions valued. A contract that is used carries about twice an even share of
    the load, since most pairs do not trade, but no more than its buyer can take.
    """
    load = setting.load_mwh
    price = float((setting.baseline.price_usd_per_mwh * load).sum() / load.sum()) if load.any() else 1.0
    mean_load = float(load.sum()) / max(len(setting.load_buses), 1) / setting.scenario.periods or 1.0
    contract_volume = 2 * mean_load / max(len(setting.units), 1)
    work_price = price + _emission_value_usd_per_mwh(market)
    largest_use = _largest_use_mwh(market)

    # One object for all contracts of a buyer: there may be hundreds.
    @cache
    def of_contracts(buyer: str) -> Scale:
        return Scale(price, _within(contract_volume, largest_use.get(buyer)))

    scales = {}
    for good in market.goods:
        match good.family:
            case Family.CONTRACT:
                scales[good] = of_contracts(good.buyer)
            case Family.LEASE:
                volume_mwh = _within(contract_volume, largest_use.get(good.seller))
                scales[good] = Scale(work_price * good.mwh_per_unit, volume_mwh / good.mwh_per_unit)
            case Family.WHEELING | Family.ENERGY:
                scales[good] = Scale(price, mean_load / 2)
    return scales


def _within(volume_mwh: float, largest_use_mwh: float | None) -> float:
    """A volume that its buyer can take; a buyer of next to nothing must not make a good weigh without bound."""
    if largest_use_mwh is None:
        return volume_mwh
    return float(np.clip(largest_use_mwh, 1e-2 * volume_mwh, volume_mwh))


def _emission_value_usd_per_mwh(market: Market) -> float:
    """What a MWh's emissions are worth to the hyperscaler that minds them least, the last to rent.

    Hyperscalers buy the cleanest energy first, so the emissions are those of the last unit that all of
    them together need.
    """
    hyperscalers = [agent for agent in market.agents if isinstance(agent, Hyperscaler)]
    workload = sum(float(agent.workload_mwh.sum(axis=0).max()) for agent in hyperscalers)
    producers = [agent for agent in market.agents if isinstance(agent, Producer)]
    by_rate = sorted(producers, key=lambda producer: producer.emission_rate_kg_per_mwh)
    rate, capacity = 0.0, 0.0
    for producer in by_rate:
        if capacity < workload:
            rate, capacity = producer.emission_rate_kg_per_mwh, capacity + producer.capacity_mw
    return min((agent.emission_price_usd_per_kg * rate for agent in hyperscalers), default=0.0)


def _largest_use_mwh(market: Market) -> dict[str, float]:
    """Most energy that each datacenter can use in an hour."""
    use = {}
    for agent in market.agents:
        if isinstance(agent, ModularDatacenter):
            use[agent.name] = agent.capacity_mw
        elif isinstance(agent, Hyperscaler):
            use[agent.name] = float(agent.workload_mwh.sum(axis=0).max())
    return use
