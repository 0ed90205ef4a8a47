"""The map of the network: nodal prices and congested lines, without geography."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import ScalarFormatter

from ...agents.arrays import FloatArray
from ...network.case import Case
from ...network.grid import Grid
from ..archive.run_folder import RunFolder
from ..errors import RunFolderError
from ..results.shown_hour import ShownHour, have_spread
from .layout import bus_positions
from .price_colours import COLOUR_MAP, PriceColours, price_colours
from .style import COLOURS, new_figure, plain

CONGESTED = COLOURS[1]
_OTHER = "#999999"
# Of more, names could not be read, and would take most of the time.
_MOST_NAMED_BUSES = 150
_FEW_BUSES = 40
_MOST_NAMED_LINES = 15
_DOT = 380.0


def network_figure(folder: RunFolder, case: Case, shown: ShownHour) -> Figure:
    """Buses coloured by nodal price and lines by congestion, in one hour.

    Parameters
    ----------
    folder : RunFolder
    case : Case
        The case that the scenario stands on; its positions are used where it has them.
    shown : ShownHour

    Raises
    ------
    RunFolderError
        If the run is of another grid.
    """
    result = folder.document["result"]
    grid = case.grid
    _refuse_other_grid(folder, case)
    positions = bus_positions(case)
    points = np.array([positions[bus] for bus in grid.buses])
    # What was not finite is None, and has no colour.
    prices = np.array([result["price_usd_per_mwh"][str(bus)][shown.period] for bus in grid.buses], dtype=np.float64)
    colours = price_colours(prices)
    figure = new_figure(7.6, 7.2)
    axes = figure.subplots()
    is_congested = _draw_lines(axes, grid, points, result, shown.period)
    dots = axes.scatter(
        points[:, 0],
        points[:, 1],
        c=prices,
        cmap=COLOUR_MAP,
        norm=colours.norm,
        s=_DOT * min(1.0, 24 / len(points) + 0.02),
        edgecolors="black",
        linewidths=0.8 if len(points) <= _MOST_NAMED_BUSES else 0.2,
        zorder=2,
    )
    _name_buses(axes, grid, points, prices, colours)
    told = "nodal prices and congested lines"
    if have_spread(prices):
        bar = figure.colorbar(dots, ax=axes, label="nodal price [$/MWh]", shrink=0.75, extend=colours.extend)
        bar.formatter = ScalarFormatter(useOffset=False)
        bar.update_ticks()
    elif np.isfinite(prices).any():
        told = f"the nodal price is {np.nanmean(prices):,.4g} $/MWh at every bus"
    axes.set_title(plain(f"{folder.document['scenario']}: {told}\n{shown}"))
    if is_congested:
        _explain_lines(axes)
    axes.set_aspect("equal")
    axes.margins(0.08)
    axes.set_axis_off()
    return figure


def _explain_lines(axes: Axes) -> None:
    axes.legend(
        handles=[
            Line2D([], [], color=CONGESTED, linewidth=3.5, label="congested line"),
            Line2D([], [], color=_OTHER, linewidth=1.2, label="other line"),
        ],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=2,
        frameon=False,
    )


def _draw_lines(axes: Axes, grid: Grid, points: FloatArray, result: dict[str, Any], period: int) -> bool:
    """Lines, those that are congested with flow and price; returns whether any is."""
    ends = _ends(grid, points)
    prices = np.array([result["line_price_usd_per_mw"][line][period] or 0.0 for line in grid.line_ids])
    is_congested = prices > 0
    axes.add_collection(LineCollection(list(ends[~is_congested]), colors=_OTHER, linewidths=1.2, zorder=1))
    axes.add_collection(LineCollection(list(ends[is_congested]), colors=CONGESTED, linewidths=3.5, zorder=1))
    dearest = np.argsort(-prices, kind="stable")[: min(_MOST_NAMED_LINES, is_congested.sum())]
    box = {"facecolor": "white", "edgecolor": CONGESTED, "boxstyle": "round,pad=0.2", "linewidth": 0.8}
    size = 7 if len(points) <= _FEW_BUSES else 5
    for line in dearest:
        flow = result["flow_mw"][grid.line_ids[line]][period] or 0.0
        text = f"{abs(flow):.0f} MW\n{prices[line]:.3g} $/MW"
        middle = ends[line].mean(axis=0)
        axes.annotate(plain(text), middle, ha="center", va="center", fontsize=size, bbox=box, zorder=4)
    return bool(is_congested.any())


def _name_buses(axes: Axes, grid: Grid, points: FloatArray, prices: FloatArray, colours: PriceColours) -> None:
    """Names of buses, and the prices that the colours do not tell."""
    few = len(points) <= _MOST_NAMED_BUSES
    if few:
        size = 9 if len(points) <= _FEW_BUSES else 5
        for bus, (x, y), price in zip(grid.buses, points, prices, strict=True):
            colour = "white" if colours.is_dark(price) else "black"
            axes.text(x, y, str(bus), ha="center", va="center", fontsize=size, color=colour, zorder=3)
    box = {"facecolor": "white", "edgecolor": "black", "boxstyle": "round,pad=0.2", "linewidth": 0.6}
    beyond = [bus for bus, price in enumerate(prices) if np.isfinite(price) and colours.is_beyond(price)]
    for bus in sorted(beyond, key=lambda bus: -abs(prices[bus]))[:_MOST_NAMED_LINES]:
        axes.annotate(
            plain(f"{prices[bus]:.3g} $/MWh"),
            points[bus],
            xytext=(14 if few else 5, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            bbox=box,
            zorder=4,
        )


def _refuse_other_grid(folder: RunFolder, case: Case) -> None:
    result = folder.document["result"]
    for key, names in (
        ("price_usd_per_mwh", map(str, case.grid.buses)),
        ("line_price_usd_per_mw", case.grid.line_ids),
        ("flow_mw", case.grid.line_ids),
    ):
        missing = [name for name in names if name not in result[key]]
        if missing:
            raise RunFolderError(
                f"{folder.path / 'run.json'}: result.{key} has no {missing[0]}; the grid has changed since the run"
            )


def _ends(grid: Grid, points: FloatArray) -> FloatArray:
    """Ends of the lines, shape (lines, 2, 2); a line is moved aside when it runs beside a parallel one."""
    places = np.array([[grid.bus_index[bus] for bus in pair] for pair in zip(grid.from_bus, grid.to_bus, strict=True)])
    places = places.reshape(-1, 2)
    twins: dict[tuple[int, ...], int] = {}
    twin = np.zeros(len(places))
    for line, pair in enumerate(np.sort(places, axis=1).tolist()):
        twin[line] = twins.get(tuple(pair), 0)
        twins[tuple(pair)] = twins.get(tuple(pair), 0) + 1
    along = points[places[:, 1]] - points[places[:, 0]]
    length = np.maximum(np.hypot(*along.T), 1e-12)
    across = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    width = 0.012 * float(np.ptp(points, axis=0).max(initial=0.0))
    aside = twin[:, None] * width * across
    return np.asarray(points[places] + aside[:, None, :])
