"""Energy-only planning: compute is fixed by a policy, energy is planned as well as it can be."""

from __future__ import annotations

import cvxpy as cp

from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, joint_plan
from ..joint_programme import Declared, Restriction
from ..microgrid_plan import ENERGY_ONLY, Plan, PlanStatus, without_schedule
from ..participants import participants
from ..schedule import Compute
from .compute_policy import policy, routed_mw, started


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
        rules: list[cp.Constraint] = []
        for site, decided in zip(sites, declared.decisions, strict=True):
            if len(site.starts[0]):
                rules.append(decided.started == started(site, compute))
            if site.routes:
                rules.append(decided.routed_mw <= routed_mw(site, compute))
        return rules

    return restrict
