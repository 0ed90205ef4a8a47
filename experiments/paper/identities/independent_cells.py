"""Which of the 56 printed cells that are not 0 are numbers of their own, and how many of them a setting meets.

In each of four markets (two schemes, two values of alpha) seven cells leave nothing open: what one more MWh of work is
worth (the cost of full leases ex post, the lease price of the datacenter without emissions ex ante), emissions of local
work, two power prices, two intensities and system CO2. The other seven follow: local cost, lease prices, MDC cost and
emissions, and the two totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import pandas as pd

from ..printed import PRINTED, PRINTED_ALPHAS, SCHEMES

Cell = tuple[str, str, float]

_WORTH = {"ex_post": "cost.mdc", "ex_ante": "lease_price.mdc3"}
_OWN = ("co2.local", "power_price.mdc1", "power_price.mdc2", "intensity.mdc1", "intensity.mdc2", "co2.system")
INDEPENDENT: tuple[Cell, ...] = tuple(
    (key, scheme, alpha) for scheme, alpha in product(SCHEMES, PRINTED_ALPHAS) for key in (_WORTH[scheme], *_OWN)
)
# Ex ante at alpha 0.9 the printed emissions and leases are those of ex post, and so are all loads; prices and system
# CO2, which are unique for given loads (Theorem 2), are printed otherwise. No data can meet both.
CONTRADICTED: tuple[Cell, ...] = tuple(
    (key, "ex_ante", 0.9) for key in ("lease_price.mdc3", "power_price.mdc1", "power_price.mdc2", "co2.system")
)
# A cell is met by a point this near, or lies inside an interval no wider than this.
NEAR = 0.02
NARROW = 0.1

_KEYS = {quantity.label: quantity.key for quantity in PRINTED}


@dataclass(frozen=True, eq=False)
class MetCells:
    """How a setting meets the independent cells.

    Parameters
    ----------
    table : DataFrame
        A row for each independent cell: key, disclosure, alpha, paper, monolith, least, largest, `is_near` (the
        monolith within `NEAR`), `is_inside` (inside an interval of all equilibria no wider than `NARROW`, where the
        point is not near) and `is_contradicted`.
    """

    table: pd.DataFrame

    @property
    def near(self) -> int:
        """Cells that the monolith's point meets."""
        return int(self.table["is_near"].sum())

    @property
    def inside(self) -> int:
        """Further cells inside a narrow interval."""
        return int(self.table["is_inside"].sum())

    @property
    def possible_near(self) -> int:
        """Cells that the point meets among those that some data can meet."""
        return int((self.table["is_near"] & ~self.table["is_contradicted"]).sum())


def met_cells(rows: pd.DataFrame) -> MetCells:
    """Hold one setting's numbers against the independent cells.

    Parameters
    ----------
    rows : DataFrame
        Those of `printed_tables` for one setting.
    """
    table = rows.assign(key=rows["quantity"].map(_KEYS))
    wanted = pd.MultiIndex.from_tuples(INDEPENDENT, names=["key", "disclosure", "alpha"])
    table = table.set_index(["key", "disclosure", "alpha"]).loc[wanted]
    paper = table["paper"]
    near = (table["monolith"] - paper).abs() <= NEAR * paper
    narrow = table["largest"] - table["least"] <= NARROW * paper
    inside = narrow & (table["least"] <= paper) & (paper <= table["largest"]) & ~near
    contradicted = pd.Series([cell in CONTRADICTED for cell in INDEPENDENT], index=wanted)
    shown = table[["paper", "monolith", "least", "largest"]]
    return MetCells(shown.assign(is_near=near, is_inside=inside, is_contradicted=contradicted).reset_index())
