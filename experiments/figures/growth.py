"""The figure of growth: rounds, milliseconds a round, and seconds against the number of goods."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from ..bench.rows.row import Kind
from .dots import COLUMNS, dots_figure
from .style import COLOURS, LINE_STYLES, legend_beside, new_figure, save_figure, style_axes

# Two more than colours, so that no pair of both comes twice.
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")


def draw_growth(table: pd.DataFrame, out: Path) -> list[Path]:
    """Draw it as PNG and SVG into a folder."""
    return save_figure(growth_figure(table), out, "growth")


def growth_figure(table: pd.DataFrame) -> Figure:
    """One line for each mechanism and executor, through its problems, to the tolerance most rows share.

    Grids with contracts only, since the exchange problem is of another family, and pools have a figure of their own;
    dots for every problem where fewer than two grids were reached. Only rows that reached their tolerance are drawn:
    for the others no number means anything. Beside their seconds stand those of the fastest monolithic QP.

    Parameters
    ----------
    table : DataFrame
        Rows of `walras.experiments.bench.document.row_documents`.
    """
    reached = table[table["reached"] & ~table["is_pooled"]]
    grids = _at_one_tolerance(reached[reached["problem"] != "exchange"])
    if grids.loc[grids["kind"] == Kind.DECOMPOSITION, "problem"].nunique() < 2:
        return dots_figure(_at_one_tolerance(reached))
    drawn = grids[grids["kind"] == Kind.DECOMPOSITION]
    figure = new_figure(14.0, 4.4)
    panels = figure.subplots(1, 3)
    for axes, (column, label) in zip(panels, COLUMNS.items(), strict=True):
        style_axes(axes, "goods", label)
        axes.set_xscale("log")
        axes.set_yscale("log")
        # Over less than a decade these labels would overlap; problems are named anyway.
        axes.xaxis.set_minor_formatter(NullFormatter())
        _draw(axes, drawn, column)
        _name_problems(axes, drawn)
    _draw_monolith(panels[-1], grids[grids["kind"] == Kind.QP])
    legend_beside(panels[-1], title=f"to a certified {drawn['tolerance'].iloc[0]:.0e}")
    return figure


def _at_one_tolerance(reached: pd.DataFrame) -> pd.DataFrame:
    """Decompositions and monolithic QPs to the tolerance that most decompositions share."""
    tolerance = reached.loc[reached["kind"] == Kind.DECOMPOSITION, "tolerance"].mode().max()
    is_kind = reached["kind"].isin([Kind.DECOMPOSITION, Kind.QP])
    chosen: pd.DataFrame = reached[is_kind & (reached["tolerance"] == tolerance)]
    return chosen


def _draw_monolith(axes: Axes, monoliths: pd.DataFrame) -> None:
    """The fastest QP solver on each problem."""
    fastest = monoliths.loc[monoliths.groupby("problem")["seconds"].idxmin()].sort_values("goods")
    label = "fastest monolithic QP"
    axes.plot(fastest["goods"], fastest["seconds"], label=label, color="#777777", linestyle="--", linewidth=2.0)


def _name_problems(axes: Axes, drawn: pd.DataFrame) -> None:
    """The problems' names at the top, at their numbers of goods."""
    goods_of = drawn.groupby("problem")["goods"].first()
    top = axes.secondary_xaxis("top")
    top.set_xticks(goods_of.to_list(), labels=[str(name) for name in goods_of.index], rotation=90, fontsize="x-small")
    top.tick_params(which="minor", length=0)
    top.xaxis.set_minor_formatter(NullFormatter())
    top.spines["top"].set_visible(False)


def _draw(axes: Axes, drawn: pd.DataFrame, column: str) -> None:
    for index, ((method, executor), rows) in enumerate(drawn.groupby(["method", "executor"], sort=False)):
        ordered = rows.sort_values("goods")
        axes.plot(
            ordered["goods"],
            ordered[column],
            label=f"{method}, {executor}",
            color=COLOURS[index % len(COLOURS)],
            linestyle=LINE_STYLES[index // len(COLOURS) % len(LINE_STYLES)],
            marker=_MARKERS[index % len(_MARKERS)],
            markersize=4,
            linewidth=1.2,
        )
