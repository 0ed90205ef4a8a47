"""Tables I to III: what the paper prints, what our runs give, and the difference."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..results.result import NO_TRADE_MWH
from .lookup import Cases, at
from .paper_settings import SETTINGS
from .printed import PRINTED, PRINTED_ALPHAS, SCHEMES

# Wider intervals than this, relatively, are shown: the rest is rounding.
VISIBLE_WIDTH = 1e-4


def printed_tables(cases: Cases) -> pd.DataFrame:
    """All printed numbers beside ours.

    Parameters
    ----------
    cases : Cases

    Returns
    -------
    DataFrame
        One row for each printed number and setting. Columns: table, quantity, unit, disclosure, alpha (as printed),
        setting, paper, monolith, decomposed, difference and difference_percent (monolith
        less paper; no percentage of a printed 0), least and largest over all equilibria. Totals of local
        and leased work have the sums of the ends, which bound the true interval.

    Notes
    -----
    As in the paper, emissions are per purchased MWh, and a modular datacenter that buys nothing has power price and
    intensity 0. Power prices are nodal.
    """
    rows = []
    for setting in cases.settings:
        buses = SETTINGS[setting].buses_of_datacenters
        sides = {
            (scheme, side): cases.spot(setting, scheme, side)
            for scheme in SCHEMES
            for side in ("decomposed", "monolith", "least", "largest")
        }
        for quantity in PRINTED:
            for scheme in SCHEMES:
                for alpha in PRINTED_ALPHAS:
                    values = {
                        side: printed_value(
                            quantity.key, at(sides[scheme, side], SETTINGS[setting].alpha(alpha)), buses
                        )
                        for side in ("decomposed", "monolith", "least", "largest")
                    }
                    paper = quantity.value(scheme, alpha)
                    difference = values["monolith"] - paper
                    rows.append(
                        {
                            "table": quantity.table,
                            "quantity": quantity.label,
                            "unit": quantity.unit,
                            "disclosure": scheme,
                            "alpha": alpha,
                            "setting": setting,
                            "paper": paper,
                            "monolith": values["monolith"],
                            "decomposed": values["decomposed"],
                            "difference": difference,
                            "difference_percent": 100 * difference / paper if paper else None,
                            "least": values["least"],
                            "largest": values["largest"],
                        }
                    )
    return pd.DataFrame(rows)


def is_set_valued(least: float, largest: float) -> bool:
    """Whether an interval is wider than rounding."""
    return largest - least > VISIBLE_WIDTH * max(abs(least), abs(largest))


def printed_value(key: str, row: pd.Series[Any], buses: dict[str, int]) -> float:
    """What figures of a market make of a printed quantity.

    Parameters
    ----------
    key : str
        Of a `Quantity`.
    row : Series
        Figures by their dotted paths.
    buses : dict of str to int
        Of the modular datacenters.
    """
    kind, _, of = key.partition(".")
    match kind, of:
        case (("cost" | "co2"), "total"):
            return printed_value(f"{kind}.local", row, buses) + printed_value(f"{kind}.mdc", row, buses)
        case "cost", _:
            return float(row[f"workload_cost_usd.{of}"])
        case "co2", _:
            return float(row[f"co2_t.{of}"])
        case "lease_price", _:
            return float(row[f"lease.{of}.price_usd_per_gpu"])
    if float(row[f"lease.{of}.purchases_mwh"]) <= NO_TRADE_MWH:
        return 0.0
    column = f"price_usd_per_mwh.{buses[of]}" if kind == "power_price" else f"lease.{of}.mix_kg_per_mwh"
    return float(row[column])
