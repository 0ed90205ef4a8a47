"""The schedule that solved decisions stand for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...agents.arrays import FloatArray
from ...agents.microgrid import MicrogridDecisions
from ...agents.site import Site, SiteDecisions
from .instance import Instance, SiteSection
from .recovered_compute import compute_of, dropped, it_power, values_of
from .schedule import Schedule, SiteSchedule

# MW of a unit that is off.
_OFF_MW = 1e-7


def recovered_schedule(instance: Instance, sites: Sequence[Site], decisions: Sequence[SiteDecisions]) -> Schedule:
    """The schedule at the values of the sites' variables.

    What costs a solver nothing is netted out: energy that is bought and sold at once, or charged and discharged. What
    is derived is computed anew from what is decided, so that balances hold to the last digits: drops from what is
    routed, contents from charges, and imports or curtailment from loads.
    """
    compute = compute_of(instance, sites, decisions)
    schedules = {}
    for site, decided in zip(sites, decisions, strict=True):
        it_mw = it_power(instance, site.name, compute)
        own, load_mw = instance.sites[site.name], site.pue * (site.idle_mw + it_mw)
        schedules[site.name] = _site_schedule(own, instance.slot_hours, decided.energy, it_mw, load_mw)
    return Schedule(compute.jobs, compute.routed_mw, dropped(instance, compute.routed_mw), schedules)


def _site_schedule(
    own: SiteSection, hours: float, decided: MicrogridDecisions, it_mw: FloatArray, load_mw: FloatArray
) -> SiteSchedule:
    battery, unit = own.battery, own.dispatchable
    charge, discharge = (np.clip(values_of(v), 0.0, battery.max_mw) for v in (decided.charge_mw, decided.discharge_mw))
    round_trip = battery.charge_efficiency * battery.discharge_efficiency
    both = np.minimum(charge, discharge / round_trip)
    charge, discharge = charge - both, discharge - round_trip * both
    generated = np.clip(values_of(decided.dispatchable_mw), 0.0, unit.max_mw)
    on = np.round(values_of(decided.on)) if decided.on is not None else (generated > _OFF_MW)
    generated = np.where(on > 0, np.maximum(generated, unit.min_mw), 0.0)
    sold = np.clip(values_of(decided.export_mw), 0.0, own.export_mw)
    used = np.clip(values_of(decided.renewable_mw), 0.0, own.renewable_mw)
    bought = np.clip(values_of(decided.import_mw), 0.0, own.import_mw)
    both = np.minimum(bought, sold)
    bought, sold = bought - both, sold - both
    # What rounding or netting leaves: less is bought or used, more is sold, or the reverse.
    missing = load_mw + charge + sold - discharge - generated - used - bought
    bought, missing = _moved(bought, missing, np.where(sold > 0, bought, own.import_mw))
    used, missing = _moved(used, missing, np.asarray(own.renewable_mw))
    sold, _ = _moved(sold, -missing, np.where(bought > 0, sold, own.export_mw))
    stored = battery.charge_efficiency * charge - discharge / battery.discharge_efficiency
    content = battery.initial_mwh + hours * np.concatenate([[0.0], np.cumsum(stored)])
    return SiteSchedule(bought, sold, used, generated, on.astype(np.int64), charge, discharge, content, it_mw, load_mw)


def _moved(amount: FloatArray, by: FloatArray, most: FloatArray) -> tuple[FloatArray, FloatArray]:
    """An amount after a change as far as it may go from 0 to the most, and what is left of the change."""
    moved = np.clip(amount + by, 0.0, most)
    return moved, by - (moved - amount)
