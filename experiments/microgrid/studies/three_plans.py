"""The joint plan and both baselines of an instance, as figures without schedules."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, replace
from math import isfinite
from typing import Any

from ..baselines.compute_only import PlannedCompute, compute_planned, with_passive_energy
from ..baselines.compute_stage import Pricing
from ..baselines.energy_only import energy_only_plan
from ..instance import Instance
from ..joint_plan import Effort, joint_plan
from ..microgrid_plan import COMPUTE_ONLY, ENERGY_ONLY, JOINT, Plan


@dataclass(frozen=True)
class PlanFigures:
    """What a study keeps of a plan; all but status and seconds are None where it has no schedule or no bound."""

    status: str
    benefit_usd: float | None
    gap: float | None
    emissions_t: float | None
    budget_excess_t: float | None
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """By the keys of `walras microgrid compare`."""
        return asdict(self)


def figures_of(plan: Plan) -> PlanFigures:
    """The figures of a plan."""
    if plan.schedule is None:
        return PlanFigures(str(plan.status), None, None, None, None, plan.seconds)
    gap = plan.gap if isfinite(plan.gap) else None
    return PlanFigures(str(plan.status), plan.benefit_usd, gap, plan.emissions_t, plan.budget_excess_t, plan.seconds)


@dataclass(frozen=True, eq=False)
class ComputeAlone:
    """Compute planned apart from energy, or a plan that says why there is none, and the time that took."""

    planned: PlannedCompute | Plan
    seconds: float


def compute_alone(instance: Instance, effort: Effort, pricing: Pricing = Pricing.BLIND) -> ComputeAlone:
    """Plan compute without energy, by default without any price in sight."""
    begin = time.perf_counter()
    return ComputeAlone(compute_planned(instance, effort, pricing), time.perf_counter() - begin)


def three_plans(instance: Instance, effort: Effort, blind: ComputeAlone) -> dict[str, PlanFigures]:
    """The figures of all three plans, by name.

    Parameters
    ----------
    instance : Instance
    effort : Effort
    blind : ComputeAlone
        Of this instance or one that differs in energy and carbon alone.
    """
    return {
        JOINT: figures_of(joint_plan(instance, effort)),
        ENERGY_ONLY: figures_of(energy_only_plan(instance, effort)),
        COMPUTE_ONLY: compute_only_figures(instance, blind),
    }


def compute_only_figures(instance: Instance, alone: ComputeAlone) -> PlanFigures:
    """The figures of compute that was planned alone, with passive energy.

    Parameters
    ----------
    instance : Instance
    alone : ComputeAlone
        Of this instance or one that differs in nothing that was in sight.
    """
    planned = alone.planned
    plan = planned if isinstance(planned, Plan) else with_passive_energy(instance, planned)
    return figures_of(replace(plan, seconds=alone.seconds))
