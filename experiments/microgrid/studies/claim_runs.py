"""What the abstract's claims are judged by: plans, split and gains of one instance, in three settings of carbon."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

from ..baselines.compute_stage import Pricing
from ..baselines.energy_only import energy_only_plan
from ..instance import Instance
from ..joint_plan import Effort, joint_plan
from ..microgrid_plan import COMPUTE_ONLY, ENERGY_ONLY, JOINT, PlanStatus
from .coalition_plans import ALL, ENERGY, Split, coalition_plans, split_of
from .equal_service import equal_service_plan
from .site_gains import gain_of_the_richest_usd, richest_site, site_gains_usd
from .three_plans import PlanFigures, compute_alone, compute_only_figures, figures_of
from .variations import with_carbon_budget, with_carbon_price, without_renewables

EQUAL_SERVICE = "equal_service"
# Where the site richest in sun and wind has none of them.
JOINT_WITHOUT_OWN, ENERGY_ONLY_WITHOUT_OWN = "joint_without_own", "energy_only_without_own"
# Compute-only planning with a price in sight, by name.
VARIANTS = {f"{COMPUTE_ONLY}_{pricing}": str(pricing) for pricing in (Pricing.FLAT, Pricing.TIME_OF_USE)}
SETTINGS = NO_PRICE, PRICE, BUDGET = ("no price", "50 $/t", "budget 50 %")
_PRICE_USD_PER_T = 50.0
_BUDGET_SHARE = 0.5


@dataclass(frozen=True, eq=False)
class ClaimRun:
    """One seed in one setting.

    Parameters
    ----------
    setting : str
        No price and no budget; a price of 50 $/t; no price, and a budget of half of what the joint plan emits then.
    seed : int, or None
    plans : dict of name to PlanFigures
        The three plans, compute-only ones with a price in sight, the joint one at equal service with energy-only
        planning, and joint and energy-only ones where the site richest in sun and wind has none of them.
    split : Split, or None
        None where some coalition has no schedule.
    richest_gain_usd : float, or None
        As `gain_of_the_richest_usd`, against energy-only planning.
    richest_own_usd, richest_without_usd : float, or None
        What the site richest in sun and wind gains itself, and what it gains where it has none of them.
    coalitions_out_of_time : int
        How many of the split's plans, beside joint and energy-only, are not within the gap.
    coalitions_gap : float, or None
        The largest gap of the split's plans; None where one has no schedule or no bound.
    """

    setting: str
    seed: int | None
    plans: dict[str, PlanFigures]
    split: Split | None
    richest_gain_usd: float | None
    coalitions_out_of_time: int
    coalitions_gap: float | None = None
    richest_own_usd: float | None = None
    richest_without_usd: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Plans by name, the split, and the gain of the richest site beyond any other's."""
        return {
            "setting": self.setting,
            "seed": self.seed,
            "plans": {name: plan.as_json() for name, plan in self.plans.items()},
            "split": None if self.split is None else self.split.as_json(),
            "richest_gain_usd": self.richest_gain_usd,
            "richest_own_usd": self.richest_own_usd,
            "richest_without_usd": self.richest_without_usd,
            "coalitions_out_of_time": self.coalitions_out_of_time,
            "coalitions_gap": self.coalitions_gap,
        }


def claim_run(setting: str, instance: Instance, seed: int | None, effort: Effort) -> list[ClaimRun]:
    """Plan everything in a setting; nothing if there is a budget and no joint plan without it."""
    placed = _in_setting(setting, instance, effort)
    if placed is None:
        return []
    plans = coalition_plans(placed, effort)
    joint, energy_only = plans[ALL], plans[ENERGY]
    kept = {
        JOINT: figures_of(joint),
        ENERGY_ONLY: figures_of(energy_only),
        COMPUTE_ONLY: compute_only_figures(placed, compute_alone(placed, effort)),
    }
    for name, pricing in VARIANTS.items():
        kept[name] = compute_only_figures(placed, compute_alone(placed, effort, Pricing(pricing)))
    if energy_only.schedule is not None:
        kept[EQUAL_SERVICE] = figures_of(equal_service_plan(placed, energy_only.schedule, effort))
    richest, gains = richest_site(placed), site_gains_usd(placed, joint, energy_only)
    bare = without_renewables(placed, richest)
    joint_bare, energy_only_bare = joint_plan(bare, effort), energy_only_plan(bare, effort)
    kept[JOINT_WITHOUT_OWN], kept[ENERGY_ONLY_WITHOUT_OWN] = figures_of(joint_bare), figures_of(energy_only_bare)
    bare_gains = site_gains_usd(bare, joint_bare, energy_only_bare)
    others = [plan for members, plan in plans.items() if members not in (ALL, ENERGY)]
    gap = max(plan.gap for plan in plans.values())
    return [
        ClaimRun(
            setting,
            seed,
            kept,
            split_of(plans),
            None if gains is None else gain_of_the_richest_usd(placed, gains),
            sum(plan.status is PlanStatus.TIME_LIMIT for plan in others),
            gap if isfinite(gap) else None,
            None if gains is None else gains[richest],
            None if bare_gains is None else bare_gains[richest],
        )
    ]


def _in_setting(setting: str, instance: Instance, effort: Effort) -> Instance | None:
    price = _PRICE_USD_PER_T if setting == PRICE else 0.0
    free = with_carbon_price(with_carbon_budget(instance, None), price)
    if setting != BUDGET:
        return free
    plan = joint_plan(free, effort)
    return with_carbon_budget(free, _BUDGET_SHARE * plan.emissions_t) if plan.schedule is not None else None
