"""Dots of the benchmark: rounds, milliseconds a round, and seconds of each method, problem by problem."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullLocator

from ..bench.rows.row import Kind
from .style import COLOURS, new_figure, style_axes

# What is drawn of a row, and its label.
COLUMNS = {"rounds": "rounds", "round_milliseconds": "milliseconds a round", "seconds": "seconds without set-up"}
_MONOLITH = "#777777"


def dots_figure(reached: pd.DataFrame) -> Figure:
    """One row of panels for each problem, the fastest method on top.

    Parameters
    ----------
    reached : DataFrame
        Rows to one tolerance that reached it, decompositions and monolithic QPs.
    """
    decompositions = reached[reached["kind"] == Kind.DECOMPOSITION]
    counts = decompositions["problem"].value_counts(sort=False)
    if not len(counts):
        figure = new_figure(7.0, 1.6)
        figure.text(0.5, 0.5, "no mechanism reached its tolerance within the time it had", ha="center", va="center")
        return figure
    figure = new_figure(12.0, 1.2 * len(counts) + 0.24 * (counts.sum() + len(counts)))
    panels = figure.subplots(len(counts), 3, sharey="row", squeeze=False, height_ratios=list(counts + 3))
    figure.suptitle(
        f"to a certified {decompositions['tolerance'].iloc[0]:.0e}; further left is better", fontsize="medium"
    )
    for row, problem in zip(panels, counts.index, strict=True):
        ours = decompositions[decompositions["problem"] == problem].sort_values("seconds", ascending=False)
        monoliths = reached[(reached["problem"] == problem) & (reached["kind"] == Kind.QP)]
        names = (ours["method"] + ", " + ours["executor"]).to_list()
        for axes, (column, label) in zip(row, COLUMNS.items(), strict=True):
            _draw(axes, ours[column].to_list(), names)
            axes.set_xlabel(label)
        row[0].set_title(f"{problem}: {ours['goods'].iloc[0]:,} goods", loc="left", fontsize="medium")
        row[0].tick_params(axis="y", labelsize="small")
        if len(monoliths):
            _mark_monolith(row[-1], float(monoliths["seconds"].min()))
    return figure


def _draw(axes: Axes, values: list[float], names: list[str]) -> None:
    """Dots with the numbers beside them: on a logarithmic axis bars would begin nowhere."""
    style_axes(axes, "", "")
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator())
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.plot(values, names, linestyle="", marker="o", color=COLOURS[0])
    axes.set_xlim(min(values) / 3, 5 * max(values))
    axes.set_ylim(-0.5, len(names) - 0.5)
    for name, value in zip(names, values, strict=True):
        axes.annotate(f"{value:.3g}", (value, name), xytext=(7, -3), textcoords="offset points", fontsize="small")


def _mark_monolith(axes: Axes, seconds: float) -> None:
    axes.axvline(seconds, color=_MONOLITH, linestyle="--", linewidth=2.0)
    axes.set_xlim(left=min(seconds / 3, axes.get_xlim()[0]))
    axes.set_title("dashed: the fastest monolithic QP", loc="left", fontsize="small", color=_MONOLITH)
