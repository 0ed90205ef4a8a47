"""Drawing curves: the monolith as a line with breakpoints as ticks, decomposed runs as markers, equilibria as bands."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from .paper_curves import LINE_WIDTH, MARKER_SIZE, Curve
from .paper_limits import limit

# One for each direction in which lines can run.
BAND_HATCHES = ("////", "\\\\\\\\", "||||", "----")


def draw_curves(axes: Axes, curves: Sequence[Curve], least_span: float) -> None:
    """Draw bands below lines below markers, and set limits.

    At alpha = 1 emissions have no weight, contracts are arbitrary and curves may jump, so lines and bands are broken
    there.

    Parameters
    ----------
    least_span : float
        Smallest height of a linear panel in its unit, lest a flat curve shows the rounding errors of its solver.
    """
    for number, shown in enumerate(curves):
        _draw_band(axes, shown, number)
    for shown in curves:
        _draw_line(axes, shown)
    for shown in curves:
        _draw_markers(axes, shown)
    limit(axes, curves, least_span)


def _draw_band(axes: Axes, shown: Curve, number: int) -> None:
    if not shown.has_band:
        return
    below, at_one = _split(shown.sides)
    look = shown.look
    # Hatched, not filled: fills of several colours over each other turn grey.
    axes.fill_between(
        below.index,
        below["least"],
        below["largest"],
        facecolor="none",
        edgecolor=look.colour,
        hatch=BAND_HATCHES[number % len(BAND_HATCHES)],
        alpha=0.55,
        linewidth=0,
        zorder=1 + number / 10,
    )
    for end in ("least", "largest"):
        axes.plot(below.index, below[end], color=look.colour, linestyle=look.line_style, linewidth=0.6, alpha=0.8)
    axes.vlines(
        at_one.index, at_one["least"], at_one["largest"], color=look.colour, linestyles=look.line_style, linewidth=1.6
    )


def _draw_line(axes: Axes, shown: Curve) -> None:
    below, at_one = _split(shown.sides)
    look = shown.look
    line = below["monolith"] if shown.followed is None else shown.followed.values
    axes.plot(line.index, line, color=look.colour, linestyle=look.line_style, linewidth=LINE_WIDTH, zorder=3)
    if shown.followed is not None:
        axes.add_line(_turns(shown.followed.turns.index, shown.followed.turns))
    axes.plot(at_one.index, at_one["monolith"], color=look.colour, linestyle="", marker="_", markersize=8, zorder=3)


def _draw_markers(axes: Axes, shown: Curve) -> None:
    values = shown.sides.loc[shown.converged.index, "decomposed"]
    look = shown.look
    for chosen, face in ((shown.converged, look.colour), (~shown.converged, "none")):
        axes.plot(
            values[chosen].index,
            values[chosen],
            color=look.colour,
            linestyle="",
            marker=look.marker,
            markersize=MARKER_SIZE,
            markerfacecolor=face,
            zorder=4,
        )
    missed = values[~shown.converged]
    axes.add_line(_cross(missed.index, missed))


def not_converged_sample() -> Line2D:
    """The legend's entry of runs that did not converge."""
    cross = _cross([], [])
    cross.set_label("not converged")
    return cross


def turn_sample() -> Line2D:
    """The legend's entry of breakpoints."""
    turn = _turns([], [])
    turn.set_label("breakpoint")
    return turn


def _turns(x: ArrayLike, y: ArrayLike) -> Line2D:
    return Line2D(x, y, marker="|", markersize=9, markeredgewidth=1.1, color="#000000", linestyle="", zorder=5)


def _cross(x: ArrayLike, y: ArrayLike) -> Line2D:
    return Line2D(x, y, marker="x", markersize=6, markeredgewidth=1.1, color="#000000", linestyle="", zorder=5)


def _split(sides: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return sides[sides.index < 1], sides[sides.index >= 1]
