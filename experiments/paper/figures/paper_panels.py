"""Panels of the case study's figures: alpha to the right, one column for each of two settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator
from numpy.typing import ArrayLike, NDArray

from ...figures.style import new_figure, plain, style_axes
from .paper_curves import LINE_WIDTH, MARKER_SIZE, Curve, Look
from .paper_drawing import BAND_HATCHES, not_converged_sample, turn_sample

TABLE_TITLES = {"paper": "the paper's setting", "rts96": "RTS-96 rates"}
WIDTH_INCHES = 7.0
_ALPHA_LABEL = r"cost weight $\alpha$ [-] (stretched near 1)"
_ALPHA_TICKS = (0.1, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 1.0)
_ALPHA_LIMITS = (0.0, 1.0034)
# The axis is logarithmic in the distance to a point this far beyond 1, which gives alphas below and above
# 0.9 about half of it each and shows 1 itself.
_BEYOND_ONE = 0.035
_GREY = "#666666"
_LEGEND: dict[str, Any] = {"frameon": False, "fontsize": "small", "handlelength": 2.4, "columnspacing": 1.4}


def panel_grid(height_inches: float, y_labels: Sequence[str]) -> tuple[Figure, dict[str, list[Axes]]]:
    """A column of panels for each setting, in each column one panel for each label of the upright axis."""
    figure = new_figure(WIDTH_INCHES, height_inches)
    grid = figure.subplots(len(y_labels), len(TABLE_TITLES), squeeze=False, sharex=True)
    columns: dict[str, list[Axes]] = dict(zip(TABLE_TITLES, grid.T.tolist(), strict=True))
    for table, panels in columns.items():
        panels[0].set_title(TABLE_TITLES[table], fontsize="medium")
        for axes in panels:
            style_axes(axes, "", "")
            axes.tick_params(labelsize="small")
            _stretch(axes)
        panels[-1].set_xlabel(_ALPHA_LABEL)
    for axes, label in zip(next(iter(columns.values())), y_labels, strict=True):
        axes.set_ylabel(plain(label))
    return figure, columns


def _stretch(axes: Axes) -> None:
    axes.set_xscale("function", functions=(_to_axis, _from_axis))
    axes.set_xlim(*_ALPHA_LIMITS)
    axes.xaxis.set_major_locator(FixedLocator(_ALPHA_TICKS))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{alpha:g}" for alpha in _ALPHA_TICKS]))
    axes.xaxis.set_minor_locator(NullLocator())


def _to_axis(alpha: ArrayLike) -> NDArray[np.float64]:
    alphas = np.minimum(np.asarray(alpha, dtype=float), 1 + 0.99 * _BEYOND_ONE)
    return np.asarray(-np.log10(1 + _BEYOND_ONE - alphas))


def _from_axis(position: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(1 + _BEYOND_ONE - 10 ** -np.asarray(position, dtype=float))


def add_legends(figure: Figure, looks: Iterable[Look], curves: Iterable[Curve]) -> None:
    """Above all panels what tells curves apart, below them what lines, markers, bands and crosses mean."""
    shown = list(curves)
    keys: list[Artist] = [
        Line2D([], [], color=_GREY, linewidth=LINE_WIDTH, label="monolith"),
        Line2D([], [], color=_GREY, linestyle="", marker="o", markersize=MARKER_SIZE, label="decomposed"),
    ]
    if any(curve.followed is not None and len(curve.followed.turns) for curve in shown):
        keys.append(turn_sample())
    if any(curve.has_band for curve in shown):
        keys.append(Patch(facecolor="none", edgecolor=_GREY, hatch=BAND_HATCHES[0], label="equilibria found"))
    if any(not curve.converged.all() for curve in shown):
        keys.append(not_converged_sample())
    samples = [look.sample() for look in looks]
    figure.legend(handles=samples, loc="outside upper center", ncols=len(samples), **_LEGEND)
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), **_LEGEND)
    figure.align_ylabels()
