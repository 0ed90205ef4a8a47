"""Energy that nobody plans: sun and wind are used on the site, the rest is bought."""

from __future__ import annotations

import numpy as np

from ..instance import Instance
from ..recovered_compute import dropped, it_power
from ..schedule import Compute, Schedule, SiteSchedule

# MW beyond a limit that are rounding.
_ROUNDING_MW = 1e-9


def passive_schedule(instance: Instance, compute: Compute) -> Schedule | None:
    """The schedule of some compute without battery, export or unit.

    Where a site would have to import more than it may, requests are dropped, those that lose least first.

    Returns
    -------
    Schedule, or None
        None if a site exceeds its limit with all requests dropped.
    """
    routed = {r: {c: {s: p.copy() for s, p in at.items()} for c, at in k.items()} for r, k in compute.routed_mw.items()}
    for name, own in instance.sites.items():
        routes = [(region, kind) for region, classes in routed.items() for kind in classes if name in classes[kind]]
        worth = {route: _worth(instance, *route, name) for route in routes}
        most = (own.import_mw + np.asarray(own.renewable_mw)) / np.asarray(own.pue) - own.idle_mw
        excess = it_power(instance, name, Compute(compute.jobs, routed)) - most
        for region, kind in sorted(routes, key=lambda route: worth[route]):
            less = np.clip(excess, 0.0, routed[region][kind][name])
            routed[region][kind][name] -= less
            excess = excess - less
        if (excess > _ROUNDING_MW).any():
            return None
    sites = {}
    for name, own in instance.sites.items():
        it_mw = it_power(instance, name, Compute(compute.jobs, routed))
        load = np.asarray(own.pue) * (own.idle_mw + it_mw)
        used = np.minimum(load, own.renewable_mw)
        nothing = np.zeros(instance.slots)
        content = np.full(instance.slots + 1, own.battery.initial_mwh)
        bought = np.minimum(load - used, own.import_mw)
        sites[name] = SiteSchedule(
            bought,
            nothing,
            used,
            nothing,
            np.zeros(instance.slots, dtype=np.int64),
            nothing,
            nothing,
            content,
            it_mw,
            load,
        )
    return Schedule(compute.jobs, routed, dropped(instance, routed), sites)


def _worth(instance: Instance, region: str, kind: str, site: str) -> float:
    own = instance.classes[kind]
    return own.revenue_usd_per_mwh + own.drop_usd_per_mwh - instance.network_usd_per_mwh[region][site]
