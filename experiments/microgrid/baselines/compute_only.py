"""Compute-only planning: compute is planned without energy in sight, and energy follows passively."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from ....coordinator.programmes.integer_programme import IntegerInterrupted
from ....coordinator.programmes.unsolved import InfeasibleProgrammeError
from ..instance import Instance
from ..joint_plan import BEST_EFFORT, Effort, PlanInterrupted
from ..microgrid_plan import Plan, PlanStatus, plan_of, without_schedule
from ..schedule import Compute
from ..why_infeasible import why_infeasible
from .compute_stage import ComputeStage, Pricing, compute_stage
from .passive_energy import passive_schedule
from .tie_breaking import ties_broken
from .tied_benefits import tied_benefits_usd


@dataclass(frozen=True, eq=False)
class PlannedCompute:
    """Compute that is planned, before energy.

    Parameters
    ----------
    stage : ComputeStage
    compute : Compute
    status : PlanStatus
        Optimal if no plan of the stage is better, and none that ties is preferred; else time was up.
    """

    stage: ComputeStage
    compute: Compute
    status: PlanStatus


def compute_only_plan(instance: Instance, effort: Effort = BEST_EFFORT, pricing: Pricing = Pricing.BLIND) -> Plan:
    """Plan compute, then let energy follow: sun and wind are used on the site, the rest is bought.

    Budgets are not looked at. Where a site would import more than it may, requests are dropped.

    Raises
    ------
    PlanInterrupted
        If the user interrupts it.
    """
    begin = time.perf_counter()
    found = compute_planned(instance, effort, pricing)
    if isinstance(found, Plan):
        return found
    plan = with_passive_energy(instance, found)
    if plan.schedule is not None and found.stage.is_optimal:
        try:
            tied = tied_benefits_usd(instance, found.stage, effort, f"{_named(pricing)}, interval of ties")
        except IntegerInterrupted as interrupted:
            raise _interrupted(begin) from interrupted
        plan = replace(plan, tied_usd=tied)
    return replace(plan, seconds=time.perf_counter() - begin)


def compute_planned(
    instance: Instance, effort: Effort = BEST_EFFORT, pricing: Pricing = Pricing.BLIND
) -> PlannedCompute | Plan:
    """The preferred one of the plans of compute that tie in their stage; without any, a plan that says why.

    Price-blind plans depend on nothing of sun, wind, units, batteries, prices, carbon and the grid.

    Raises
    ------
    PlanInterrupted
        If the user interrupts it.
    """
    begin = time.perf_counter()
    name = _named(pricing)
    try:
        found = compute_stage(instance, effort, pricing, name)
        if found is None:
            reason = "no compute plan was found in time"
            return without_schedule(PlanStatus.TIME_LIMIT, time.perf_counter() - begin, reason)
        stage, first = found
        compute, is_preferred = ties_broken(instance, stage, first, effort, f"{name}, ties")
        is_optimal = stage.is_optimal and is_preferred
        return PlannedCompute(stage, compute, PlanStatus.OPTIMAL if is_optimal else PlanStatus.TIME_LIMIT)
    except InfeasibleProgrammeError:
        return without_schedule(PlanStatus.INFEASIBLE, time.perf_counter() - begin, why_infeasible(instance))
    except IntegerInterrupted as interrupted:
        raise _interrupted(begin) from interrupted


def with_passive_energy(instance: Instance, planned: PlannedCompute) -> Plan:
    """The plan of compute whose energy nobody plans; without a schedule where a site cannot import so much."""
    begin = time.perf_counter()
    schedule = passive_schedule(instance, planned.compute)
    seconds = time.perf_counter() - begin
    if schedule is None:
        reason = "a site would import more than it may, even if all its requests are dropped"
        return without_schedule(PlanStatus.INFEASIBLE, seconds, reason)
    return plan_of(instance, schedule, planned.status, -np.inf, seconds)


def _named(pricing: Pricing) -> str:
    return f"compute only ({str(pricing).replace('_', ' ')})"


def _interrupted(begin: float) -> PlanInterrupted:
    return PlanInterrupted(without_schedule(PlanStatus.INTERRUPTED, time.perf_counter() - begin, "interrupted"))
