"""Compute-only planning: compute is planned without energy in sight, and energy follows passively."""

from __future__ import annotations

import time

import numpy as np

from ....coordinator.programmes.integer_programme import IntegerInterrupted
from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, PlanInterrupted
from ..microgrid_plan import Plan, PlanStatus, plan_of, without_schedule
from ..why_infeasible import why_infeasible
from .compute_stage import Pricing, compute_stage
from .passive_energy import passive_schedule
from .tie_breaking import ties_broken
from .tied_benefits import tied_benefits_usd


def compute_only_plan(instance: Instance, effort: Effort = BEST_EFFORT, pricing: Pricing = Pricing.BLIND) -> Plan:
    """Plan compute, then let energy follow: sun and wind are used on the site, the rest is bought.

    Budgets are not looked at. Where a site would import more than it may, requests are dropped.

    Raises
    ------
    PlanInterrupted
        If the user interrupts it.
    """
    begin = time.perf_counter()
    name = f"compute only ({str(pricing).replace('_', ' ')})"

    def nothing(status: PlanStatus, reason: str) -> Plan:
        return without_schedule(status, time.perf_counter() - begin, reason)

    try:
        found = compute_stage(instance, effort, pricing, name)
        if found is None:
            return nothing(PlanStatus.TIME_LIMIT, "no compute plan was found in time")
        stage, compute = found
        schedule = passive_schedule(instance, ties_broken(instance, stage, compute, effort, f"{name}, ties"))
        if schedule is None:
            return nothing(
                PlanStatus.INFEASIBLE, "a site would import more than it may, even if all its requests are dropped"
            )
        tied = tied_benefits_usd(instance, stage, effort, f"{name}, interval of ties")
        return plan_of(instance, schedule, PlanStatus.OPTIMAL, -np.inf, time.perf_counter() - begin, tied_usd=tied)
    except InfeasibleProgrammeError:
        return nothing(PlanStatus.INFEASIBLE, why_infeasible(instance))
    except IntegerInterrupted as interrupted:
        raise PlanInterrupted(nothing(PlanStatus.INTERRUPTED, "interrupted")) from interrupted
