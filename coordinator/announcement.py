"""What is said in a round: prices, prices with targets or a request for slope bids; and what agents respond."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..agents.arrays import FloatArray
from .bids import Book, SlopeBid
from .market import Market


def _nothing() -> FloatArray:
    return np.zeros(1)


@dataclass(frozen=True, eq=False)
class Prices:
    """Prices alone: every agent maximises ``(prices + surcharges) @ trades - cost``, its pure best response.

    Parameters
    ----------
    prices : array of shape (goods,)
        In $ per unit of each good.
    surcharges : array of shape (copies,)
        What a taker of a good minds beyond its price [$ per unit], or one number for all; left out: nothing.

    Raises
    ------
    FloatingPointError
        If a number is not finite: the mechanism diverged.
    """

    prices: FloatArray
    surcharges: FloatArray = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Refuse what nobody can answer."""
        _refuse_unless_finite(prices=self.prices, surcharges=self.surcharges)

    @property
    def numbers_per_copy(self) -> int:
        """How many numbers an agent is sent for each of its goods."""
        return 1


@dataclass(frozen=True, eq=False)
class NearTargets:
    """Prices and targets: as `Prices`, less ``rho @ (trades - targets)**2 / 2``.

    Parameters
    ----------
    prices : array of shape (goods,)
    rho : array of shape (copies,)
        Weight of the distance from each target [$ per unit squared], not negative.
    targets : array of shape (copies,)
        In the goods' units, stacked as in `Market`.
    surcharges : array of shape (copies,) or (1,)

    Raises
    ------
    FloatingPointError
        If a number is not finite.
    ValueError
        If a weight is below 0.
    """

    prices: FloatArray
    rho: FloatArray
    targets: FloatArray
    surcharges: FloatArray = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Refuse what nobody can answer."""
        _refuse_unless_finite(prices=self.prices, rho=self.rho, targets=self.targets, surcharges=self.surcharges)
        if (self.rho < 0).any():
            raise ValueError(f"the announced rho is {self.rho.min()} somewhere; numbers from 0 are needed")

    @property
    def numbers_per_copy(self) -> int:
        """A price and a target; weights are sent once."""
        return 2


@dataclass(frozen=True, eq=False)
class BidRequest:
    """Asks every agent to follow the prices one step, and to bid its slope there.

    Parameters
    ----------
    prices : array of shape (goods,)
    price_change : array of shape (goods,)
        Prices less the last ones, which keeps digits that the prices themselves have lost.
    barrier_usd : float
        What keeping away from a limit counts: ``slack * dual`` of every limit is to become this.
    book : Book or None
        The books after the last round; None opens them.
    surcharges : array of shape (copies,) or (1,)

    Raises
    ------
    FloatingPointError
        If a number is not finite.
    """

    prices: FloatArray
    price_change: FloatArray
    barrier_usd: float
    book: Book | None
    surcharges: FloatArray = field(default_factory=_nothing)

    def __post_init__(self) -> None:
        """Refuse what nobody can answer."""
        barrier_usd = np.array(self.barrier_usd)
        _refuse_unless_finite(
            prices=self.prices, price_change=self.price_change, barrier_usd=barrier_usd, surcharges=self.surcharges
        )

    @property
    def numbers_per_copy(self) -> int:
        """A price; how it changed follows from the last one."""
        return 1


Announcement = Prices | NearTargets | BidRequest


def refuse_unless_for(market: Market, announcement: Announcement) -> None:
    """Make sure that there is a number for each good or each copy of a market.

    Raises
    ------
    ValueError
        If an array has another shape; NumPy might spread it over all copies.
    """
    goods, copies = len(market.goods), len(market.good_of_copy)
    if announcement.surcharges.shape != (1,):
        _refuse_unless_shaped("surcharges", announcement.surcharges, "copies", copies)
    _refuse_unless_shaped("prices", announcement.prices, "goods", goods)
    match announcement:
        case NearTargets():
            _refuse_unless_shaped("rho", announcement.rho, "copies", copies)
            _refuse_unless_shaped("targets", announcement.targets, "copies", copies)
        case BidRequest():
            _refuse_unless_shaped("price_change", announcement.price_change, "goods", goods)


def prices_of_copies(market: Market, announcement: Announcement) -> FloatArray:
    """What a unit is worth to the holder of each copy [$ per unit], shape (copies,), made anew."""
    result = announcement.prices.astype(np.float64, copy=False)[market.good_of_copy]
    result += announcement.surcharges
    return result


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


def _refuse_unless_finite(**parts: FloatArray) -> None:
    for name, values in parts.items():
        if not np.isfinite(values).all():
            raise FloatingPointError(f"the announced {name} are not finite")


def _refuse_unless_shaped(name: str, values: FloatArray, of_what: str, count: int) -> None:
    if values.shape != (count,):
        raise ValueError(
            f"the announcement's {name} has the shape {values.shape}; {(count,)} is needed: there are {count} {of_what}"
        )
