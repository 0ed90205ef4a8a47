"""What each site earns by a schedule, and how rich it is in generation of its own."""

from __future__ import annotations

import numpy as np

from ..instance import Instance
from ..microgrid_plan import Plan
from ..schedule import Schedule
from ..settled import settled


def site_benefits_usd(instance: Instance, schedule: Schedule) -> dict[str, float]:
    """Values of jobs and revenue of requests where they run and are served, less the site's own costs.

    What is lost by dropping requests is no site's. With it these add up to the benefit.
    """
    return {site: _of_site(instance, schedule, site) for site in instance.sites}


def site_gains_usd(instance: Instance, joint: Plan, other: Plan) -> dict[str, float] | None:
    """What each site earns more by joint planning than by another; None where a plan has no schedule."""
    if joint.schedule is None or other.schedule is None:
        return None
    after, before = (site_benefits_usd(instance, plan.schedule) for plan in (joint, other) if plan.schedule)
    return {site: after[site] - before[site] for site in instance.sites}


def richest_site(instance: Instance) -> str:
    """The site with most energy of sun and wind by IT capacity."""
    return max(instance.sites, key=lambda site: _richness(instance, site))


def gain_of_the_richest_usd(instance: Instance, gains: dict[str, float]) -> float | None:
    """By how much the site richest in sun and wind gains more than any other; None with fewer than two sites."""
    richest = richest_site(instance)
    others = [gain for site, gain in gains.items() if site != richest]
    return gains[richest] - max(others) if others else None


def _richness(instance: Instance, site: str) -> float:
    own = instance.sites[site]
    return float(np.sum(own.renewable_mw)) / max(own.it_capacity_mw, 1e-9)


def _of_site(instance: Instance, schedule: Schedule, site: str) -> float:
    jobs = {name: run if run is not None and run.site == site else None for name, run in schedule.jobs.items()}
    routed = {
        region: {kind: {s: mw for s, mw in sites.items() if s == site} for kind, sites in classes.items()}
        for region, classes in schedule.routed_mw.items()
    }
    alone = Schedule(jobs, routed, {}, {site: schedule.sites[site]})
    return sum(settled(instance, alone).values())
