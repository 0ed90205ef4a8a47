"""Curves of the case study's figures: how they look and what they show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.typing import LineStyleType

from ..lookup import Paths
from .paper_paths import FollowedCurve, followed_curve

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
    followed : FollowedCurve, optional
        The monolith between its samples, where its path was followed.
    """

    look: Look
    sides: pd.DataFrame
    converged: pd.Series[bool]
    followed: FollowedCurve | None = None

    @property
    def drawn(self) -> pd.DataFrame:
        """All that is drawn: sides, and below them the path."""
        if self.followed is None:
            return self.sides
        return pd.concat([self.sides, self.followed.values.to_frame("monolith")])

    @property
    def has_band(self) -> bool:
        """Whether equilibria differ visibly."""
        values = self.sides.to_numpy()
        scale = np.max(np.abs(values), initial=0.0, where=np.isfinite(values))
        widths = (self.sides["largest"] - self.sides["least"]).to_numpy()
        return bool((widths > _VISIBLE * scale).any())


def curve(look: Look, rows: pd.DataFrame, names: Sequence[str], per: float = 1.0, paths: Paths | None = None) -> Curve:
    """The sum of some figures in units of `per`.

    Parameters
    ----------
    rows : DataFrame
        Rows of the case study of one chain.
    names : sequence of str
        Columns to add. The ends of several are not those of their sum, so that sums have no band.
    paths : mapping, optional
        Paths in kappa, by setting and disclosure.
    """
    values = rows.assign(value=rows[list(names)].astype(float).sum(axis=1, skipna=False) / per)
    sides = pd.DataFrame({side: of_side.set_index("alpha")["value"] for side, of_side in values.groupby("side")})
    sides = sides.sort_index().reindex(columns=["decomposed", "monolith", "least", "largest"]).astype(float)
    if len(names) > 1:
        sides[["least", "largest"]] = np.nan
    decomposed = rows[rows["side"] == "decomposed"].set_index("alpha").sort_index()
    keys = rows[["setting", "disclosure"]].drop_duplicates().itertuples(index=False, name=None)
    path = next((paths[key] for key in keys if key in paths), None) if paths else None
    return Curve(look, sides, decomposed["status"] == "converged", followed_curve(path, names, per))


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
