"""Names of curves written beside them, where there is room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from ....agents.arrays import FloatArray
from .paper_curves import Curve

# In parts of the panel: size of a name, and how far it is from its curve.
_WIDTH, _HEIGHT, _GAP = 0.14, 0.07, 0.03
_SIZE = np.array([_WIDTH, _HEIGHT])
_ALPHAS = np.concatenate([np.linspace(0.15, 0.9, 31), np.linspace(0.91, 0.99, 9)])
_POINTS = np.concatenate([np.linspace(0.05, 0.9, 400), np.linspace(0.9, 0.999, 200)])


def label_curves(axes: Axes, curves: Sequence[Curve]) -> None:
    """Write each curve's name above or below it where it is farthest from all others, if it is anywhere far enough.

    Limits of the panel must be set. A curve that is alone needs no name beside it.
    """
    if len(curves) < 2:
        return
    ways = [_way(axes, shown.drawn["monolith"], _POINTS) for shown in curves]
    edges = [
        _way(axes, shown.sides[end], _POINTS) for shown in curves if shown.has_band for end in ("least", "largest")
    ]
    taken: list[FloatArray] = []
    for own, shown in enumerate(curves):
        others = np.vstack([*(way for number, way in enumerate(ways) if number != own), *taken])
        places = [
            (min(_distance(centre, others), _distance(point, others)), centre)
            for point, centre in _places(axes, shown)
            if _is_free(centre, [*ways, *edges])
        ]
        distance, centre = max(places, key=lambda place: place[0], default=(0.0, np.zeros(2)))
        # Within its size of another curve a name could be that one's.
        if distance > 1:
            taken.append(_corners(centre))
            _write(axes, shown, centre)


def _write(axes: Axes, shown: Curve, centre: FloatArray) -> None:
    axes.text(
        float(centre[0]),
        float(centre[1]),
        shown.look.label,
        transform=axes.transAxes,
        color=shown.look.colour,
        ha="center",
        va="center",
        fontsize="small",
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        zorder=6,
    )


def _way(axes: Axes, line: pd.Series[float], alphas: FloatArray) -> FloatArray:
    """Points of a line in parts of the panel, shape (known points, 2)."""
    line = line[line.index < 1].dropna().sort_index()
    if not len(line):
        return np.zeros((0, 2))
    inside = alphas[(alphas >= line.index.min()) & (alphas <= line.index.max())]
    points = np.column_stack([inside, np.interp(inside, line.index, line)])
    return np.asarray(axes.transAxes.inverted().transform(axes.transData.transform(points)))


def _places(axes: Axes, shown: Curve) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Points of the curve, and where a name could stand: above it and below."""
    for point in _way(axes, shown.drawn["monolith"], _ALPHAS):
        for side in (1, -1):
            yield point, point + np.array([0.0, side * (_GAP + _HEIGHT / 2)])


def _is_free(centre: FloatArray, ways: Sequence[FloatArray]) -> bool:
    """Whether a name is inside the panel, below its notes, and no line goes through it."""
    least, largest = centre - _SIZE / 2, centre + _SIZE / 2
    if (least < 0.01).any() or largest[0] > 0.95 or largest[1] > 0.88:
        return False
    return all(_distance(centre, way) > 1 for way in ways)


def _distance(centre: FloatArray, points: FloatArray) -> float:
    """From the middle of a name to the nearest point, in half its size: up to 1 it is inside."""
    return float(np.abs((points - centre) / (_SIZE / 2)).max(axis=1).min(initial=np.inf))


def _corners(centre: FloatArray) -> FloatArray:
    """Points all over a name, shape (points, 2)."""
    sides = np.linspace(-0.5, 0.5, 5)
    return np.array([centre + np.array([x, y]) * _SIZE for x in sides for y in sides])
