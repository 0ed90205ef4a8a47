"""The joint plan that serves no other than energy-only planning: the same jobs run, the same requests are dropped."""

from __future__ import annotations

import cvxpy as cp
import numpy as np

from ..instance import Instance
from ..joint_plan import Effort, joint_plan
from ..joint_programme import Declared, Restriction
from ..microgrid_plan import Plan
from ..participants import participants
from ..schedule import Schedule


def equal_service_plan(instance: Instance, schedule: Schedule, effort: Effort) -> Plan:
    """The plan of greatest benefit that runs and serves what a schedule does, anywhere and, of jobs, at any time."""
    return joint_plan(instance, effort, serving_as(instance, schedule), "joint at equal service")


def serving_as(instance: Instance, schedule: Schedule) -> Restriction:
    """That the same jobs run, and as much is served of each region and class in each slot."""
    sites = participants(instance).sites

    def restrict(declared: Declared) -> list[cp.Constraint]:
        starts: dict[str, list[cp.Expression]] = {}
        served: dict[tuple[str, str], list[cp.Expression]] = {}
        for site, decided in zip(sites, declared.decisions, strict=True):
            for position, job in enumerate(site.jobs):
                where = np.flatnonzero(site.starts[0] == position)
                if len(where):
                    starts.setdefault(job.name, []).append(cp.sum(decided.started[where]))
            for position, route in enumerate(site.routes):
                served.setdefault((route.region, route.request_class), []).append(decided.routed_mw[position])
        rules: list[cp.Constraint] = [
            cp.sum(terms) == float(schedule.jobs[name] is not None) for name, terms in starts.items()
        ]
        for (region, kind), powers in served.items():
            total = sum(schedule.routed_mw[region][kind].values(), np.zeros(instance.slots))
            rules.append(cp.sum(cp.vstack(powers), axis=0) == total)
        return rules

    return restrict
