"""A rolling plan beside perfect foresight: what is lost as time goes by, and contents of batteries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ....agents.arrays import FloatArray
from ...microgrid.instance import Instance
from ...microgrid.microgrid_plan import Plan
from ...microgrid.rolling.benefit_by_slot import benefit_by_slot
from ...microgrid.rolling.look_ahead import first_slots
from ...microgrid.rolling.not_knowing import PERFECT_FORECASTS, PERFECT_FORESIGHT, ROLLING, NotKnowing
from ...microgrid.rolling.rolling_plan import Rolled
from ...microgrid.rolling.window_plan import WindowPlan
from ..style import COLOURS, LINE_STYLES, new_figure, plain, save_figure, style_axes

# Sites beyond these, in the order of their batteries' sizes, are left out.
_MOST_SITES = 6
_PLANS_A_DAY = 2
_HOURS = 24.0


def draw_rolling(found: NotKnowing, folder: Path) -> list[Path]:
    """Draw one figure; returns the paths of PNG and SVG."""
    return save_figure(rolling_figure(found), folder, "rolling")


def rolling_figure(found: NotKnowing) -> Figure:
    """Above, benefit that has been lost by each hour; below, batteries as planned, as it came, and with foresight."""
    sizes = {name: site.battery.max_mwh for name, site in found.instance.sites.items() if site.battery.max_mwh > 0}
    sites = sorted(sizes, key=lambda name: -sizes[name])[:_MOST_SITES]
    figure = new_figure(10.0, 2.9 + 1.5 * len(sites))
    panels = figure.subplots(1 + len(sites), 1, sharex=True, squeeze=False, height_ratios=[1.6] + [1.0] * len(sites))
    _draw_benefit(panels[0][0], found)
    for axes, site in zip(panels[1:, 0], sites, strict=True):
        _draw_content(axes, found, site)
    hours = found.instance.slots * found.instance.slot_hours
    panels[-1][0].set_xlabel("hour")
    panels[-1][0].set_xlim(0, hours)
    panels[-1][0].set_xticks(np.arange(0, hours + 1e-9, _HOURS if hours > _HOURS else 4))
    if sites:
        handles, labels = panels[1][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize="small")
    return figure


def _draw_benefit(axes: Axes, found: NotKnowing) -> None:
    """Less than perfect foresight has earned by then; what is earned where there is no such plan."""
    best = found.plans.get(PERFECT_FORESIGHT)
    is_lost = best is not None and best.schedule is not None
    what = "behind perfect foresight" if is_lost else "earned"
    style_axes(axes, "", plain(f"{what}\n[thousand $]"))
    for position, name in enumerate((ROLLING, PERFECT_FORECASTS)):
        rolled = found.rolled.get(name)
        if rolled is None or (position and rolled is found.rolled[ROLLING]):
            continue
        earned = _cumulated(found.instance, rolled.plan)
        if best is not None and is_lost:
            earned = _cumulated(found.instance, best)[: len(earned)] - earned
        axes.plot(
            _edges(found.instance)[: len(earned)],
            earned / 1000,
            color=COLOURS[position],
            linestyle=LINE_STYLES[position],
            linewidth=1.4,
            label="rolling, perfect forecasts" if position else "rolling",
        )
    axes.axhline(0, color="black", linewidth=0.6)
    axes.legend(frameon=False, fontsize="small", loc="upper left")


def _draw_content(axes: Axes, found: NotKnowing, site: str) -> None:
    style_axes(axes, "", f"{site}\nbattery [MWh]")
    edges, rolled = _edges(found.instance), found.rolled[ROLLING]
    for number, window in enumerate(_shown(rolled, found.instance)):
        content = window.schedule.sites[site].energy_mwh
        label = "as planned" if number == 0 else None
        ahead = edges[window.begin : window.begin + len(content)]
        axes.plot(ahead, content, color="#999999", linewidth=0.7, label=label)
    for position, name in enumerate((ROLLING, PERFECT_FORESIGHT)):
        plan = found.plans.get(name)
        if plan is not None and plan.schedule is not None:
            content = plan.schedule.sites[site].energy_mwh
            label = name.replace("_", " ")
            colour = COLOURS[2 * position]
            axes.plot(edges[: len(content)], content, color=colour, linestyle=LINE_STYLES[position], label=label)
    axes.set_ylim(0, 1.05 * found.instance.sites[site].battery.max_mwh)


def _shown(rolled: Rolled, instance: Instance) -> list[WindowPlan]:
    """So few of the plans that they can be told apart."""
    apart = _HOURS / _PLANS_A_DAY / instance.slot_hours
    shown: list[WindowPlan] = []
    following = 0.0
    for window in rolled.windows:
        if window.begin >= following:
            shown.append(window)
            following = window.begin + apart
    return shown


def _cumulated(instance: Instance, plan: Plan) -> FloatArray:
    """Benefit up to the beginning of each slot that a plan has, and to the end, shape (its slots + 1,)."""
    assert plan.schedule is not None
    slots = len(next(iter(plan.schedule.sites.values())).import_mw)
    return np.concatenate([[0.0], np.cumsum(benefit_by_slot(first_slots(instance, slots), plan.schedule))])


def _edges(instance: Instance) -> FloatArray:
    return np.arange(instance.slots + 1, dtype=np.float64) * instance.slot_hours
