"""Who contracts with whom, for a reader at the terminal and as JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...results.shown_hour import ShownHour
from .columns import Column, print_columns, terminal

_SHOWN = 20
# MWh below which a contract is void.
_VOID_MWH = 1e-6


def contracts_document(contracts: pd.DataFrame) -> list[dict[str, Any]]:
    """One object for each contract, its hour counted from 0; None for what is not finite."""
    named = contracts.rename(columns={"quantity": "quantity_mwh", "price": "price_usd_per_mwh"}).astype(object)
    rows = named.where(named.notna(), None).to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def print_contracts(contracts: pd.DataFrame, shown: ShownHour, *, verbose: bool) -> None:
    """Print the contracts of an hour, the largest first; verbose: all that are not void."""
    console = terminal()
    of_hour = contracts[(contracts["period"] == shown.period) & (contracts["quantity"] > _VOID_MWH)]
    ranked = of_hour.sort_values("quantity", ascending=False, kind="stable")
    rows = ranked if verbose else ranked.head(_SHOWN)
    more = f"; the {_SHOWN} largest (-v: all)" if len(rows) < len(ranked) else ""
    console.print(f"contracts of {shown}: {len(ranked)}, {ranked['quantity'].sum():,.4f} MWh in all{more}")
    if len(rows):
        labels = [Column(name, list(rows[name]), "left") for name in ("seller", "buyer")]
        quantities = Column("MWh", [f"{value:,.4f}" for value in rows["quantity"]])
        print_columns(console, labels, [quantities, Column("$/MWh", [f"{value:,.4f}" for value in rows["price"]])])
