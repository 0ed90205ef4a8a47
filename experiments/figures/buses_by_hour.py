"""Heat maps of buses and hours: nodal prices, and what it costs to wheel energy to each bus."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...agents.arrays import FloatArray
from ...network.case import Case
from ..archive.run_folder import RunFolder
from ..results.shown_hour import ShownHour
from .price_colours import COLOUR_MAP, price_colours
from .style import new_figure, plain

# Two colours that the colour-blind can tell apart, white where wheeling costs nothing.
_TWO_SIDED = "PuOr"
_MOST_NAMED_BUSES = 60


def buses_by_hour_figure(folder: RunFolder, case: Case, shown: ShownHour) -> Figure:
    """Nodal prices to the left, wheeling prices to the right: what a bus pays more than the hub."""
    grid = case.grid
    table = folder.document["result"]["price_usd_per_mwh"]
    prices = np.array([table[str(bus)] for bus in grid.buses], dtype=np.float64)
    fees = prices - prices[grid.bus_index[grid.hub]]
    figure = new_figure(11.0, min(3.0 + 0.16 * len(prices), 9.0))
    left, right = figure.subplots(1, 2, sharey=True)
    colours = price_colours(prices)
    _draw(left, prices, colours.norm, COLOUR_MAP, "nodal price [$/MWh]", colours.extend)
    of_fees = price_colours(fees)
    largest = max(abs(of_fees.low), abs(of_fees.high))
    _draw(right, fees, Normalize(-largest, largest), _TWO_SIDED, "wheeling price [$/MWh]", _beyond(fees, largest))
    left.set_ylabel("bus")
    step = -(-len(prices) // _MOST_NAMED_BUSES)
    places = range(0, len(prices), step)
    left.set_yticks(places, labels=[str(grid.buses[place]) for place in places], fontsize=7)
    for axes in (left, right):
        axes.plot(shown.period + 1, -0.5, marker="v", color="black", markersize=7, clip_on=False)
    figure.suptitle(plain(f"{folder.document['scenario']}; triangle: {shown}"), fontsize="medium")
    return figure


def _draw(axes: Axes, values: FloatArray, norm: Normalize, colour_map: str, label: str, extend: str) -> None:
    edges = (0.5, values.shape[1] + 0.5, len(values) - 0.5, -0.5)
    image = axes.imshow(values, norm=norm, cmap=colour_map, aspect="auto", interpolation="nearest", extent=edges)
    axes.set_xlabel("hour")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=9))
    axes.figure.colorbar(image, ax=axes, label=plain(label), extend=extend)


def _beyond(values: FloatArray, largest: float) -> str:
    """On which sides values lie beyond a symmetric range, in the word of matplotlib's colour bars."""
    known = values[np.isfinite(values)]
    below, above = (known < -largest).any(), (known > largest).any()
    return "both" if below and above else "min" if below else "max" if above else "neither"
