"""Ask one agent what it would do."""

import numpy as np

from walras.agents import Agent, Good
from walras.coordinator import Executor, Market, NearTargets, Prices, Scale


def answer(
    agent: Agent,
    executor: Executor,
    prices: dict[Good, float],
    *,
    rho: float | dict[Good, float] = 0.0,
    targets: dict[Good, float] | None = None,
) -> tuple[dict[Good, float], float]:
    """Trades by good, and cost, of the response to prices, or near targets if they are weighted."""
    goods = agent.declare().goods
    market = Market((agent,), {good: Scale(10.0 * good.mwh_per_unit, 10.0 / good.mwh_per_unit) for good in goods})
    announced = np.array([prices[good] for good in market.goods])
    announcement = Prices(announced)
    if rho:
        wanted = targets or dict.fromkeys(goods, 0.0)
        weights = rho if isinstance(rho, dict) else dict.fromkeys(goods, rho)
        announcement = NearTargets(
            announced, np.array([weights[good] for good in goods]), np.array([wanted[good] for good in goods])
        )
    responses = executor.compile(market)(announcement)
    return dict(zip(goods, responses.trades.tolist(), strict=True)), float(responses.costs[0])
