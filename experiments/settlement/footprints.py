"""Footprints: the emissions of modular datacenters as functions of all agents' variables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.goods import Family, Good
from ...agents.modular_datacenter import ModularDatacenter
from ...agents.producer import Producer
from ...coordinator.market import Market
from .stacked_market import StackedMarket

# Purchases below this many MWh have no mix of their own.
NO_PURCHASE_MWH = 1e-6


@dataclass(frozen=True, eq=False)
class Footprints:
    """What every lease of a market causes: one row per lease, one column per variable.

    Parameters
    ----------
    leases : tuple of Good
    emissions_kg, purchases_mwh, volume_mwh : sparse arrays of shape (leases, n)
        Emissions of the lender's contracts in the hour, its purchases, and the energy that it leases out.
    """

    leases: tuple[Good, ...]
    emissions_kg: sp.csr_array
    purchases_mwh: sp.csr_array
    volume_mwh: sp.csr_array

    def mix_kg_per_mwh(self, x: FloatArray) -> dict[Good, float | None]:
        """Emissions per purchased MWh at the variables; None for a lease without purchases."""
        emissions, purchases = self.emissions_kg @ x, self.purchases_mwh @ x
        return {
            good: float(kg / mwh) if mwh > NO_PURCHASE_MWH else None
            for good, kg, mwh in zip(self.leases, emissions, purchases, strict=True)
        }


def footprints(market: Market, stacked: StackedMarket) -> Footprints:
    """Read the footprints of all leases off the contracts of their lenders."""
    rates = emission_rates(market)
    leases: list[Good] = []
    entries: list[tuple[int, int, float, float, float]] = []
    for agent, goods, copies in zip(market.agents, market.goods_of_agents, market.copies_of_agents, strict=True):
        if not isinstance(agent, ModularDatacenter):
            continue
        row_of = {good.period: len(leases) + offset for offset, good in enumerate(agent.leases)}
        leases += agent.leases
        for copy, good in enumerate(goods, start=copies.start):
            if good.family == Family.CONTRACT:
                entries.append((row_of[good.period], copy, -rates[good.seller], -1.0, 0.0))
            else:
                entries.append((row_of[good.period], copy, 0.0, 0.0, good.mwh_per_unit))
    rows, columns, emissions, purchases, volumes = np.array(entries).reshape(-1, 5).T
    shape = (len(leases), len(market.good_of_copy))
    place = (rows.astype(np.int64), columns.astype(np.int64))
    functions = (sp.csr_array((values, place), shape=shape) @ stacked.T for values in (emissions, purchases, volumes))
    return Footprints(tuple(leases), *(sp.csr_array(function) for function in functions))


def emission_rates(market: Market) -> dict[str, float]:
    """Emission rate of every producer [kg/MWh]."""
    return {agent.name: agent.emission_rate_kg_per_mwh for agent in market.agents if isinstance(agent, Producer)}
