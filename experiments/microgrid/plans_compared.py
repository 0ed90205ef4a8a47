"""The joint plan beside both baselines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .baselines.compute_only import compute_only_plan
from .baselines.compute_stage import Pricing
from .baselines.energy_only import energy_only_plan
from .instance import Instance
from .joint_plan import BEST_EFFORT, Effort, PlanInterrupted, joint_plan
from .microgrid_plan import COMPUTE_ONLY, DECOMPOSED, ENERGY_ONLY, JOINT, PLANS, Plan

Planned = Callable[[Instance, Effort], Plan]


@dataclass(eq=False)
class Comparison:
    """Plans of one instance, by name; compute-only ones with a price in sight apart.

    Parameters
    ----------
    instance : Instance
    plans : dict of name to Plan
    variants : dict of name of Pricing to Plan
        Compute-only planning with a flat price and with prices by time of use.
    wanted : tuple of str
        Names of the plans that it is to have.
    """

    instance: Instance
    plans: dict[str, Plan] = field(default_factory=dict)
    variants: dict[str, Plan] = field(default_factory=dict)
    wanted: tuple[str, ...] = PLANS

    @property
    def is_whole(self) -> bool:
        """Whether all plans that are wanted have a schedule within the gap."""
        return len(self.plans) == len(self.wanted) and all(plan.is_optimal for plan in self.plans.values())

    def as_json(self) -> dict[str, Any]:
        """By the keys of the interface."""
        return {
            "plans": {name: plan.as_json() for name, plan in self.plans.items()},
            "compute_only_variants": {name: plan.as_json() for name, plan in self.variants.items()},
        }


class ComparisonInterrupted(KeyboardInterrupt):
    """The user broke it off; plans made by then are attached, the last one as far as it had come."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__("interrupted")
        self.comparison = comparison


def compare_plans(
    instance: Instance,
    effort: Effort = BEST_EFFORT,
    on_plan: Callable[[str, Plan], None] | None = None,
    decompose: Planned | None = None,
) -> Comparison:
    """Make all plans, the joint one first, and if it is wanted the decomposed one after it.

    Parameters
    ----------
    instance : Instance
    effort : Effort
        For each plan.
    on_plan : callable, optional
        Called with each plan and its name.
    decompose : callable, optional
        Makes the decomposed plan.

    Raises
    ------
    ComparisonInterrupted
        If the user interrupts it.
    """
    decomposed = [] if decompose is None else [(DECOMPOSED, decompose)]
    found = Comparison(instance, wanted=(*PLANS, *(name for name, _ in decomposed)))
    made: list[tuple[dict[str, Plan], str, Callable[[], Plan]]] = [
        (found.plans, JOINT, partial(joint_plan, instance, effort)),
        *((found.plans, name, partial(plan, instance, effort)) for name, plan in decomposed),
        (found.plans, COMPUTE_ONLY, partial(compute_only_plan, instance, effort)),
        (found.plans, ENERGY_ONLY, partial(energy_only_plan, instance, effort)),
    ]
    made += [
        (found.variants, str(pricing), partial(compute_only_plan, instance, effort, pricing))
        for pricing in (Pricing.FLAT, Pricing.TIME_OF_USE)
    ]
    for kept, name, make in made:
        try:
            kept[name] = make()
        except KeyboardInterrupt as interrupted:
            if isinstance(interrupted, PlanInterrupted):
                kept[name] = interrupted.plan
            raise ComparisonInterrupted(found) from interrupted
        if on_plan is not None:
            on_plan(name, kept[name])
    return found
