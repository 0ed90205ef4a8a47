"""All figures of compared plans."""

from __future__ import annotations

from pathlib import Path

from ...microgrid.microgrid_plan import ENERGY_ONLY, JOINT
from ...microgrid.plans_compared import Comparison
from ..style import save_figure
from .plan_bars import plan_bars_figure
from .site_panels import schedule_figure


def draw_plans(comparison: Comparison, folder: Path) -> list[Path]:
    """Draw bars of all plans and the schedules of joint and energy-only planning; returns the paths of PNG and SVG."""
    paths = save_figure(plan_bars_figure(comparison), folder, "plans")
    for name in (JOINT, ENERGY_ONLY):
        plan = comparison.plans.get(name)
        if plan is not None and plan.schedule is not None:
            figure = schedule_figure(comparison.instance, plan.schedule, name.replace("_", " "))
            paths += save_figure(figure, folder, f"schedule_{name}")
    return paths
