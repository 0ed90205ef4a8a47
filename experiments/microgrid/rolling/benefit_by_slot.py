"""When a schedule earns its benefit."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import FloatArray
from ..instance import Instance, SiteSection
from ..schedule import Schedule, SiteSchedule


def benefit_by_slot(instance: Instance, schedule: Schedule) -> FloatArray:
    """Benefit of each slot [$], shape (slots,); a job's value is spread over the slots in which it runs.

    A job that runs beyond the last slot has earned the share of its value that it has run.
    """
    hours = instance.slot_hours
    benefit = np.zeros(instance.slots)
    for name, run in schedule.jobs.items():
        if run is not None:
            job = instance.jobs[name]
            benefit[run.start : run.start + job.slots] += job.value_usd / job.slots
    for region, classes in schedule.routed_mw.items():
        for kind, routed in classes.items():
            own = instance.classes[kind]
            benefit -= hours * own.drop_usd_per_mwh * schedule.dropped_mw[region][kind]
            for site, power in routed.items():
                benefit += hours * (own.revenue_usd_per_mwh - instance.network_usd_per_mwh[region][site]) * power
    for name, energy in schedule.sites.items():
        benefit -= _energy_usd(instance, instance.sites[name], energy)
    return benefit


def _energy_usd(instance: Instance, own: SiteSection, site: SiteSchedule) -> FloatArray:
    unit, price = own.dispatchable, instance.carbon_price_usd_per_t
    bought = (np.array(own.import_usd_per_mwh) + price * np.array(own.grid_t_per_mwh)) * site.import_mw
    sold = np.array(own.export_usd_per_mwh) * site.export_mw
    generated = (unit.cost_usd_per_mwh + price * unit.e_t_per_mwh) * site.dispatchable_mw
    worn = own.battery.wear_usd_per_mwh * site.discharge_mw
    starts = np.maximum(np.diff(site.on, prepend=0), 0)
    return instance.slot_hours * (bought - sold + generated + worn) + unit.start_usd * starts
