"""System CO2 with forward contracts beside that without, and what the difference is made of."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ..lookup import FORWARD_KEYS, Cases
from ..printed import DATACENTERS


def forward_emissions(cases: Cases, split: pd.DataFrame) -> pd.DataFrame:
    """All markets with forward contracts, each beside the one with the same alpha and none.

    Parameters
    ----------
    cases : Cases
    split : DataFrame
        As `emission_split` returns it.

    Returns
    -------
    DataFrame
        The columns of `split`, and ``system_t``, ``without_forward_t``, ``change_percent``, ``served_mwh`` (hydro
        included), ``served_change_percent``, ``per_mwh_change_percent``; ``same_demand_change_percent`` against the
        cheapest dispatch of the same demand, ``above_least_percent`` against the cleanest.
    """
    parts = []
    for setting in cases.all_settings:
        spot = cases.spot(setting, "ex_ante")
        for basis in cases.forward_bases(setting):
            for position in cases.forward_positions(setting, basis):
                rows = cases.forward(setting, basis, position)
                part = _beside(rows, spot.loc[rows.index]).reset_index()
                parts.append(part.assign(setting=setting, forward_basis=basis, forward_position=position))
    found = pd.concat(parts, ignore_index=True).merge(split, on=FORWARD_KEYS, how="left", validate="one_to_one")
    found["same_demand_change_percent"] = 100 * (found["system_t"] / found["least_cost_co2_t"] - 1)
    found["above_least_percent"] = 100 * (found["system_t"] / found["least_co2_t"] - 1)
    return found[[*FORWARD_KEYS, *(column for column in found.columns if column not in FORWARD_KEYS)]]


def _beside(rows: pd.DataFrame, without: pd.DataFrame) -> pd.DataFrame:
    served, served_without = _served(rows), _served(without)
    system, system_without = rows["co2_t.system"], without["co2_t.system"]
    return pd.DataFrame(
        {
            "system_t": system,
            "without_forward_t": system_without,
            "change_percent": 100 * (system / system_without - 1),
            "served_mwh": served,
            "served_change_percent": 100 * (served / served_without - 1),
            "per_mwh_change_percent": 100 * (system / served / (system_without / served_without) - 1),
        },
        index=rows.index,
    )


def _served(rows: pd.DataFrame) -> pd.Series[Any]:
    purchases = [f"lease.{name}.purchases_mwh" for name in DATACENTERS]
    return rows["total_demand_mwh"] + rows["workload_mwh.local"] + rows[purchases].sum(axis=1)
