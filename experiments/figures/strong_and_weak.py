"""The figure of scaling on Ray: rounds against sizes and workers, measured and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from .style import COLOURS, new_figure, save_figure, style_axes

_MARKERS = ("o", "s", "^", "D", "v")


def draw_strong_and_weak(document: dict[str, Any], out: Path) -> list[Path]:
    """Draw it as PNG and SVG into a folder."""
    return save_figure(strong_and_weak_figure(document), out, "ray_scaling")


def strong_and_weak_figure(document: dict[str, Any]) -> Figure:
    """A row for each family: a round over the contracts, and the largest market over the workers, on paper beyond.

    Parameters
    ----------
    document : dict
        Of `walras.experiments.bench.ray_scaling.scaling_document`.
    """
    families = list(dict.fromkeys(row["family"] for row in document["on_paper"]))
    figure = new_figure(10.0, 3.7 * len(families))
    for family, (sizes, workers) in zip(families, figure.subplots(len(families), 2, squeeze=False), strict=True):
        rounds = [row for row in document["rounds"] if row["family"] == family]
        on_paper = [row for row in document["on_paper"] if row["family"] == family]
        _draw_sizes(sizes, family, rounds)
        _draw_workers(workers, rounds, on_paper)
    return figure


def _draw_sizes(axes: Axes, family: str, rounds: list[dict[str, Any]]) -> None:
    style_axes(axes, "contracts", "milliseconds a round")
    axes.set_title(family, fontsize="medium", loc="left")
    ways = dict.fromkeys((row["workers"], row["machines"]) for row in rounds)
    for place, (workers, machines) in enumerate(ways):
        own = [row for row in rounds if (row["workers"], row["machines"]) == (workers, machines)]
        colour = COLOURS[place % len(COLOURS)]
        contracts = [row["contracts"] for row in own]
        axes.plot(
            contracts,
            [row["milliseconds"] for row in own],
            linestyle="none",
            marker=_MARKERS[place % len(_MARKERS)],
            color=colour,
            label=_label(workers, machines),
        )
        axes.plot(contracts, [row["predicted_milliseconds"] for row in own], color=colour, linewidth=1.0)
    _logarithmic(axes)
    axes.legend(frameon=False, fontsize="small", title="dots measured, lines the model", title_fontsize="small")


def _draw_workers(axes: Axes, rounds: list[dict[str, Any]], on_paper: list[dict[str, Any]]) -> None:
    contracts = on_paper[0]["contracts"]
    style_axes(axes, "workers", "milliseconds a round")
    axes.set_title(f"{contracts:,} contracts", fontsize="medium", loc="left")
    for place, machines in enumerate(dict.fromkeys(row["machines"] for row in on_paper)):
        own = [row for row in on_paper if row["machines"] == machines]
        colour = COLOURS[place]
        axes.plot(
            [row["workers"] for row in own],
            [1e3 * row["seconds"] for row in own],
            color=colour,
            linestyle="--",
            label=f"on paper, {_on(machines)}",
        )
        measured = [row for row in rounds if row["contracts"] == contracts and row["machines"] == machines]
        measured = [row for row in measured if row["workers"]]
        axes.plot(
            [row["workers"] for row in measured],
            [row["milliseconds"] for row in measured],
            linestyle="none",
            marker=_MARKERS[place],
            color=colour,
            label=f"measured, {_on(machines)}",
        )
    here = [row["milliseconds"] for row in rounds if row["contracts"] == contracts and not row["workers"]]
    axes.axhline(here[0], color="#777777", linewidth=1.2, label="this process")
    _logarithmic(axes)
    axes.legend(framealpha=0.9, edgecolor="none", fontsize="small")


def _logarithmic(axes: Axes) -> None:
    for axis, scale, steps in (
        (axes.xaxis, axes.set_xscale, (1.0, 2.0, 4.0)),
        (axes.yaxis, axes.set_yscale, (1.0, 3.0)),
    ):
        scale("log")
        axis.set_major_locator(LogLocator(subs=steps))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
        axis.set_minor_locator(NullLocator())


def _label(workers: int, machines: int) -> str:
    return "this process" if not workers else f"{workers} worker{'s' if workers > 1 else ''}, {_on(machines)}"


def _on(machines: int) -> str:
    return "one raylet" if machines == 1 else "raylets of their own"
