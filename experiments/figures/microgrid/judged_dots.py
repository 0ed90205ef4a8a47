"""What rules of scheduling claim to save beside what the system saves, seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...microgrid.coupling.judged_seeds import JudgedSeeds
from ...microgrid.coupling.scheduling_rules import Rule
from ..style import COLOURS, new_figure, plain, save_figure, style_axes

_APART = 0.16


def draw_judged(judged: JudgedSeeds, folder: Path) -> list[Path]:
    """Draw one figure, none without a judgement; returns the paths of PNG and SVG."""
    return save_figure(judged_figure(judged), folder, "judged") if judged.judgements else []


def judged_figure(judged: JudgedSeeds) -> Figure:
    """Changes from sites that look at nothing: a dot a seed, a bar at the median; claims are joined to what became."""
    figure = new_figure(10.0, 3.6)
    emissions, rent, price = figure.subplots(1, 3, width_ratios=[1.7, 1.0, 1.0])
    style_axes(emissions, "", plain("change of CO2 [t]"))
    for place, rule in enumerate(Rule):
        claimed, actual = (judged.changes(rule, figure) for figure in ("claimed_t", "actual_t"))
        for pair in zip(claimed, actual, strict=True):
            emissions.plot([place - _APART, place + _APART], pair, color="#bbbbbb", linewidth=0.8, zorder=1)
        for side, values, colour, label in (
            (-_APART, claimed, COLOURS[1], "claimed"),
            (_APART, actual, COLOURS[0], "actual, system"),
        ):
            _dots(emissions, place + side, values, colour, label if place == 0 else None)
    emissions.legend(frameon=False, fontsize="small", loc="best")
    for axes, name, label, unit in (
        (rent, "congestion_rent_usd", "change of congestion rent\n[thousand $]", 1000.0),
        (price, "price_usd_per_mwh", "change of mean nodal price\n[$/MWh]", 1.0),
    ):
        style_axes(axes, "", plain(label))
        for place, rule in enumerate(Rule):
            _dots(axes, place, [value / unit for value in judged.changes(rule, name)], COLOURS[2], None)
    for axes in (emissions, rent, price):
        axes.axhline(0, color="black", linewidth=0.6)
        axes.set_xticks(range(len(Rule)), [str(rule).replace("_", "\n") for rule in Rule], fontsize="small")
        axes.set_xlim(-0.5, len(Rule) - 0.5)
    return figure


def _dots(axes: Axes, place: float, values: Sequence[float], colour: str, label: str | None) -> None:
    axes.plot([place] * len(values), values, "o", color=colour, markersize=4, alpha=0.8, label=label, zorder=3)
    if values:
        middle = float(np.median(values))
        axes.plot([place - _APART / 2, place + _APART / 2], [middle, middle], color=colour, linewidth=2.2, zorder=2)
