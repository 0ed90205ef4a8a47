"""What the workload costs and emits in the case study, against alpha, under both schemes of disclosure."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from ...figures.style import COLOURS
from ..lookup import Paths
from .paper_curves import Curve, Look, chain_rows, curve
from .paper_drawing import draw_curves
from .paper_labels import label_curves
from .paper_panels import add_legends, panel_grid

_SCHEMES = {
    "ex_post": Look("ex post", COLOURS[5], "--", "s"),
    "ex_ante": Look("ex ante", COLOURS[0], "-", "o"),
}
_PARTS = {"local": ("local",), "MDCs": ("mdc",), "total": ("local", "mdc")}
_METHODS = {
    "co2_t": Look("market-based, by contracts", COLOURS[0], "-", "o"),
    "location_co2_t": Look("location-based, mean of all energy", COLOURS[5], "--", "s"),
}


def workload_co2_figure(cases: pd.DataFrame, paths: Paths | None = None) -> Figure:
    """CO2 of the workload, by contracts: local, at MDCs, total."""
    return _parts_figure(cases, "co2_t", "CO₂ [t]", 1.0, paths)


def workload_cost_figure(cases: pd.DataFrame, paths: Paths | None = None) -> Figure:
    """What the hyperscaler pays: for local processing, for leases, in total."""
    return _parts_figure(cases, "workload_cost_usd", "cost [thousand $]", 1000.0, paths)


def accounting_figure(cases: pd.DataFrame) -> Figure:
    """CO2 of the whole workload by contracts beside that by the mean of all energy."""
    labels = [f"{look.label}\nworkload CO₂ [t]" for look in _SCHEMES.values()]
    figure, columns = panel_grid(4.9, labels)
    shown: list[Curve] = []
    for table, panels in columns.items():
        for axes, scheme in zip(panels, _SCHEMES, strict=True):
            rows = chain_rows(cases, table, scheme)
            curves = [curve(look, rows, [f"{method}.local", f"{method}.mdc"]) for method, look in _METHODS.items()]
            draw_curves(axes, curves, least_span=2.0)
            # From zero, since the two are to be compared in size.
            axes.set_ylim(bottom=-0.05 * axes.get_ylim()[1])
            shown += curves
    add_legends(figure, _METHODS.values(), shown)
    return figure


def _parts_figure(cases: pd.DataFrame, quantity: str, label: str, per: float, paths: Paths | None) -> Figure:
    figure, columns = panel_grid(7.0, [f"{part}\n{label}" for part in _PARTS])
    shown: list[Curve] = []
    for table, panels in columns.items():
        for axes, part in zip(panels, _PARTS.values(), strict=True):
            names = [f"{quantity}.{kind}" for kind in part]
            curves = [
                curve(look, chain_rows(cases, table, scheme), names, per, paths) for scheme, look in _SCHEMES.items()
            ]
            draw_curves(axes, curves, least_span=2.0)
            label_curves(axes, curves)
            shown += curves
    add_legends(figure, _SCHEMES.values(), shown)
    return figure
