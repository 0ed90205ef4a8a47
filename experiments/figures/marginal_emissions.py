"""Prices and locational marginal emissions side by side, bus by bus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .drawing import folder_for_figures
from .style import COLOURS, new_figure, plain, save_figure, style_axes

_MOST_NAMES = 40


def draw_why(document: dict[str, Any], out: Path) -> list[Path]:
    """Draw a document of `walras why` as PNG and SVG, and return the paths.

    Raises
    ------
    RunFolderError
        If `out` is no folder.
    OSError
        If it cannot be written.
    """
    return save_figure(marginal_emissions_figure(document), folder_for_figures(out), "marginal_emissions")


def marginal_emissions_figure(document: dict[str, Any]) -> Figure:
    """Two panels over the same buses; where one MWh less and one more differ, both with a line between."""
    figure = new_figure(9.0, 5.4)
    upper, lower = figure.subplots(2, 1, sharex=True)
    buses = list(document["price_usd_per_mwh"])
    between = document["price_between_usd_per_mwh"]
    prices = [between.get(bus, [document["price_usd_per_mwh"][bus]] * 2) for bus in buses]
    emissions = [document["marginal_emissions_kg_per_mwh"][bus] for bus in buses]
    chosen = buses.index(document["bus"])
    _sides(upper, prices, chosen, COLOURS[0])
    _sides(lower, emissions, chosen, COLOURS[1])
    style_axes(upper, "", plain("price [$/MWh]"))
    style_axes(lower, "bus", "marginal emissions\n[kg/MWh]")
    step = -(-len(buses) // _MOST_NAMES)
    lower.set_xticks(np.arange(0, len(buses), step), buses[::step], fontsize="small")
    hour = f", hour {document['hour']}" if document["hours"] > 1 else ""
    upper.set_title(plain(f"{document['scenario']}{hour}: what one more MWh at a bus costs, and emits"), loc="left")
    return figure


def _sides(axes: Axes, pairs: Sequence[Sequence[float | None]], chosen: int, colour: str) -> None:
    """A dot for each bus, two where the sides differ; the chosen bus has a ring."""
    places = np.arange(len(pairs))
    less, more = np.array([[np.nan if one is None else one for one in pair] for pair in pairs]).T
    axes.vlines(places, less, more, color=colour, linewidth=1.2)
    for side in (less, more):
        axes.plot(places, side, "o", color=colour, markersize=4)
    axes.plot(chosen, more[chosen], "o", markersize=11, markerfacecolor="none", markeredgecolor=COLOURS[-1])
