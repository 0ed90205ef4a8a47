"""What a schedule is worth, part by part, and what it emits."""

from __future__ import annotations

import numpy as np

from ...agents.arrays import FloatArray
from .instance import Instance, SiteSection
from .schedule import Schedule, SiteSchedule

_PARTS = ("jobs", "inference", "drops", "network", "import", "export", "dispatchable", "starts", "wear", "carbon")


def settled(instance: Instance, schedule: Schedule) -> dict[str, float]:
    """Parts of the benefit [$], costs negative; they add up to it, and are those of every plan, whoever made it."""
    i, s, hours = instance, schedule, instance.slot_hours
    parts = dict.fromkeys(_PARTS, 0.0)
    parts["jobs"] = sum(i.jobs[name].value_usd for name, run in s.jobs.items() if run is not None)
    for region, classes in s.routed_mw.items():
        for kind, routed in classes.items():
            for site, power in routed.items():
                served = hours * float(power.sum())
                parts["inference"] += i.classes[kind].revenue_usd_per_mwh * served
                parts["network"] -= i.network_usd_per_mwh[region][site] * served
    for lost in s.dropped_mw.values():
        for kind, power in lost.items():
            parts["drops"] -= i.classes[kind].drop_usd_per_mwh * hours * float(power.sum())
    for site, own in s.sites.items():
        for part, usd in energy_parts(i.sites[site], own, hours).items():
            parts[part] += usd
    parts["carbon"] = -i.carbon_price_usd_per_t * emissions_t(i, s)
    return {part: value + 0.0 for part, value in parts.items()}


def emissions_t(instance: Instance, schedule: Schedule) -> float:
    """What imports and units of all sites emit; exports earn no credit."""
    return sum(emissions_of_site_t(instance, name, site) for name, site in schedule.sites.items())


def emissions_of_site_t(instance: Instance, name: str, site: SiteSchedule) -> float:
    """What a site's imports and its unit emit."""
    own = instance.sites[name]
    rate = _dot(own.grid_t_per_mwh, site.import_mw) + own.dispatchable.e_t_per_mwh * float(site.dispatchable_mw.sum())
    return instance.slot_hours * rate


def energy_parts(own: SiteSection, site: SiteSchedule, hours: float) -> dict[str, float]:
    """Parts of the benefit [$] that a site's energy makes up, without the price of carbon."""
    unit = own.dispatchable
    starts = np.maximum(np.diff(site.on, prepend=0), 0).sum()
    return {
        "import": -hours * _dot(own.import_usd_per_mwh, site.import_mw),
        "export": hours * _dot(own.export_usd_per_mwh, site.export_mw),
        "dispatchable": -hours * unit.cost_usd_per_mwh * float(site.dispatchable_mw.sum()),
        "starts": -unit.start_usd * float(starts),
        "wear": -hours * own.battery.wear_usd_per_mwh * float(site.discharge_mw.sum()),
    }


def _dot(prices: list[float], power: FloatArray) -> float:
    return float(np.asarray(prices) @ power)
