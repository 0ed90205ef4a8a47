"""What the hyperscaler pays, split into energy, rents of others, and what is used up."""

from __future__ import annotations

from typing import Any

import pandas as pd

from ...pages.markdown import number
from ..printed import DATACENTERS


def cost_split(rows: pd.DataFrame, bus_of_local_work: int) -> pd.DataFrame:
    """Split the cost of workload in markets that differ in alpha.

    Parameters
    ----------
    rows : DataFrame
        The case study's, index alpha.
    bus_of_local_work : int

    Returns
    -------
    DataFrame
        Index alpha. Columns in $: ``local_usd``, ``mdc_usd`` and ``total_usd`` as paid; ``energy_usd``, local work at
        the nodal price; ``clean_rent_usd``, what is paid for it beyond that; ``lease_rent_usd``, the surplus of the
        modular datacenters; ``lease_energy_usd``, what these pay for energy; ``used_up_usd``, cost of generation
        less the benefit of conventional demand, up to a constant.

    Notes
    -----
    Welfare is benefit less cost of generation less kappa times the hyperscaler's own emissions, so that ``used_up_usd``
    is the negative of welfare without its last part.
    """
    local, leased = rows["workload_cost_usd.local"], rows["workload_cost_usd.mdc"]
    energy = rows["workload_mwh.local"] * rows[f"price_usd_per_mwh.{bus_of_local_work}"]
    lease_rent = rows[[f"surplus_usd.{name}" for name in DATACENTERS]].sum(axis=1)
    kappa = (1 - rows.index.to_numpy()) / rows.index.to_numpy()
    return pd.DataFrame(
        {
            "local_usd": local,
            "mdc_usd": leased,
            "total_usd": local + leased,
            "energy_usd": energy,
            "clean_rent_usd": local - energy,
            "lease_rent_usd": lease_rent,
            "lease_energy_usd": leased - lease_rent,
            "used_up_usd": -(rows["welfare_usd"] + 1000 * kappa * rows["co2_t.local"]),
        },
        index=rows.index,
    ).astype(float)


def split_in_words(before: pd.Series[Any], after: pd.Series[Any]) -> str:
    """Where the fall of the cost between two values of alpha goes."""
    fall = before - after
    saved = fall["used_up_usd"]
    share = round(100 * (1 - saved / fall["total_usd"]), 1)
    transfers = f"{share:.1f}% of the fall are transfers" if share >= 0 else "others gain by it"
    energy = fall["energy_usd"] + fall["lease_energy_usd"]
    return (
        f"of the fall of {number(fall['total_usd'], ',.0f')} $ between these two "
        f"{number(fall['clean_rent_usd'], ',.0f')} $ are rent of supply that is cleaner than the dirtiest bought, "
        f"{number(fall['lease_rent_usd'], ',.0f')} $ rent of datacenters, and {number(energy, ',.0f')} $ energy at "
        f"nodal prices or at what datacenters pay for it, while generation less the benefit of demand costs "
        f"{number(saved, ',.2f')} $ less: {transfers}"
    )
