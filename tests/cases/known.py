"""A market with its answer on paper, and how to look things up in an allocation."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from walras.agents import Good
from walras.coordinator import Market, Responses


@dataclass(frozen=True)
class Known:
    """Prices and trades are listed where they are unique; welfare is benefits less costs [$]."""

    market: Market
    prices: Mapping[Good, float]
    trades: Mapping[tuple[str, Good], float]
    welfare_usd: float


def trades_of(market: Market, allocation: Responses) -> dict[tuple[str, Good], float]:
    """Every copy by the name of its holder and its good."""
    return {
        (market.agents[agent].name, market.goods[good]): float(quantity)
        for agent, good, quantity in zip(market.agent_of_copy, market.good_of_copy, allocation.trades, strict=True)
    }


def assert_solves(known: Known, prices, allocation: Responses, *, rel: float) -> None:
    """Compare prices, trades and welfare with the answer, to a relative tolerance."""
    found_prices = dict(zip(known.market.goods, prices, strict=True))
    found_trades = trades_of(known.market, allocation)
    for good, price in known.prices.items():
        size = abs(price) + known.market.scales[good].price
        assert found_prices[good] == pytest.approx(price, abs=rel * size), f"price of {good}"
    for copy, quantity in known.trades.items():
        size = abs(quantity) + known.market.scales[copy[1]].volume
        assert found_trades[copy] == pytest.approx(quantity, abs=rel * size), f"trade of {copy[0]} in {copy[1]}"
    assert -allocation.costs.sum() == pytest.approx(known.welfare_usd, rel=10 * rel)
