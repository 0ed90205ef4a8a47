"""The figure of scaling: what a market with contracts and a pool cost, against the number of buses."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..bench.rows.row import Kind
from .style import COLOURS, new_figure, save_figure, style_axes

_TRADES = {False: ("a contract for every pair", "o"), True: ("a pool at every bus", "s")}
_COLUMNS = {
    "goods": "goods",
    "round_milliseconds": "milliseconds a round",
    "end_to_end_seconds": "seconds with set-up",
}


def draw_scaling(table: pd.DataFrame, out: Path) -> list[Path]:
    """Draw it as PNG and SVG into a folder."""
    return save_figure(scaling_figure(table), out, "scaling")


def scaling_figure(table: pd.DataFrame) -> Figure:
    """Goods, milliseconds a round, and seconds from declarations to the result, of the first mechanism and executor.

    Parameters
    ----------
    table : DataFrame
        Rows of `walras.experiments.bench.bench_document.row_documents`; those are drawn that reached the tolerance
        which most of them share.
    """
    drawn = table[table["reached"] & (table["kind"] == Kind.DECOMPOSITION) & (table["buses"] > 0)]
    tolerance = drawn["tolerance"].mode().max() if len(drawn) else float("nan")
    drawn = drawn[drawn["tolerance"] == tolerance]
    method, executor = drawn.iloc[0][["method", "executor"]] if len(drawn) else ("", "")
    drawn = drawn[(drawn["method"] == method) & (drawn["executor"] == executor)]
    figure = new_figure(13.0, 4.2)
    for axes, (column, label) in zip(figure.subplots(1, 3), _COLUMNS.items(), strict=True):
        style_axes(axes, "buses", label)
        axes.set_xscale("log")
        axes.set_yscale("log")
        _draw(axes, drawn, column)
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
