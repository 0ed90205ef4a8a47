"""The figure of scaling: what a market with contracts and a pool cost, against the number of buses."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from ..bench.rows.row import Kind
from .style import COLOURS, new_figure, save_figure, style_axes

_TRADES = {False: ("a contract for every pair", "o"), True: ("a pool at every bus", "s")}
# Of ticks within a decade.
_STEPS = (1.0, 3.0)
_COLUMNS = {
    "goods": "goods",
    "round_milliseconds": "milliseconds a round",
    "end_to_end_seconds": "seconds with set-up",
    "peak_memory_mib": "memory beside the market [MiB]",
}


def draw_scaling(table: pd.DataFrame, out: Path) -> list[Path]:
    """Draw it as PNG and SVG into a folder."""
    return save_figure(scaling_figure(table), out, "scaling")


def scaling_figure(table: pd.DataFrame) -> Figure:
    """Goods, milliseconds a round, seconds from declarations to the result, and memory, of the first pair of both.

    Parameters
    ----------
    table : DataFrame
        Rows of `walras.experiments.bench.bench_document.row_documents`, of which those to the finest tolerance that
        most of them reached are drawn.
    """
    drawn = table[table["reached"] & (table["kind"] == Kind.DECOMPOSITION) & (table["buses"] > 0)]
    tolerance = drawn["tolerance"].mode().min() if len(drawn) else float("nan")
    drawn = drawn[drawn["tolerance"] == tolerance]
    method, executor = drawn.iloc[0][["method", "executor"]] if len(drawn) else ("", "")
    drawn = drawn[(drawn["method"] == method) & (drawn["executor"] == executor)]
    figure = new_figure(10.0, 7.0)
    for axes, (column, label) in zip(figure.subplots(2, 2).flat, _COLUMNS.items(), strict=True):
        style_axes(axes, "buses", label)
        _draw(axes, drawn, column)
        for axis, scale in ((axes.xaxis, axes.set_xscale), (axes.yaxis, axes.set_yscale)):
            scale("log")
            axis.set_major_locator(LogLocator(subs=_STEPS))
            axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
            axis.set_minor_locator(NullLocator())
    if len(drawn):
        figure.axes[0].legend(frameon=False, fontsize="small")
        figure.suptitle(f"{method}, {executor}, to a certified {tolerance:.0e}", fontsize="medium")
    return figure


def _draw(axes: Axes, drawn: pd.DataFrame, column: str) -> None:
    for is_pooled, (label, marker) in _TRADES.items():
        ordered = drawn[drawn["is_pooled"] == is_pooled].sort_values("buses")
        axes.plot(
            ordered["buses"], ordered[column], label=label, color=COLOURS[int(is_pooled)], marker=marker, markersize=5
        )
