"""Bilateral prices beside those of a pool, at alpha = 1, where cost alone counts."""

from __future__ import annotations

import pandas as pd

from ..scenario.market_builder import build_market
from .lookup import Cases, at
from .paper_settings import SETTINGS
from .pool import pool
from .printed import SCHEMES


def pool_equivalence(cases: Cases) -> pd.DataFrame:
    """Hold the nodal prices of both sides at alpha = 1 against those of the pool.

    Returns
    -------
    DataFrame
        One row for each setting, scheme and side: the largest differences of a nodal price and of the price
        of workload [$/MWh], and that of system CO2 [t]. Empty if alpha = 1 is not among the cases.

    Raises
    ------
    RuntimeError
        If the pool cannot be solved.
    """
    records = []
    for setting in cases.settings:
        market = build_market(SETTINGS[setting].at(1.0))
        expected = pool(market)
        (work,) = set(expected.workload_price_usd_per_mwh)
        for scheme in SCHEMES:
            for side in ("monolith", "decomposed"):
                rows = cases.spot(setting, scheme, side)
                if 1.0 not in rows.index:
                    continue
                row = at(rows, 1.0)
                prices = [
                    abs(price - float(row[f"price_usd_per_mwh.{bus}"]))
                    for bus, price in expected.price_usd_per_mwh.items()
                ]
                work_price = float(row[f"workload_price_usd_per_mwh.{work}"])
                records.append(
                    {
                        "setting": setting,
                        "disclosure": scheme,
                        "side": side,
                        "price_difference_usd_per_mwh": max(prices),
                        "workload_price_difference_usd_per_mwh": abs(
                            work_price - expected.workload_price_usd_per_mwh[work]
                        ),
                        "co2_difference_t": abs(float(row["co2_t.system"]) - expected.co2_t),
                    }
                )
    return pd.DataFrame(records)
