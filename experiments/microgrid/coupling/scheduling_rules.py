"""By what sites schedule that mind emissions: rules, what each has sites meet, and what it says that they emit."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from ....agents.arrays import FloatArray
from ..instance import Instance
from ..schedule import Schedule
from .grid_connection import GridConnection, at_prices, net_import_mw
from .grid_signals import GridSignal


class Rule(StrEnum):
    """What sites look at beside the price of their bus."""

    AVERAGE = "average_intensity"
    MARGINAL = "marginal_emissions"
    PRICE = "price_alone"


def without_looking(instance: Instance, nodal: FloatArray, connection: GridConnection) -> Instance:
    """An instance at the mean price of each site's day, without a price on carbon.

    Parameters
    ----------
    instance : Instance
    nodal : array of shape (sites, slots)
        $/MWh.
    connection : GridConnection
    """
    flat = np.broadcast_to(nodal.mean(axis=1, keepdims=True), nodal.shape)
    clean = np.zeros_like(nodal)
    priced = at_prices(instance, connection.import_price(flat), connection.export_price(flat), clean)
    return priced.model_copy(update={"carbon_price_usd_per_t": 0.0})


def by_rule(
    rule: Rule, instance: Instance, signal: GridSignal, marginal_t_per_mwh: FloatArray, connection: GridConnection
) -> Instance:
    """An instance at nodal prices, whose price on carbon falls on what a rule counts.

    Average intensity is that of imports, and exports earn no credit, as in the sites' own accounts. Marginal emissions
    are charged on net imports: who feeds in saves them. Sites' own units pay for what they emit under both.
    By price alone nobody pays for carbon.

    Parameters
    ----------
    rule : Rule
    instance : Instance
    signal : GridSignal
        Nodal prices and average intensity.
    marginal_t_per_mwh : array of shape (sites, slots)
    connection : GridConnection
    """
    nodal = signal.price_usd_per_mwh
    bought, sold = connection.import_price(nodal), connection.export_price(nodal)
    if rule == Rule.AVERAGE:
        return at_prices(instance, bought, sold, signal.grid_t_per_mwh)
    clean = np.zeros_like(nodal)
    if rule == Rule.MARGINAL:
        charge = instance.carbon_price_usd_per_t * marginal_t_per_mwh
        return at_prices(instance, bought + charge, sold + charge, clean)
    return at_prices(instance, bought, sold, clean).model_copy(update={"carbon_price_usd_per_t": 0.0})


def units_t(instance: Instance, schedule: Schedule) -> float:
    """What the sites' own units emit."""
    own = schedule.sites.items()
    rate = sum(instance.sites[name].dispatchable.e_t_per_mwh * float(s.dispatchable_mw.sum()) for name, s in own)
    return instance.slot_hours * rate


def by_average_t(instance: Instance, schedule: Schedule, average_t_per_mwh: FloatArray) -> float:
    """Emissions of imports by average intensity, and of units; exports earn no credit."""
    bought = np.array([site.import_mw for site in schedule.sites.values()])
    return float((average_t_per_mwh * bought).sum()) + units_t(instance, schedule)


def by_marginal_t(instance: Instance, schedule: Schedule, marginal_t_per_mwh: FloatArray) -> float:
    """Emissions of net imports by marginal emissions, and of units."""
    return float((marginal_t_per_mwh * net_import_mw(schedule)).sum()) + units_t(instance, schedule)
