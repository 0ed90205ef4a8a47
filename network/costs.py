"""Cost curves as blocks: stretches of output whose marginal cost is a straight line that does not fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .grid import FloatArray


@dataclass(frozen=True)
class Block:
    """A stretch of a unit's output with the marginal cost ``cost + slope * output within the block``."""

    capacity_mw: float
    cost_usd_per_mwh: float
    cost_slope_usd_per_mwh2: float


def quadratic_block(capacity_mw: float, c2: float, c1: float) -> tuple[Block, ...]:
    """One block for the cost ``c2 s^2 + c1 s`` [$/h] of the output s [MW].

    A concave cost (negative c2) is replaced by its convex envelope on [0, capacity], the chord.
    """
    if c2 < 0:
        return (Block(capacity_mw, c1 + c2 * capacity_mw, 0.0),)
    return (Block(capacity_mw, c1, 2 * c2),)


def piecewise_blocks(capacity_mw: float, output_mw: FloatArray, cost_usd_per_h: FloatArray) -> tuple[Block, ...]:
    """One block of constant marginal cost for each piece of a piecewise-linear cost.

    The first and the last piece are extended to 0 and to the capacity, and what lies beyond is cut
    off. Where the curve is not convex its convex envelope on [0, capacity] takes its place.

    Parameters
    ----------
    capacity_mw : float
    output_mw, cost_usd_per_h : arrays of shape (points,)
        At least two points, in rising order of output.
    """
    inside = (output_mw > 0) & (output_mw < capacity_mw)
    x = np.concatenate([[0.0], output_mw[inside], [capacity_mw]])
    ends = [_on_the_curve(at, output_mw, cost_usd_per_h) for at in (0.0, capacity_mw)]
    y = np.concatenate([ends[:1], cost_usd_per_h[inside], ends[1:]])
    corners = _convex_envelope(x, y)
    widths = np.diff(x[corners])
    costs = np.diff(y[corners]) / widths
    return tuple(Block(float(width), float(cost), 0.0) for width, cost in zip(widths, costs, strict=True))


def _on_the_curve(at: float, x: FloatArray, y: FloatArray) -> float:
    piece = int(np.clip(np.searchsorted(x, at) - 1, 0, len(x) - 2))
    return float(y[piece] + (at - x[piece]) * (y[piece + 1] - y[piece]) / (x[piece + 1] - x[piece]))


def _convex_envelope(x: FloatArray, y: FloatArray) -> list[int]:
    """Positions of the points that carry the convex envelope, in order (the lower half of Andrew's monotone chain)."""
    corners: list[int] = []
    for new in range(len(x)):
        while len(corners) > 1:
            first, middle = corners[-2:]
            before = (y[middle] - y[first]) * (x[new] - x[middle])
            after = (y[new] - y[middle]) * (x[middle] - x[first])
            if before < after:
                break
            corners.pop()
        corners.append(new)
    return corners
