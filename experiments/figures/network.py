"""The map of the network: nodal prices and congested lines, without geography."""

from __future__ import annotations

import networkx as nx
import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import ScalarFormatter

from ...network.case import Case
from ..archive.run_folder import RunFolder
from ..errors import RunFolderError
from .style import COLOURS, new_figure, plain

CONGESTED = COLOURS[1]


def network_figure(folder: RunFolder, case: Case, period: int = 0) -> Figure:
    """Buses coloured by nodal price and lines by congestion, in one hour.

    Parameters
    ----------
    folder : RunFolder
    case : Case
        The case that the scenario stands on; its positions are used where it has them.
    period : int
        Hour, counted from 0.

    Raises
    ------
    RunFolderError
        If the run is of another grid.
    """
    result = folder.document["result"]
    grid = case.grid
    _refuse_other_grid(folder, case)
    positions = bus_positions(case)
    # What was not finite is None, and has no colour.
    prices = np.array([result["price_usd_per_mwh"][str(bus)][period] for bus in grid.buses], dtype=np.float64)
    finite = prices[np.isfinite(prices)] if np.isfinite(prices).any() else np.zeros(1)
    # Nearly equal prices get nearly equal colours.
    middle, spread = (finite.max() + finite.min()) / 2, finite.max() - finite.min()
    half = max(spread, 1.0, 0.02 * abs(middle)) / 2
    figure = new_figure(7.6, 7.2)
    axes = figure.subplots()
    drawn: dict[tuple[int, int], int] = {}
    for line, start, end in zip(grid.line_ids, grid.from_bus, grid.to_bus, strict=True):
        twin = drawn.setdefault((min(start, end), max(start, end)), 0)
        drawn[min(start, end), max(start, end)] += 1
        is_congested = (result["line_price_usd_per_mw"][line][period] or 0) > 0
        (x0, y0), (x1, y1) = _shifted(positions[start], positions[end], twin)
        axes.plot(
            [x0, x1],
            [y0, y1],
            color=CONGESTED if is_congested else "#999999",
            linewidth=3.5 if is_congested else 1.2,
            zorder=1,
        )
        if is_congested:
            flow, price = result["flow_mw"][line][period], result["line_price_usd_per_mw"][line][period]
            text = f"{abs(flow or 0):.0f} MW\n{price:.0f} $/MW"
            box = {"facecolor": "white", "edgecolor": CONGESTED, "boxstyle": "round,pad=0.2", "linewidth": 0.8}
            halfway = ((x0 + x1) / 2, (y0 + y1) / 2)
            axes.annotate(text, halfway, ha="center", va="center", fontsize=7, bbox=box, zorder=4)
    points = np.array([positions[bus] for bus in grid.buses])
    dots = axes.scatter(
        points[:, 0],
        points[:, 1],
        c=prices,
        cmap="cividis",
        vmin=middle - half,
        vmax=middle + half,
        s=380,
        edgecolors="black",
        linewidths=0.8,
        zorder=2,
    )
    for bus, (x, y), price in zip(grid.buses, points, prices, strict=True):
        colour = "white" if price < middle + half / 5 else "black"
        axes.text(x, y, str(bus), ha="center", va="center", fontsize=9, color=colour, zorder=3)
    bar = figure.colorbar(dots, ax=axes, label="nodal price [$/MWh]", shrink=0.75)
    bar.formatter = ScalarFormatter(useOffset=False)
    bar.update_ticks()
    axes.set_title(plain(f"{folder.document['scenario']}: nodal prices and congested lines, hour {period + 1}"))
    axes.legend(
        handles=[
            Line2D([], [], color=CONGESTED, linewidth=3.5, label="congested line"),
            Line2D([], [], color="#999999", linewidth=1.2, label="other line"),
        ],
        loc="lower center",
        bbox_to_anchor=(0.5, -0.06),
        ncols=2,
        frameon=False,
    )
    axes.set_aspect("equal")
    axes.margins(0.08)
    axes.set_axis_off()
    return figure


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


def bus_positions(case: Case) -> dict[int, tuple[float, float]]:
    """Where to draw each bus: as the case says, else by the Kamada-Kawai layout of the graph."""
    if set(case.grid.buses) <= set(case.positions):
        return case.positions
    graph = nx.Graph(list(zip(case.grid.from_bus, case.grid.to_bus, strict=True)))
    graph.add_nodes_from(case.grid.buses)
    layout = nx.kamada_kawai_layout(graph)
    return {bus: (float(x), float(y)) for bus, (x, y) in layout.items()}


def _shifted(
    start: tuple[float, float], end: tuple[float, float], twin: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of a line, moved aside when it runs beside a parallel one."""
    along = np.array(end) - np.array(start)
    length = float(np.hypot(*along)) or 1.0
    aside = 0.12 * twin * np.array([-along[1], along[0]]) / length
    (x0, y0), (x1, y1) = np.array(start) + aside, np.array(end) + aside
    return (float(x0), float(y0)), (float(x1), float(y1))
