"""A schedule, site by site: power by source and use, jobs, content of the battery and prices."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ....agents.arrays import FloatArray
from ...microgrid.instance import Instance, SiteSection
from ...microgrid.schedule import Schedule, SiteSchedule
from ..style import COLOURS, new_figure, plain, style_axes

# More names than these do not fit beside the bars.
_NAMED_JOBS = 12


def schedule_figure(instance: Instance, schedule: Schedule, name: str) -> Figure:
    """One row a site: what feeds it above zero and what leaves it below, its jobs as bars, its battery and prices."""
    figure = new_figure(11.5, 0.9 + 2.3 * len(schedule.sites))
    panels = figure.subplots(len(schedule.sites), 3, sharex=True, squeeze=False, width_ratios=[1.5, 1, 1])
    edges = np.arange(instance.slots + 1, dtype=np.float64) * instance.slot_hours
    for row, (site, own) in enumerate(schedule.sites.items()):
        _draw_power(panels[row][0], edges, own, site)
        _draw_jobs(panels[row][1], instance, schedule, site)
        _draw_battery_and_prices(panels[row][2], edges, own, instance.sites[site])
    for axes in panels[-1]:
        axes.set_xlabel("hour")
        axes.set_xlim(0, edges[-1])
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=len(labels), frameon=False, fontsize="small")
    handles, labels = panels[0][2].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower right", ncols=len(labels), frameon=False, fontsize="small")
    figure.suptitle(f"schedule of {name} planning", fontsize="medium")
    return figure


def _draw_power(axes: Axes, edges: FloatArray, own: SiteSchedule, site: str) -> None:
    style_axes(axes, "", f"{site}\nMW")
    below = np.zeros(len(edges) - 1)
    sources = {
        "sun and wind": own.renewable_mw,
        "unit": own.dispatchable_mw,
        "from battery": own.discharge_mw,
        "import": own.import_mw,
    }
    for colour, (label, power) in zip(("#E69F00", COLOURS[3], COLOURS[2], COLOURS[0]), sources.items(), strict=True):
        axes.stairs(below + power, edges, baseline=below, fill=True, color=colour, label=label)
        below = below + power
    above = np.zeros(len(edges) - 1)
    for colour, label, power in (
        ("#56B4E9", "export", own.export_mw),
        ("#999999", "to battery", own.charge_mw),
    ):
        axes.stairs(above - power, edges, baseline=above, fill=True, color=colour, label=label)
        above = above - power
    axes.stairs(own.load_mw, edges, color="black", linewidth=1.4, label="load")
    axes.axhline(0, color="black", linewidth=0.6)


def _draw_jobs(axes: Axes, instance: Instance, schedule: Schedule, site: str) -> None:
    style_axes(axes, "", "jobs")
    hours = instance.slot_hours
    runs = {job: run.start for job, run in schedule.jobs.items() if run is not None and run.site == site}
    for row, (job, start) in enumerate(sorted(runs.items(), key=lambda item: item[1])):
        own = instance.jobs[job]
        axes.barh(row, own.slots * hours, left=start * hours, height=0.75, color=COLOURS[1], edgecolor="white")
        if len(runs) <= _NAMED_JOBS:
            axes.text(start * hours, row, f" {job}, {own.it_mw:.1f} MW", va="center", fontsize="xx-small")
    axes.set_yticks([])
    axes.set_ylim(-0.7, max(len(runs), 1) - 0.3)


def _draw_battery_and_prices(axes: Axes, edges: FloatArray, own: SiteSchedule, site: SiteSection) -> None:
    style_axes(axes, "", plain("price [$/MWh]"))
    axes.stairs(site.import_usd_per_mwh, edges, color=COLOURS[0], label="import price")
    axes.stairs(site.export_usd_per_mwh, edges, color=COLOURS[4], linestyle="--", label="export price")
    content = axes.twinx()
    content.plot(edges, own.energy_mwh, color=COLOURS[2], linewidth=1.4)
    content.set_ylabel("battery [MWh]", color=COLOURS[2])
    content.set_ylim(0, max(1.0, 1.05 * site.battery.max_mwh))
    content.spines["top"].set_visible(False)
