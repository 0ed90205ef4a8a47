"""A bound with the prices that prove it, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....agents.arrays import FloatArray
from ....agents.goods import Family, Good
from .job_branches import Branch


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
class BoundedBranch:
    """Some of the plans, and what none of them exceeds.

    Parameters
    ----------
    jobs : Branch
        What they have in common.
    bound_usd : float
        At least the value of the Lagrangian dual of these plans at the prices.
    goods : tuple of Good
    prices : array of shape (goods,)
    """

    jobs: Branch
    bound_usd: float
    goods: tuple[Good, ...]
    prices: FloatArray

    def as_json(self) -> dict[str, Any]:
        """Jobs by the keys of an instance, null for one that does not run; prices by those of the interface."""
        jobs = {name: None if job is None else job.model_dump(mode="json") for name, job in self.jobs.items()}
        return {"jobs": jobs, "bound_usd": self.bound_usd, "prices": prices_by_kind(self.goods, self.prices)}


@dataclass(frozen=True, eq=False)
class PricedBound:
    """A value of the Lagrangian dual, or the greatest one of branches that have all plans between them.

    Parameters
    ----------
    goods : tuple of Good
    prices : array of shape (goods,)
        Paid to whoever supplies: to sites for inference and jobs, by sites for carbon, on top of the carbon price.
    relaxed_usd : float
        Bound of the linear relaxation, for comparison.
    rounds : tuple of BoundedRound
    branches : tuple of BoundedBranch
        None where the prices alone prove the bound.
    """

    goods: tuple[Good, ...]
    prices: FloatArray
    relaxed_usd: float
    rounds: tuple[BoundedRound, ...]
    branches: tuple[BoundedBranch, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """By the keys of the interface."""
        return {
            "prices": prices_by_kind(self.goods, self.prices),
            "relaxed_usd": self.relaxed_usd,
            "rounds": [vars(one) for one in self.rounds],
            "branches": [one.as_json() for one in self.branches],
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
