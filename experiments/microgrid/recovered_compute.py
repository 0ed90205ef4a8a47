"""What runs and is served where at solved decisions, and what follows from it: drops and IT power."""

from __future__ import annotations

from collections.abc import Sequence

import cvxpy as cp
import numpy as np

from ...agents.arrays import FloatArray
from ...agents.site import Site, SiteDecisions
from .instance import Instance
from .schedule import Compute, Routed, Run


def compute_of(instance: Instance, sites: Sequence[Site], decisions: Sequence[SiteDecisions]) -> Compute:
    """Jobs and routes at the values of the sites' variables; what rounding routes beyond a demand is cut off."""
    jobs: dict[str, Run | None] = dict.fromkeys(instance.jobs)
    routed: Routed = {region: {name: {} for name in classes} for region, classes in instance.demand_mw.items()}
    for site, decided in zip(sites, decisions, strict=True):
        job, slot = site.starts
        for position in np.flatnonzero(np.round(values_of(decided.started)) > 0):
            jobs[site.jobs[job[position]].name] = Run(site.name, int(slot[position]))
        for route, power in zip(site.routes, np.maximum(values_of(decided.routed_mw), 0.0), strict=True):
            routed[route.region][route.request_class][site.name] = power
    return Compute(jobs, _within_demand(instance, routed))


def dropped(instance: Instance, routed: Routed) -> dict[str, dict[str, FloatArray]]:
    """What is not routed anywhere."""
    return {
        region: {
            name: np.maximum(np.asarray(demand) - sum(routed[region][name].values(), np.zeros(instance.slots)), 0.0)
            for name, demand in classes.items()
        }
        for region, classes in instance.demand_mw.items()
    }


def it_power(instance: Instance, site: str, compute: Compute) -> FloatArray:
    """IT power of jobs and inference on a site, shape (slots,), without idle power."""
    power = np.zeros(instance.slots)
    for name, run in compute.jobs.items():
        if run is not None and run.site == site:
            power[run.start : run.start + instance.jobs[name].slots] += instance.jobs[name].it_mw
    for classes in compute.routed_mw.values():
        for sites in classes.values():
            power += sites.get(site, 0.0)
    return power


def values_of(variable: cp.Variable) -> FloatArray:
    """What a solved variable is."""
    return np.asarray(variable.value, dtype=np.float64).reshape(variable.shape)


def _within_demand(instance: Instance, routed: Routed) -> Routed:
    within: Routed = {}
    for region, classes in routed.items():
        within[region] = {}
        for name, sites in classes.items():
            total = sum(sites.values(), np.zeros(instance.slots))
            share = np.minimum(1.0, np.asarray(instance.demand_mw[region][name]) / np.maximum(total, 1e-300))
            within[region][name] = {site: power * share for site, power in sites.items()}
    return within
