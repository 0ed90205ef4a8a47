"""Curves of the case study's figures: how they look and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType

MARKER_SIZE = 3.6
LINE_WIDTH = 1.4
# Narrower bands, in parts of the largest value, show nothing.
_VISIBLE = 1e-3


@dataclass(frozen=True)
class Look:
    """How a curve is told from others, in colour and in grey."""

    label: str
    colour: str
    line_style: LineStyleType
    marker: str

    def sample(self) -> Line2D:
        """Its entry in a legend."""
        return Line2D(
            [],
            [],
            color=self.colour,
            linestyle=self.line_style,
            linewidth=LINE_WIDTH,
            marker=self.marker,
            markersize=MARKER_SIZE,
            label=self.label,
        )


@dataclass(frozen=True)
class Curve:
    """One figure of the case study against alpha.

    Parameters
    ----------
    look : Look
    sides : DataFrame
        Index alpha, ascending; columns `decomposed`, `monolith`, `least`, `largest`, NaN where nothing is known.
    converged : Series of bool
        Whether the decomposed run did; index alpha, where there is one.
    """

    look: Look
    sides: pd.DataFrame
    converged: pd.Series[bool]

    @property
    def has_band(self) -> bool:
        """Whether equilibria differ visibly."""
        values = self.sides.to_numpy()
        scale = np.max(np.abs(values), initial=0.0, where=np.isfinite(values))
        widths = (self.sides["largest"] - self.sides["least"]).to_numpy()
        return bool((widths > _VISIBLE * scale).any())


def curve(look: Look, rows: pd.DataFrame, paths: Sequence[str], per: float = 1.0) -> Curve:
    """The sum of some figures in units of `per`.

    Parameters
    ----------
    rows : DataFrame
        Rows of the case study of one chain.
    paths : sequence of str
        Columns to add. The ends of several are not those of their sum, so that sums have no band.
    """
    values = rows.assign(value=rows[list(paths)].astype(float).sum(axis=1, skipna=False) / per)
    sides = pd.DataFrame({side: of_side.set_index("alpha")["value"] for side, of_side in values.groupby("side")})
    sides = sides.sort_index().reindex(columns=["decomposed", "monolith", "least", "largest"]).astype(float)
    if len(paths) > 1:
        sides[["least", "largest"]] = np.nan
    decomposed = rows[rows["side"] == "decomposed"].set_index("alpha").sort_index()
    return Curve(look, sides, decomposed["status"] == "converged")


def chain_rows(
    cases: pd.DataFrame, setting: str, disclosure: str, forward_basis: str = "generator", position: float = 0.0
) -> pd.DataFrame:
    """The rows of the case study that belong to one chain; none if it was not run."""
    return cases[
        (cases["setting"] == setting)
        & (cases["disclosure"] == disclosure)
        & (cases["forward_basis"] == forward_basis)
        & (cases["forward_position"] == position)
    ]
