"""Benefit and emissions of compared plans, as bars."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...microgrid.microgrid_plan import Plan
from ...microgrid.plans_compared import Comparison
from ..style import COLOURS, new_figure, plain, style_axes


def plan_bars_figure(comparison: Comparison) -> Figure:
    """One bar a plan; the line across a compute-only bar spans the plans that tie with it.

    Plans that emit more than the budget are hatched.
    """
    plans = {**comparison.plans, **{f"compute only\n{name}": plan for name, plan in comparison.variants.items()}}
    plans = {name.replace("_", " "): plan for name, plan in plans.items() if plan.schedule is not None}
    figure = new_figure(7.2, 0.9 + 0.42 * len(plans))
    benefit, emissions = figure.subplots(1, 2, sharey=True)
    _draw(benefit, {name: plan.benefit_usd / 1000 for name, plan in plans.items()}, plans, "benefit [thousand $]")
    _draw(emissions, {name: plan.emissions_t for name, plan in plans.items()}, plans, "emissions [t]")
    for row, plan in enumerate(plans.values()):
        if plan.tied_usd is not None:
            benefit.plot(np.array(plan.tied_usd) / 1000, [row, row], color="black", linewidth=1.4, marker="|")
    budget = comparison.instance.carbon_budget_t
    if budget is not None:
        emissions.axvline(budget, color="black", linestyle="--", linewidth=1)
        emissions.set_title(f"budget {budget:g} t, dashed", fontsize="small")
    if any(plan.tied_usd is not None for plan in plans.values()):
        benefit.set_title("line: plans that tie", fontsize="small")
    return figure


def _draw(axes: Axes, values: dict[str, float], plans: dict[str, Plan], label: str) -> None:
    style_axes(axes, plain(label), "")
    hatches = ["//" if plan.budget_excess_t > 0 else "" for plan in plans.values()]
    axes.barh(list(values), list(values.values()), color=COLOURS[0], edgecolor="white", hatch=hatches, height=0.7)
    axes.set_ylim(len(values) - 0.5, -0.5)
