"""The comparison of a decomposed result with the monolith's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.producer import Producer
from ...coordinator.market import Market
from ...coordinator.measures.turnover import least_turnover_usd
from .result import Result, Series


@dataclass(frozen=True)
class Difference:
    """Largest absolute differences, and that of welfare relative to turnover.

    `generation_mwh` covers the units whose marginal cost rises: with constant marginal cost
    generation is not unique.
    """

    welfare_relative: float
    price_usd_per_mwh: float
    demand_mwh: float
    generation_mwh: float


def compare(market: Market, decomposed: Result, monolith: Result) -> Difference:
    """Hold a decomposed result against the equilibrium of the same market."""
    rising = {
        agent.name for agent in market.agents if isinstance(agent, Producer) and agent.cost_slope_usd_per_mwh2 > 0
    }
    gap_usd = abs(decomposed.welfare_usd - monolith.welfare_usd)
    scale_usd = max(monolith.turnover_usd, least_turnover_usd(market))
    return Difference(
        welfare_relative=gap_usd / scale_usd if scale_usd > 0 else gap_usd,
        price_usd_per_mwh=_largest(decomposed.price_usd_per_mwh, monolith.price_usd_per_mwh),
        demand_mwh=_largest(decomposed.demand_mwh, monolith.demand_mwh),
        generation_mwh=_largest(
            {name: series for name, series in decomposed.generation_mwh.items() if name in rising},
            {name: series for name, series in monolith.generation_mwh.items() if name in rising},
        ),
    )


def _largest(one: Series, other: Series) -> float:
    if one.keys() != other.keys():
        raise ValueError(f"the results cover {sorted(one)} and {sorted(other)}; both must cover the same")
    return max((float(np.abs(np.subtract(one[key], other[key])).max(initial=0.0)) for key in one), default=0.0)
