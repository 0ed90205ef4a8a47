"""Parts of the report that are mostly tables."""

from __future__ import annotations

import pandas as pd

from ...pages.markdown import markdown_table, number
from ..lookup import SCHEME_NAMES
from ..paper_settings import SETTING_NAMES
from ..printed_tables import is_set_valued

_DIGITS = {"$": ",.0f", "$/MWh": ".2f", "t": ",.2f", "kg/MWh": ".1f", "$/GPU": ".4f"}


def printed_table(tables: pd.DataFrame, name: str, setting: str) -> str:
    """One of Tables I to III beside what one setting gives."""
    chosen = tables[(tables["table"] == name) & (tables["setting"] == setting)]
    rows = []
    for row in chosen.to_dict("records"):
        form = _DIGITS[row["unit"]]
        interval = ""
        if is_set_valued(row["least"], row["largest"]):
            interval = f"{number(row['least'], form)} to {number(row['largest'], form)}"
        rows.append(
            [
                f"{row['quantity']} [{row['unit']}]",
                SCHEME_NAMES[row["disclosure"]],
                f"{row['alpha']:g}",
                number(row["paper"], form),
                number(row["monolith"], form),
                number(row["decomposed"], form),
                number(row["difference"], "+" + form),
                number(row["difference_percent"], "+.1f"),
                interval,
            ]
        )
    columns = ["quantity", "scheme", "alpha", "paper", "monolith", "decomposed", "difference", "%", "all equilibria"]
    return f"### Table {name}, {SETTING_NAMES[setting]}\n\n{markdown_table(columns, rows, numbers=7)}"


def equivalence(found: pd.DataFrame) -> str:
    """Differences from the pool."""
    if found.empty:
        return "alpha = 1 is not among the cases.\n"
    rows = [
        [
            SETTING_NAMES[row["setting"]],
            SCHEME_NAMES[row["disclosure"]],
            row["side"],
            f"{row['price_difference_usd_per_mwh']:.1e}",
            f"{row['workload_price_difference_usd_per_mwh']:.1e}",
            f"{row['co2_difference_t']:.1e}",
        ]
        for row in found.to_dict("records")
    ]
    columns = ["rates", "scheme", "side", "nodal price $/MWh", "workload price $/MWh", "system CO2 t"]
    return markdown_table(columns, rows, numbers=3)


def accounting(footprints: pd.DataFrame) -> str:
    """Footprints by contract and by location."""
    rows = [
        [
            SETTING_NAMES[row["setting"]],
            SCHEME_NAMES[row["disclosure"]],
            f"{row['alpha']:g}",
            *(number(row[f"{kind}_by_contract_t"]) for kind in ("local", "mdc", "least", "largest")),
            *(number(row[f"{kind}_by_location_t"]) for kind in ("local", "mdc")),
            number(row["system_t"]),
        ]
        for row in footprints.to_dict("records")
    ]
    columns = [
        *("rates", "scheme", "alpha", "local, by contract", "leased, by contract", "least of both", "most of both"),
        *("local, by location", "leased, by location", "system"),
    ]
    return markdown_table(columns, rows, numbers=8)


def surplus(found: pd.DataFrame) -> str:
    """Surplus of every agent."""
    parts = []
    for setting, rows in found.groupby("setting", sort=False):
        markets = [column for column in rows.columns if column not in ("setting", "agent")]
        columns = ["agent", *(_setting(column) for column in markets)]
        lines = [
            [str(row["agent"]), *(number(row[column], ",.2f") for column in markets)] for row in rows.to_dict("records")
        ]
        parts.append(f"### With {SETTING_NAMES[str(setting)]}\n")
        parts.append(markdown_table(columns, lines, numbers=len(markets)))
    return "\n".join(parts)


def _setting(column: str) -> str:
    scheme, _, alpha = column.partition(" ")
    return f"{SCHEME_NAMES[scheme]}, alpha {alpha}"
