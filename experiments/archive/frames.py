"""Tables of a run as DataFrames: prices, trades."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...agents.goods import Good
from ...coordinator.announcement import Responses
from ...coordinator.run import Run

if TYPE_CHECKING:
    import pandas as pd


# Prices over the rounds that are kept; of longer runs those of one hour are.
_MOST_PRICES = 250_000


def prices_frame(run: Run, period: int) -> pd.DataFrame:
    """Prices of the watched goods in every round, and of all goods in the best round (`is_final`).

    Of more than 250,000 those of one hour, which is counted from 0; where nothing was watched in it, those of the first
    that was.
    """
    # A run without a folder does without pandas, which takes a quarter of a second to import.
    import pandas as pd

    periods = {good.period for good in run.watched}
    one_hour = {period if period in periods else min(periods, default=period)}
    kept = periods if run.watched_prices.size <= _MOST_PRICES else one_hour
    places = [place for place, good in enumerate(run.watched) if good.period in kept]
    columns = pd.DataFrame([_describe(good) for good in run.market.goods])
    final = columns.assign(round=run.best.number, price=run.best.prices, is_final=True)
    watched = columns.iloc[np.repeat(run.market.positions([run.watched[place] for place in places]), len(run.records))]
    over_rounds = watched.assign(
        round=np.tile([record.round for record in run.records], len(places)),
        price=run.watched_prices[:, places].T.ravel(),
        is_final=False,
    )
    return pd.concat([over_rounds, final], ignore_index=True)


def trades_frame(run: Run, allocation: Responses) -> pd.DataFrame:
    """Who takes what from whom in the allocation that is shown: one row for each good and each taker.

    Prices are those of the best round. A producer takes wheeling to its customers and gives it back at
    its own bus: a negative quantity.
    """
    import pandas as pd

    market = run.market
    rows = []
    for agent, goods, copies in zip(market.agents, market.goods_of_agents, market.copies_of_agents, strict=True):
        for good, quantity in zip(goods, allocation.trades[copies].tolist(), strict=True):
            if agent.name != good.seller:
                price = float(run.best.prices[market.good_index[good]])
                rows.append({**_describe(good), "buyer": agent.name, "quantity": -quantity, "price": price})
    columns = ["period", "good", "kind", "seller", "buyer", "quantity", "price", "unit"]
    return pd.DataFrame(rows, columns=columns)


def _describe(good: Good) -> dict[str, str | int]:
    return {
        "good": str(good),
        "parties": good.parties,
        "kind": str(good.family),
        "seller": good.seller,
        "buyer": good.buyer,
        "period": good.period,
        "unit": good.unit,
    }
