"""Looking figures up in the table of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..kappa_path.kappa_path import KappaPath

# Paths in kappa by emission table and scheme of disclosure.
Paths = Mapping[tuple[str, str], KappaPath]

KEYS = ("emission_rates", "disclosure", "forward_basis", "forward_position")
TABLE_NAMES = {"surrogate": "surrogate rates", "rts96": "RTS-96 rates"}
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
    def emission_tables(self) -> list[str]:
        """Emission tables in the order of the rows."""
        return list(dict.fromkeys(self.frame["emission_rates"]))

    def spot(self, table: str, scheme: str, side: str = "monolith") -> pd.DataFrame:
        """The markets without forward contracts, by alpha."""
        frame = self.frame
        is_spot = frame["forward_position"] == 0
        chosen = is_spot & (frame["emission_rates"] == table) & (frame["disclosure"] == scheme)
        return _by_alpha(frame[chosen & (frame["side"] == side)])

    def forward(self, table: str, basis: str, position: float, side: str = "monolith") -> pd.DataFrame:
        """The markets with forward contracts, ex ante, by alpha."""
        frame = self.frame
        chosen = (frame["forward_basis"] == basis) & (frame["forward_position"] == position)
        chosen &= (frame["emission_rates"] == table) & (frame["disclosure"] == "ex_ante")
        return _by_alpha(frame[chosen & (frame["side"] == side)])

    def forward_positions(self, table: str, basis: str) -> list[float]:
        """Forward positions of a basis, zero left out."""
        frame = self.frame
        chosen = (frame["emission_rates"] == table) & (frame["forward_basis"] == basis)
        positions = frame.loc[chosen & (frame["forward_position"] > 0), "forward_position"]
        return sorted(set(positions.tolist()))

    def forward_bases(self, table: str) -> list[str]:
        """Bases of which there are forward contracts."""
        frame = self.frame
        chosen = (frame["emission_rates"] == table) & (frame["forward_position"] > 0)
        return list(dict.fromkeys(frame.loc[chosen, "forward_basis"]))


def _by_alpha(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.set_index("alpha").sort_index()


def at(rows: pd.DataFrame, alpha: float) -> pd.Series[Any]:
    """The one row of an alpha."""
    return rows.loc[[alpha]].iloc[0]
