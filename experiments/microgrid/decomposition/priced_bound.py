"""A bound with the prices that prove it, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....agents.arrays import FloatArray
from ....agents.goods import Family, Good


@dataclass(frozen=True)
class BoundedRound:
    """Figures of a round [$]: dual value at its prices, least bound and best benefit by then (None without a schedule).

    Seconds count from the beginning.
    """

    round: int
    dual_usd: float
    bound_usd: float
    benefit_usd: float | None
    seconds: float


@dataclass(frozen=True, eq=False)
class PricedBound:
    """A value of the Lagrangian dual.

    Parameters
    ----------
    goods : tuple of Good
    prices : array of shape (goods,)
        Paid to whoever supplies: to sites for inference and jobs, by sites for carbon, on top of the carbon price.
    relaxed_usd : float
        Bound of the linear relaxation, for comparison.
    rounds : tuple of BoundedRound
    """

    goods: tuple[Good, ...]
    prices: FloatArray
    relaxed_usd: float
    rounds: tuple[BoundedRound, ...]

    def as_json(self) -> dict[str, Any]:
        """By the keys of the interface."""
        return {
            "prices": prices_by_kind(self.goods, self.prices),
            "relaxed_usd": self.relaxed_usd,
            "rounds": [vars(one) for one in self.rounds],
        }


def prices_by_kind(goods: tuple[Good, ...], prices: FloatArray) -> dict[str, Any]:
    """Prices of inference by region and class, slot by slot, of jobs, and of carbon, by the keys of the interface."""
    inference: dict[str, dict[str, list[float]]] = {}
    jobs: dict[str, float] = {}
    carbon = 0.0
    # Goods are sorted: slots of a region and class follow one another.
    for good, price in zip(goods, prices.tolist(), strict=True):
        match good.family:
            case Family.INFERENCE:
                region, _, name = good.buyer.rpartition(", ")
                inference.setdefault(region, {}).setdefault(name, []).append(price)
            case Family.TRAINING:
                jobs[good.buyer] = price
            case Family.CARBON:
                carbon = price
    return {"inference_usd_per_mwh": inference, "job_usd": jobs, "carbon_usd_per_t": carbon}
