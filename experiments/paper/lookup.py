"""Looking figures up in the table of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..kappa_path.kappa_path import KappaPath

# Paths in kappa by setting and scheme of disclosure.
Paths = Mapping[tuple[str, str], KappaPath]

KEYS = ("setting", "disclosure", "forward_basis", "forward_position")
FORWARD_KEYS = ["setting", "forward_basis", "forward_position", "alpha"]
SCHEME_NAMES = {"ex_post": "ex post", "ex_ante": "ex ante"}


@dataclass(frozen=True, eq=False)
class Cases:
    """The rows of all chains, as `run_chain` returns them.

    Parameters
    ----------
    frame : DataFrame
    """

    frame: pd.DataFrame

    @property
    def own(self) -> str:
        """The setting in which claims are judged, the first of the rows."""
        return self.settings[0]

    @property
    def settings(self) -> list[str]:
        """Settings with decomposed runs, in the order of the rows."""
        return list(dict.fromkeys(self.frame.loc[self.frame["side"] == "decomposed", "setting"]))

    @property
    def all_settings(self) -> list[str]:
        """These, and variations of the paper's setting, of which there are monoliths alone."""
        return list(dict.fromkeys(self.frame["setting"]))

    def spot(self, setting: str, scheme: str, side: str = "monolith") -> pd.DataFrame:
        """The markets without forward contracts, by alpha."""
        frame = self.frame
        is_spot = frame["forward_position"] == 0
        chosen = is_spot & (frame["setting"] == setting) & (frame["disclosure"] == scheme)
        return _by_alpha(frame[chosen & (frame["side"] == side)])

    def forward(self, setting: str, basis: str, position: float, side: str = "monolith") -> pd.DataFrame:
        """The markets with forward contracts, ex ante, by alpha."""
        frame = self.frame
        chosen = (frame["forward_basis"] == basis) & (frame["forward_position"] == position)
        chosen &= (frame["setting"] == setting) & (frame["disclosure"] == "ex_ante")
        return _by_alpha(frame[chosen & (frame["side"] == side)])

    def forward_positions(self, setting: str, basis: str) -> list[float]:
        """Forward positions of a basis, zero left out."""
        frame = self.frame
        chosen = (frame["setting"] == setting) & (frame["forward_basis"] == basis)
        positions = frame.loc[chosen & (frame["forward_position"] > 0), "forward_position"]
        return sorted(set(positions.tolist()))

    def forward_bases(self, setting: str) -> list[str]:
        """Bases of which there are forward contracts; the first is the one that the paper has."""
        frame = self.frame
        chosen = (frame["setting"] == setting) & (frame["forward_position"] > 0)
        return list(dict.fromkeys(frame.loc[chosen, "forward_basis"]))


def _by_alpha(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_index("alpha").sort_index()


def at(rows: pd.DataFrame, alpha: float) -> pd.Series[Any]:
    """The one row of an alpha."""
    return rows.loc[[alpha]].iloc[0]
