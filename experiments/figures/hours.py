"""The figure of the hours: demand and generation, nodal prices, and leases, hour by hour."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...agents.arrays import FloatArray
from ...network.case import Case
from ..archive.run_folder import RunFolder
from ..results.shown_hour import ShownHour, hours_of
from .style import COLOURS, LINE_STYLES, legend_beside, new_figure, plain, style_axes

# Of more, the smallest share a colour.
_MOST_FUELS = 6
_MOST_LEASES = 7
# The last one is that of all other fuels; black is for demand.
_LAYERS = (*COLOURS[:_MOST_FUELS], "#bbbbbb")
_NOTHING_MWH = 0.5


def hours_figure(folder: RunFolder, case: Case, shown: ShownHour) -> Figure:
    """Curves over the hours, with totals in the legends; the hour that the map shows is marked."""
    result = folder.document["result"]
    leases = dict(list(result["lease"].items())[:_MOST_LEASES])
    figure = new_figure(8.4, 5.6 + 3.8 * bool(leases))
    panels = figure.subplots(2 + 2 * bool(leases), 1, sharex=True)
    figure.suptitle(plain(f"{folder.document['scenario']}; dotted: {shown}"), fontsize="medium")
    _draw_energy(panels[0], result, case)
    _draw_prices(panels[1], result)
    if leases:
        energy = {f"{name}, {_total(_series(one['energy_mwh']))}": one["energy_mwh"] for name, one in leases.items()}
        _draw_lines(panels[2], energy, "lease [MWh]")
        price = {name: one["price_usd_per_gpu"] for name, one in leases.items()}
        _draw_lines(panels[3], price, "lease price [$/GPU]")
    for axes in panels:
        axes.axvline(shown.period + 1, color="black", linestyle=":", linewidth=1.0)
        legend_beside(axes)
    panels[-1].set_xlabel("hour")
    panels[-1].set_xlim(0.5, shown.hours + 0.5)
    panels[-1].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=13))
    figure.align_ylabels()
    return figure


def _draw_energy(axes: Axes, result: dict[str, Any], case: Case) -> None:
    fuel_of = {group.name: group.fuel for group in case.unit_groups}
    by_fuel: dict[str, FloatArray] = {}
    for unit, values in result["generation_mwh"].items():
        fuel = fuel_of.get(unit, "unknown fuel")
        by_fuel[fuel] = by_fuel.get(fuel, 0.0) + np.nan_to_num(_series(values))
    used = {fuel: values for fuel, values in by_fuel.items() if values.sum() > _NOTHING_MWH}
    ordered = sorted(used, key=lambda fuel: -float(used[fuel].sum()))
    layers = [(fuel, used[fuel]) for fuel in ordered[:_MOST_FUELS]]
    if rest := ordered[_MOST_FUELS:]:
        layers.append((f"{len(rest)} other fuels", np.sum([used[fuel] for fuel in rest], axis=0)))
    below = np.zeros(hours_of(result))
    for (name, values), colour in zip(layers, _LAYERS, strict=False):
        _draw_band(axes, below, below + values, colour, f"{name}, {_total(values)}")
        below = below + values
    if result["demand_mwh"]:
        demand = np.sum([_series(values) for values in result["demand_mwh"].values()], axis=0)
        label = f"demand, hydro included, {_total(demand)}"
        axes.step(*_held(demand), where="post", color="black", linewidth=1.6, label=label)
    style_axes(axes, "", "generation, demand [MWh]")
    axes.set_ylim(bottom=0)


def _draw_prices(axes: Axes, result: dict[str, Any]) -> None:
    # Sorted by hour, with what is not finite at the end.
    prices = np.sort([_series(values) for values in result["price_usd_per_mwh"].values()], axis=0)
    last = np.maximum(np.isfinite(prices).sum(axis=0) - 1, 0)
    lowest, middle, highest = (
        np.take_along_axis(prices, rank[None], axis=0)[0] for rank in (0 * last, last // 2, last)
    )
    _draw_band(axes, lowest, highest, COLOURS[4], "lowest to highest bus")
    axes.step(*_held(middle), where="post", color=COLOURS[0], linewidth=1.6, label="median bus")
    style_axes(axes, "", plain("nodal price [$/MWh]"))


def _draw_band(axes: Axes, low: FloatArray, high: FloatArray, colour: str, label: str) -> None:
    edges, lower = _held(low)
    _, upper = _held(high)
    axes.fill_between(edges, lower, upper, step="post", color=colour, alpha=0.6, linewidth=0, label=plain(label))


def _draw_lines(axes: Axes, series: dict[str, list[float | None]], label: str) -> None:
    for position, (name, values) in enumerate(series.items()):
        axes.step(
            *_held(_series(values)),
            where="post",
            label=plain(name),
            color=COLOURS[position % len(COLOURS)],
            linestyle=LINE_STYLES[position % len(LINE_STYLES)],
            linewidth=1.5,
        )
    style_axes(axes, "", plain(label))


def _series(values: list[float | None]) -> FloatArray:
    return np.array(values, dtype=np.float64)


def _held(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Begins of the hours and the end of the last, and values that hold from one to the next."""
    return np.arange(len(values) + 1, dtype=np.float64) + 0.5, np.concatenate([values, values[-1:]])


def _total(values: FloatArray) -> str:
    return f"{np.nansum(values):,.0f} MWh in all"
