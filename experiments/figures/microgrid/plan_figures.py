"""All figures of compared plans."""

from __future__ import annotations

from pathlib import Path

from ...microgrid.microgrid_plan import DECOMPOSED, ENERGY_ONLY, JOINT
from ...microgrid.plans_compared import Comparison
from ..style import save_figure
from .bounds_by_round import bounds_figure
from .plan_bars import plan_bars_figure
from .site_panels import schedule_figure


def draw_plans(comparison: Comparison, folder: Path) -> list[Path]:
    """Draw bars of all plans, the schedules of joint and energy-only planning, and the rounds of one by prices.

    Returns the paths of PNG and SVG.
    """
    paths = save_figure(plan_bars_figure(comparison), folder, "plans")
    for name in (JOINT, ENERGY_ONLY):
        plan = comparison.plans.get(name)
        if plan is not None and plan.schedule is not None:
            figure = schedule_figure(comparison.instance, plan.schedule, name.replace("_", " "))
            paths += save_figure(figure, folder, f"schedule_{name}")
    decomposed = comparison.plans.get(DECOMPOSED)
    if decomposed is not None and decomposed.priced is not None:
        joint = comparison.plans.get(JOINT)
        worth = None if joint is None or joint.schedule is None else joint.benefit_usd
        paths += save_figure(bounds_figure(decomposed.priced, worth), folder, "bounds_by_round")
    return paths
