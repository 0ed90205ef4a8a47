"""What is said in a round: the coordinator's announcement and the agents' responses."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from ..agents.arrays import FloatArray, IntArray
from .bids import BidRequest, SlopeBid
from .market import Market


class Part(StrEnum):
    """What an announcement may hold beside prices."""

    TARGETS = "targets"
    SURCHARGES = "surcharges"
    SLOPES = "slopes"


@dataclass(frozen=True, eq=False)
class Announcement:
    """What every agent is told.

    It maximises ``(prices + surcharges) @ trades - cost - rho @ (trades - targets)**2 / 2``.

    Parameters
    ----------
    prices : array of shape (goods,)
        In $ per unit of each good.
    rho : array of shape (copies,)
        Weight of the distance from each target [$ per unit squared]; zeros ask for a pure best response.
    targets : array of shape (copies,)
        In the goods' units, stacked as in `Market`.
    surcharges : array of shape (copies,)
        What a taker of a good minds beyond its price [$ per unit], or one number for all; left out: nothing.
    request : BidRequest or None
        Asks for a step toward the best response, and a slope there, instead of an answer near targets.

    Raises
    ------
    FloatingPointError
        If a number is not finite: the mechanism diverged.
    """

    prices: FloatArray
    rho: FloatArray
    targets: FloatArray
    surcharges: FloatArray = field(default_factory=lambda: np.zeros(1))
    request: BidRequest | None = None

    def __post_init__(self) -> None:
        """Refuse what nobody can answer."""
        for name in ("prices", "rho", "targets", "surcharges"):
            if not np.isfinite(getattr(self, name)).all():
                raise FloatingPointError(f"the announced {name} are not finite")

    def refuse_unless_for(self, market: Market) -> None:
        """Make sure that there is a number for each good or each copy of a market.

        Raises
        ------
        ValueError
            If an array has another shape; NumPy might spread it over all copies.
        """
        goods, copies = len(market.goods), len(market.good_of_copy)
        if self.prices.shape != (goods,):
            raise _refusal("prices", self.prices, "goods", goods)
        if self.rho.shape != (copies,):
            raise _refusal("rho", self.rho, "copies", copies)
        if self.targets.shape != (copies,):
            raise _refusal("targets", self.targets, "copies", copies)
        if self.surcharges.shape not in ((1,), (copies,)):
            raise _refusal("surcharges", self.surcharges, "copies", copies)
        if self.request is not None and self.request.price_change.shape != (goods,):
            raise _refusal("request.price_change", self.request.price_change, "goods", goods)

    def prices_of_copies(self, good_of_copy: IntArray) -> FloatArray:
        """What a unit is worth to the holder of each copy [$ per unit], shape (copies,)."""
        result = self.prices.astype(np.float64, copy=False)[good_of_copy]
        result += self.surcharges
        return result

    @property
    def is_pure(self) -> bool:
        """Whether the prices alone are announced."""
        return self.request is None and not self.rho.any()

    @property
    def numbers_per_copy(self) -> int:
        """How many numbers an agent is sent for each of its goods: a price, and a target where it counts."""
        return 1 if self.is_pure or self.request is not None else 2


def _refusal(name: str, values: FloatArray, of_what: str, count: int) -> ValueError:
    return ValueError(
        f"the announcement's {name} has the shape {values.shape}; {(count,)} is needed: there are {count} {of_what}"
    )


@dataclass(frozen=True, eq=False)
class Responses:
    """What all agents answer.

    Parameters
    ----------
    trades : array of shape (copies,)
        Stacked as in `Market`.
    costs : array of shape (agents,)
        Each agent's own cost of its trades [$], without prices and distances.
    bid : SlopeBid or None
        Slopes, where a request asked for them.
    """

    trades: FloatArray
    costs: FloatArray
    bid: SlopeBid | None = None

    @property
    def numbers(self) -> int:
        """How many numbers the agents send."""
        return len(self.trades) + (0 if self.bid is None else self.bid.numbers)
