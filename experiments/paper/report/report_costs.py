"""The part of the report on what the hyperscaler pays, and who gets it."""

from __future__ import annotations

import pandas as pd

from ...pages.markdown import markdown_table, number
from ..lookup import SCHEME_NAMES
from ..paper_settings import SETTINGS

_PARTS = ("total_usd", "energy_usd", "clean_rent_usd", "lease_energy_usd", "lease_rent_usd")


def cost_table(split: pd.DataFrame, own: str) -> str:
    """The cost of workload in one setting, in parts.

    Parameters
    ----------
    split : DataFrame
        The evidence of claim 4.
    own : str
    """
    first, second = SETTINGS[own].standing_for_printed
    rows = []
    for scheme, of_scheme in split[split["setting"] == own].groupby("disclosure", sort=False):
        by_alpha = of_scheme.set_index("alpha")
        used_up = by_alpha["used_up_usd"] - by_alpha["used_up_usd"][first]
        for alpha in (a for a in (first, 0.5, second, 0.999, 1.0) if a in by_alpha.index):
            parts = [number(float(by_alpha[part][alpha]), ",.0f") for part in _PARTS]
            told = [SCHEME_NAMES[str(scheme)], f"{alpha:g}", *parts, number(float(used_up[alpha]), "+,.1f")]
            rows.append(told)
    columns = ["scheme", "alpha", "cost", "local energy", "rent of clean supply", "leased energy", "rent of leases"]
    return markdown_table([*columns, "used up, change"], rows, numbers=7)
