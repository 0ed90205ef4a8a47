"""The figure of growth: rounds and milliseconds a round against the number of goods."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..bench.row import Kind
from .style import COLOURS, LINE_STYLES, new_figure, save_figure, style_axes

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def draw_growth(table: pd.DataFrame, out: Path) -> list[Path]:
    """Draw it as PNG and SVG into a folder."""
    return save_figure(growth_figure(table), out, "growth")


def growth_figure(table: pd.DataFrame) -> Figure:
    """One line for each mechanism and executor, through its problems, to the tolerance most rows share.

    Grids only, since the exchange problem is of another family. Only rows that reached their tolerance are
    drawn: for the others neither number means anything.

    Parameters
    ----------
    table : DataFrame
        Rows of `walras.experiments.bench.document.row_documents`.
    """
    drawn = table[(table["kind"] == Kind.DECOMPOSITION) & table["reached"] & (table["problem"] != "exchange")]
    tolerance = drawn["tolerance"].mode().max() if len(drawn) else float("nan")
    drawn = drawn[drawn["tolerance"] == tolerance]
    figure = new_figure(9.6, 4.2)
    left, right = figure.subplots(1, 2)
    for axes, column, label in ((left, "rounds", "rounds"), (right, "round_milliseconds", "milliseconds a round")):
        style_axes(axes, "goods", label)
        axes.set_xscale("log")
        axes.set_yscale("log")
        _draw(axes, drawn, column)
    if len(drawn):
        left.set_title(f"to a certified {tolerance:g}")
        handles, labels = left.get_legend_handles_labels()
        right.legend(handles, labels, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize="small")
    return figure


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
