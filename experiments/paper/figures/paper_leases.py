"""What the case study says of leases: their price and the emissions behind them, against alpha."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...figures.style import COLOURS
from ..lookup import Paths
from .paper_curves import Curve, Look, chain_rows, curve
from .paper_drawing import draw_curves
from .paper_labels import label_curves
from .paper_limits import limit_logarithmically
from .paper_panels import add_legends, panel_grid

# In grey the first is dark, the second light and the third black.
_DATACENTERS = {
    "mdc1": Look("MDC 1", COLOURS[0], "-", "o"),
    "mdc2": Look("MDC 2", COLOURS[5], "--", "s"),
    "mdc3": Look("MDC 3", COLOURS[6], "-.", "^"),
}
_ALL_EQUAL = Look("all MDCs, ex post", "#000000", "-", "D")
# Below this relative difference [-] lease prices count as one.
_EQUAL = 1e-4


def lease_price_figure(cases: pd.DataFrame, paths: Paths | None = None) -> Figure:
    """Lease prices: ex post above, one curve where all are equal, ex ante below."""
    label = "lease price [$/GPU]"
    figure, columns = panel_grid(5.6, [f"ex post\n{label}", f"ex ante\n{label}"])
    drawn: dict[Axes, list[Curve]] = {}
    for table, panels in columns.items():
        for axes, scheme in zip(panels, ("ex_post", "ex_ante"), strict=True):
            curves = _lease_curves(chain_rows(cases, table, scheme), "price_usd_per_gpu", paths)
            if scheme == "ex_post":
                curves = _merged(curves)
            draw_curves(axes, curves, least_span=1.0)
            drawn[axes] = curves
    shown = list(chain.from_iterable(drawn.values()))
    limit_logarithmically(list(drawn), shown, ticks=(1, 3))
    for axes, curves in drawn.items():
        label_curves(axes, curves)
    looks = dict.fromkeys(curve.look for curve in shown)
    add_legends(figure, looks, shown)
    return figure


def intensity_figure(cases: pd.DataFrame, paths: Paths | None = None) -> Figure:
    """Emissions of MDCs ex ante, per MWh that they use and per MWh that they purchase."""
    figure, columns = panel_grid(5.6, ["CO₂ per MWh used\n[kg/MWh]", "CO₂ per MWh purchased\n[kg/MWh]"])
    shown: list[Curve] = []
    for table, panels in columns.items():
        rows = chain_rows(cases, table, "ex_ante")
        for axes, figure_of_lease in zip(panels, ("intensity_kg_per_mwh", "mix_kg_per_mwh"), strict=True):
            curves = _lease_curves(rows, figure_of_lease, paths)
            draw_curves(axes, curves, least_span=20.0)
            label_curves(axes, curves)
            shown += curves
    add_legends(figure, _DATACENTERS.values(), shown)
    return figure


def _lease_curves(rows: pd.DataFrame, name: str, paths: Paths | None) -> list[Curve]:
    return [curve(look, rows, [f"lease.{datacenter}.{name}"], paths=paths) for datacenter, look in _DATACENTERS.items()]


def _merged(curves: list[Curve]) -> list[Curve]:
    """One curve if all of them are equal."""
    first, *others = curves
    if all(np.allclose(other.sides, first.sides, rtol=_EQUAL, equal_nan=True) for other in others):
        return [replace(first, look=_ALL_EQUAL)]
    return curves
