"""Limits of a panel: what happens below alpha = 1 fills it, what jumps far out of it at alpha = 1 stands in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullLocator

from ....agents.arrays import FloatArray
from .paper_curves import Curve

# In parts of the height that the curves take.
_MARGIN = 0.07
_ROOM_FOR_NOTE = 0.2
# A factor.
_LOG_MARGIN = 1.15


def limit(axes: Axes, curves: Sequence[Curve], least_span: float) -> None:
    """Set the limits of the upright axis, and note values at alpha = 1 far beyond them."""
    sides = pd.concat([curve.drawn for curve in curves])
    below, at_one = _known(sides[sides.index < 1]), _known(sides[sides.index >= 1])
    least, largest = _range(below, least_span)
    span = largest - least
    if all(least - span <= value <= largest + span for value in at_one):
        least, largest = _range(np.concatenate([below, at_one]), least_span)
        span = largest - least
    # Values at alpha = 1 are the same under both schemes, which deserves one note.
    text = "\n".join(dict.fromkeys(note for curve in curves if (note := _note(curve, largest))))
    axes.set_ylim(least - _MARGIN * span, largest + (_ROOM_FOR_NOTE if text else _MARGIN) * span)
    if text:
        axes.annotate(text, (0.97, 0.98), xycoords="axes fraction", ha="right", va="top", fontsize="small", zorder=6)


def limit_logarithmically(panels: Sequence[Axes], curves: Sequence[Curve], ticks: Sequence[float]) -> None:
    """Make the upright axis of some panels logarithmic, with the same limits, and ticks in each decade."""
    values = np.concatenate([_known(curve.drawn) for curve in curves])
    for axes in panels:
        axes.set_yscale("log")
        axes.set_ylim(values.min() / _LOG_MARGIN, values.max() * _LOG_MARGIN)
        axes.yaxis.set_major_locator(LogLocator(subs=ticks))
        axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.yaxis.set_minor_locator(NullLocator())


def _known(sides: pd.DataFrame) -> FloatArray:
    values: FloatArray = sides.to_numpy(dtype=float)
    return values[np.isfinite(values)]


def _range(values: FloatArray, least_span: float) -> tuple[float, float]:
    if not values.size:
        return 0.0, least_span
    missing = max(least_span - np.ptp(values), 0.0)
    return float(values.min() - missing / 2), float(values.max() + missing / 2)


def _note(curve: Curve, largest: float) -> str:
    """Words for a value at alpha = 1 above a limit."""
    at_one = curve.sides[curve.sides.index >= 1]
    if not (at_one["monolith"] > largest).any():
        return ""
    value, low, high = at_one.iloc[0][["monolith", "least", "largest"]]
    band = f" ({low:.0f} to {high:.0f})" if np.isfinite(low) else ""
    return rf"at $\alpha$ = 1: {value:.0f}{band} ↑"
