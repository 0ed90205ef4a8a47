"""Who gains what, and whose emissions they are: surplus of all agents, footprints by contract and by location."""

from __future__ import annotations

from typing import Any

import pandas as pd

from .lookup import Cases, at
from .paper_settings import SETTINGS
from .printed import PRINTED_ALPHAS, SCHEMES

_SURPLUS = "surplus_usd."


def surplus_table(cases: Cases) -> pd.DataFrame:
    """Surplus of every agent in the monolith's equilibrium.

    Returns
    -------
    DataFrame
        Columns: setting, agent, and one for each scheme and printed alpha in $. The last two rows of an
        setting are the sum and the welfare, which are equal where payments balance.
    """
    parts = []
    for setting in cases.settings:
        columns = {}
        for scheme in SCHEMES:
            rows = cases.spot(setting, scheme)
            agents = [column for column in rows.columns if column.startswith(_SURPLUS) and rows[column].notna().any()]
            for alpha in PRINTED_ALPHAS:
                row = at(rows, SETTINGS[setting].alpha(alpha))
                values = {column.removeprefix(_SURPLUS): float(row[column]) for column in agents}
                values["sum of all agents"] = sum(values.values())
                values["welfare"] = float(row["welfare_usd"])
                columns[f"{scheme} {alpha:g}"] = values
        part = pd.DataFrame(columns).rename_axis("agent").reset_index()
        part.insert(0, "setting", setting)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def footprint_table(cases: Cases) -> pd.DataFrame:
    """Emissions of the datacenters by contract and by location.

    By contract (market-based) a datacenter has the emissions of whom it buys from; by location it has the mean of all
    energy that is generated, hydro included (GHG Protocol, "Scope 2 Guidance", 2015).

    Returns
    -------
    DataFrame
        One row for each setting, scheme and printed alpha, in t; least and largest are over all equilibria
        and sum those of local and of leased work.
    """
    records = []
    for setting in cases.settings:
        for scheme in SCHEMES:
            rows, least, largest = (cases.spot(setting, scheme, side) for side in ("monolith", "least", "largest"))
            for alpha in SETTINGS[setting].standing_for_printed:
                row = at(rows, alpha)
                records.append(
                    {
                        "setting": setting,
                        "disclosure": scheme,
                        "alpha": alpha,
                        "local_by_contract_t": float(row["co2_t.local"]),
                        "mdc_by_contract_t": float(row["co2_t.mdc"]),
                        "least_by_contract_t": _by_contract(at(least, alpha)),
                        "largest_by_contract_t": _by_contract(at(largest, alpha)),
                        "local_by_location_t": float(row["location_co2_t.local"]),
                        "mdc_by_location_t": float(row["location_co2_t.mdc"]),
                        "system_t": float(row["co2_t.system"]),
                    }
                )
    return pd.DataFrame(records)


def _by_contract(row: pd.Series[Any]) -> float:
    return float(row["co2_t.local"]) + float(row["co2_t.mdc"])
