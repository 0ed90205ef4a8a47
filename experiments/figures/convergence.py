"""The figure of convergence: residuals, gap and prices over the rounds."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...agents.goods import Family
from ..archive.run_folder import RunFolder
from ..results.shown_hour import ShownHour
from .style import COLOURS, LINE_STYLES, legend_beside, logarithmic_y, new_figure, plain, style_axes

# More lines than these cannot be told apart.
SHOWN_PRICES = 6


def convergence_figure(folder: RunFolder, shown: ShownHour) -> Figure:
    """Residuals on a log axis above the prices of watched goods, one panel for each family.

    Where no prices of the hour were kept, as of runs of many hours and rounds, those of the hour that was kept are
    shown, and labelled so.
    """
    watched = folder.prices[~folder.prices["is_final"]]
    of_hour = watched[watched["period"] == shown.period]
    watched = of_hour if len(of_hour) else watched
    families = [family for family in Family if (watched["kind"] == family).any()]
    figure = new_figure(7.2, 3.0 + 2.3 * len(families))
    panels = figure.subplots(
        1 + len(families), 1, sharex=True, squeeze=False, height_ratios=[1.3] + [1] * len(families)
    )
    residuals = panels[0][0]
    _draw_residuals(residuals, folder.rounds)
    document = folder.document
    status = document["status"].replace("_", " ")
    residuals.set_title(plain(f"{document['scenario']}: {document['mechanism']}, {status}"))
    for axes, family in zip(panels[1:, 0], families, strict=True):
        prices = watched[watched["kind"] == family]
        hour = f"\nhour {prices['period'].iloc[0] + 1}" if shown.hours > 1 else ""
        _draw_prices(axes, prices, family, hour)
    panels[-1][0].set_xlabel("round")
    return figure


def _draw_residuals(axes: Axes, rounds: pd.DataFrame) -> None:
    style_axes(axes, "", "relative residual")
    logarithmic_y(axes)
    certified = rounds.dropna(subset=["relative_gap"])
    # A logarithmic axis has no room for zeros.
    for label, table, column, style in (
        ("imbalance (primal)", rounds, "max_relative_imbalance", {}),
        ("announcement (dual)", rounds, "dual_residual", {"linestyle": "--"}),
        ("certified gap", certified, "relative_gap", {"linestyle": "", "marker": "o", "markersize": 4}),
    ):
        shown = table[table[column] > 0]
        colour = COLOURS[len(axes.lines)]
        axes.plot(shown["round"], shown[column], label=label, color=colour, linewidth=1.2, **style)
    legend_beside(axes)


def _draw_prices(axes: Axes, prices: pd.DataFrame, family: Family, hour: str) -> None:
    unit = prices["unit"].iloc[0]
    last = prices.groupby("good")["price"].last()
    # Spread over the range of final prices, so that lines lie apart.
    ordered = last.sort_values().index
    count = min(SHOWN_PRICES, len(ordered))
    picked = [ordered[round(i * (len(ordered) - 1) / max(count - 1, 1))] for i in range(count)]
    for index, good in enumerate(picked):
        series = prices[prices["good"] == good]
        axes.plot(
            series["round"],
            series["price"],
            label=plain(series["parties"].iloc[0]),
            color=COLOURS[index % len(COLOURS)],
            linestyle=LINE_STYLES[index % len(LINE_STYLES)],
            linewidth=1.2,
        )
    style_axes(axes, "", plain(f"{family} price [$/{unit}]") + hour)
    legend_beside(axes)
