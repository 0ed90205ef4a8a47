"""Contracts of a run: those that were traded, and those that a pool stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...agents.goods import Family
from ..scenario.names import GRID_OPERATOR
from .least_norm_matrix import least_norm_matrix

if TYPE_CHECKING:
    import pandas as pd

# MWh below which nobody has sold or bought.
_NO_TRADE_MWH = 1e-9


def contracts_of(trades: pd.DataFrame) -> pd.DataFrame:
    """Who buys how much from whom, one row for each contract.

    What sellers and buyers of a pool trade in all is shared out by the matrix of least norm, the bilateral market's own
    rule: beside selected contracts of datacenters it gives the contracts that the bilateral market has. A buyer pays
    the price of energy at its bus, whoever sells.

    Parameters
    ----------
    trades : DataFrame
        As `trades_frame` and ``trades.parquet`` have them.

    Returns
    -------
    DataFrame
        Columns: period, seller, buyer, quantity in MWh, price in $/MWh; in the order of the periods.

    Raises
    ------
    ValueError
        If what is sold to the pool is not what is bought from it, as in a run that has not converged.
    """
    import pandas as pd

    columns = ["period", "seller", "buyer", "quantity", "price"]
    traded = trades[trades["kind"] == str(Family.CONTRACT)][columns]
    parts = [traded]
    pool = trades[(trades["kind"] == str(Family.ENERGY)) & (trades["buyer"] != GRID_OPERATOR)]
    for period, hour in pool.groupby("period"):
        bought = hour.groupby("buyer", sort=False)["quantity"].sum()
        price = hour.groupby("buyer", sort=False)["price"].first()
        buyers, sellers = bought[bought > _NO_TRADE_MWH], -bought[bought < -_NO_TRADE_MWH]
        try:
            matrix = least_norm_matrix(sellers.to_numpy(np.float64), buyers.to_numpy(np.float64))
        except ValueError as error:
            raise ValueError(f"no contracts can be recovered in hour {int(str(period)) + 1}: {error}") from error
        parts.append(
            pd.DataFrame(
                {
                    "period": period,
                    "seller": np.repeat(sellers.index, len(buyers)),
                    "buyer": np.tile(buyers.index, len(sellers)),
                    "quantity": matrix.ravel(),
                    "price": np.tile(price[buyers.index].to_numpy(), len(sellers)),
                }
            )
        )
    return pd.concat(parts, ignore_index=True).sort_values("period", kind="stable", ignore_index=True)
