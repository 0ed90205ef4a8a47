"""Sites and market found together: how the rounds went, and the day of the round that is shown."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...microgrid.coupling.coupled_outcome import Coupled
from ..style import COLOURS, LINE_STYLES, legend_beside, logarithmic_y, new_figure, plain, save_figure, style_axes

# Sites beyond these are left out of the day's panels; changes below this are drawn there.
_MOST_SITES = 7
_LEAST = 1e-4


def draw_coupled(coupled: Coupled, folder: Path) -> list[Path]:
    """Draw one figure, none without a round; returns the paths of PNG and SVG."""
    return save_figure(coupled_figure(coupled), folder, "coupled") if coupled.rounds else []


def coupled_figure(coupled: Coupled) -> Figure:
    """Above, by how much loads and prices still move; below, prices and net imports of sites over the day."""
    figure = new_figure(9.0, 7.2)
    rounds, prices, loads = figure.subplots(3, 1, height_ratios=[1.1, 1.0, 1.0])
    _draw_rounds(rounds, coupled)
    shown = coupled.shown
    style_axes(prices, "", plain("nodal price\n[$/MWh]"))
    style_axes(loads, "hour", "net import\n[MW]")
    for axes, rows in ((prices, shown.caused.price_usd_per_mwh), (loads, shown.net_mw)):
        for position, (site, bus) in enumerate(list(coupled.places.items())[:_MOST_SITES]):
            axes.stairs(
                rows[position],
                np.arange(rows.shape[1] + 1),
                baseline=None,
                color=COLOURS[position % len(COLOURS)],
                linestyle=LINE_STYLES[position % len(LINE_STYLES)],
                linewidth=1.4,
                label=f"{site}, bus {bus}",
            )
        axes.set_xlim(0, rows.shape[1])
        axes.axhline(0, color="black", linewidth=0.6)
    legend_beside(prices)
    _draw_width(loads, coupled)
    return figure


def _draw_rounds(axes: Axes, coupled: Coupled) -> None:
    style_axes(axes, "round", "largest change")
    rounds = coupled.rounds
    numbers = np.arange(1, len(rounds) + 1)
    surprise = [max(each.surprise_usd_per_mwh, _LEAST) for each in rounds]
    moved = [max(later.load_change_mw(former), _LEAST) for former, later in pairwise(rounds)]
    axes.plot(
        numbers,
        surprise,
        color=COLOURS[0],
        marker="o",
        markersize=3,
        label=plain("price caused less\nannounced [$/MWh]"),
    )
    axes.plot(
        numbers[1:], moved, color=COLOURS[1], marker="s", markersize=3, linestyle="--", label="load of a site [MW]"
    )
    logarithmic_y(axes)
    axes.set_xlim(0.5, len(rounds) + 0.5)
    if coupled.cycle is not None:
        begin = len(rounds) - coupled.cycle.rounds + 0.5
        axes.axvspan(begin, len(rounds) + 0.5, color="#dddddd", linewidth=0, label="rounds that repeat")
    axes.set_title(f"{coupled.status.replace('_', ' ')}: {coupled.reason}", fontsize="small", loc="left")
    legend_beside(axes)


def _draw_width(axes: Axes, coupled: Coupled) -> None:
    """What sites draw between them over a circle, in all."""
    if coupled.cycle is None:
        return
    totals = np.array([each.net_mw.sum(axis=0) for each in coupled.rounds[-coupled.cycle.rounds :]])
    edges = np.arange(totals.shape[1] + 1)
    axes.stairs(
        totals.max(axis=0),
        edges,
        baseline=totals.min(axis=0),
        fill=True,
        color="#bbbbbb",
        label="all sites, over\nthe cycle",
    )
    legend_beside(axes)
