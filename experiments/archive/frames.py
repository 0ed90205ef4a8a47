"""Tables of a run as DataFrames: prices, trades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...agents.goods import Good
from ...coordinator.announcement import Responses
from ...coordinator.run import Run

if TYPE_CHECKING:
    import pandas as pd


def prices_frame(run: Run, period: int) -> pd.DataFrame:
    """Prices of the watched goods of one hour in every round, and of all goods in the best round (`is_final`).

    Where nothing was watched in that hour, which is counted from 0, the first that was is there instead.
    """
    # A run without a folder does without pandas, which takes a quarter of a second to import.
    import pandas as pd

    periods = {good.period for good in run.watched}
    shown = period if period in periods else min(periods, default=period)
    columns = pd.DataFrame([_describe(good) for good in run.market.goods])
    final = columns.assign(round=run.best.number, price=run.best.prices, is_final=True)
    watched = [
        pd.DataFrame([_describe(good)] * len(run.records)).assign(
            round=[record.round for record in run.records],
            price=run.watched_prices[:, position],
            is_final=False,
        )
        for position, good in enumerate(run.watched)
        if good.period == shown
    ]
    return pd.concat([*watched, final], ignore_index=True)


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
