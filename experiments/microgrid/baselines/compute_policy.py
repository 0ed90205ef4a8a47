"""Compute by a policy that looks at no price: jobs by deadline, then requests to the nearest site."""

from __future__ import annotations

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.site import Site, TrainingJob
from ..instance import Instance
from ..schedule import Compute, Routed, Run


def policy(instance: Instance) -> Compute:
    """Jobs by earliest deadline, each at its first feasible start and there on the first site with room; then requests.

    Requests, region by region and class by class, go to the nearest site, and what finds no room there to the next
    one within their latency.
    """
    room = {name: np.full(instance.slots, site.it_capacity_mw) for name, site in instance.sites.items()}
    jobs: dict[str, Run | None] = dict.fromkeys(instance.jobs)
    for name in sorted(instance.jobs, key=lambda job: instance.jobs[job].deadline):
        jobs[name] = _first_run(instance, name, room)
    routed: Routed = {}
    for region, classes in instance.demand_mw.items():
        routed[region] = {}
        for request_class, demand in classes.items():
            left = np.array(demand, dtype=np.float64)
            routed[region][request_class] = {}
            for site in nearest_sites(instance, region, request_class):
                served = np.minimum(left, room[site])
                routed[region][request_class][site] = served
                left, room[site] = left - served, room[site] - served
    return Compute(jobs, routed)


def nearest_sites(instance: Instance, region: str, request_class: str) -> list[str]:
    """Sites within the latency of a class, the nearest first, equally near ones in the order of the sites."""
    latency = instance.latency_ms[region]
    reached = [site for site in instance.sites if latency[site] <= instance.classes[request_class].latency_ms]
    return sorted(reached, key=lambda site: latency[site])


def started(site: Site, compute: Compute) -> FloatArray:
    """Which of a site's starts are those computed, 0 or 1, in the order of `Site.starts`."""
    runs = [compute.jobs[site.jobs[job].name] for job in site.starts[0]]
    chosen = [run == Run(site.name, slot) for run, slot in zip(runs, site.starts[1], strict=True)]
    return np.array(chosen, dtype=np.float64)


def routed_mw(site: Site, compute: Compute) -> FloatArray:
    """What a site serves as computed, shape (routes, slots)."""
    return np.array([compute.routed_mw[route.region][route.request_class][site.name] for route in site.routes])


def _first_run(instance: Instance, name: str, room: dict[str, FloatArray]) -> Run | None:
    own = instance.jobs[name]
    job = TrainingJob(name, own.it_mw, own.slots, own.release, own.deadline)
    for start in job.starts(instance.slots):
        for site in instance.sites:
            window = room[site][start : start + own.slots]
            if site in own.sites and (window >= own.it_mw).all():
                window -= own.it_mw
                return Run(site, start)
    return None
