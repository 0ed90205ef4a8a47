"""Curves of the case study between their samples: figures followed in kappa."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...kappa_path.cost_weights import alpha_of
from ...kappa_path.kappa_path import KappaPath

_POINTS = 60


@dataclass(frozen=True)
class FollowedCurve:
    """A figure as a function of alpha.

    Parameters
    ----------
    values : Series
        Index alpha, ascending, with a gap (NaN) where the figure jumps.
    turns : Series
        Values at the breakpoints, from below and from above where it jumps; index alpha.
    """

    values: pd.Series[float]
    turns: pd.Series[float]


def followed_curve(path: KappaPath | None, names: Sequence[str], per: float = 1.0) -> FollowedCurve | None:
    """The sum of some figures in units of `per`; None without a path."""
    if path is None:
        return None
    columns = [path.names.index(name) for name in names]
    jumps = {point.kappa for point in path.breakpoints if point.is_jump}
    bends = {point.kappa for point in path.breakpoints}

    curve: list[tuple[float, float]] = []
    turns: list[tuple[float, float]] = []
    for piece in reversed(path.pieces):
        ends = alpha_of(piece.high), alpha_of(piece.low)
        alphas = np.linspace(ends[0], ends[1], _POINTS)
        values = piece.table((1 - alphas) / alphas)[:, columns].sum(axis=1) / per
        drawn = list(zip(alphas.tolist(), values.tolist(), strict=True))
        turns += [
            point for point, kappa in zip(drawn[:: _POINTS - 1], (piece.high, piece.low), strict=True) if kappa in bends
        ]
        curve += drawn
        if piece.low in jumps:
            curve.append((ends[1], float("nan")))
    return FollowedCurve(_series(curve), _series(turns))


def _series(points: Sequence[tuple[float, float]]) -> pd.Series[float]:
    return pd.Series([value for _, value in points], index=[alpha for alpha, _ in points], dtype=float)
