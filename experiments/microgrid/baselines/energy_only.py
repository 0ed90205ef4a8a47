"""Energy-only planning: compute is fixed by a policy, energy is planned as well as it can be."""

from __future__ import annotations

import cvxpy as cp
import numpy as np

from ....agents.site import Site, SiteDecisions
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, joint_plan
from ..joint_programme import Declared, Restriction
from ..microgrid_plan import ENERGY_ONLY, Plan, PlanStatus, without_schedule
from ..participants import participants
from ..schedule import Compute, Run
from .compute_policy import policy


def energy_only_plan(instance: Instance, effort: Effort = BEST_EFFORT) -> Plan:
    """The best energy plan beside the policy's jobs and routes, under the same budgets; requests may be dropped.

    Raises
    ------
    PlanInterrupted
        If the user interrupts it.
    """
    compute = policy(instance)
    for name, run in compute.jobs.items():
        if run is None and instance.jobs[name].mandatory:
            reason = f"job {name} is mandatory, and the policy finds no place for it"
            return without_schedule(PlanStatus.INFEASIBLE, 0.0, reason)
    return joint_plan(instance, effort, as_computed(instance, compute), ENERGY_ONLY)


def as_computed(instance: Instance, compute: Compute) -> Restriction:
    """Jobs run as computed, and nothing is routed beyond what was."""
    sites = participants(instance).sites

    def restrict(declared: Declared) -> list[cp.Constraint]:
        both = list(zip(sites, declared.decisions, strict=True))
        return [rule for part in (started, routed) for site, decided in both for rule in part(site, decided, compute)]

    return restrict


def started(site: Site, decided: SiteDecisions, compute: Compute) -> list[cp.Constraint]:
    """A site's jobs start as computed."""
    runs = [compute.jobs[site.jobs[job].name] for job in site.starts[0]]
    chosen = [run == Run(site.name, slot) for run, slot in zip(runs, site.starts[1], strict=True)]
    return [decided.started == np.array(chosen, dtype=np.float64)] if chosen else []


def routed(site: Site, decided: SiteDecisions, compute: Compute) -> list[cp.Constraint]:
    """A site serves no more than computed."""
    most = [compute.routed_mw[route.region][route.request_class][site.name] for route in site.routes]
    return [decided.routed_mw <= np.array(most)] if most else []
