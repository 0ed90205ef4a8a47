"""What every price mechanism is: a first announcement, and a rule for the next one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np

from ..agents.arrays import FloatArray
from .announcement import Announcement, NearTargets, Responses
from .market import Market

# Metadata of a field of a state with a default: checkpoints leave it out, since the next step makes it again.
MADE_AGAIN = {"is_made_again": True}


@dataclass(frozen=True, eq=False)
class Opening:
    """Where the first announcement starts from.

    Parameters
    ----------
    prices : array of shape (goods,)
    trades : array of shape (copies,)
    """

    prices: FloatArray
    trades: FloatArray

    @property
    def is_cold(self) -> bool:
        """Whether it knows neither prices nor trades."""
        return not self.prices.any() and not self.trades.any()


class State(Protocol):
    """Where a mechanism stands between two rounds."""

    @property
    def market(self) -> Market:
        """The market it works on."""
        ...

    @property
    def announcement(self) -> Announcement:
        """What it says next."""
        ...

    @property
    def prices(self) -> FloatArray:
        """Prices of the allocation, shape (goods,)."""
        ...

    @property
    def allocation(self) -> Responses:
        """The trades that it stands for; before the first round, none."""
        ...

    @property
    def dual_residual(self) -> float:
        """How far the announcement moved in the last round, relative to the prices."""
        ...


S = TypeVar("S", bound=State)


@runtime_checkable
class Mechanism(Protocol[S]):
    """Frozen settings with two functions; the state is apart."""

    @property
    def name(self) -> str:
        """Name in tables."""
        ...

    @property
    def announces(self) -> type[Announcement]:
        """The type of its announcements: executors must be able to answer it."""
        ...

    def start(self, market: Market, opening: Opening) -> S:
        """State before the first round.

        Raises
        ------
        AgentError
            If the market discloses intensities and the mechanism knows no surcharges.
        """
        ...

    def step(self, state: S, responses: Responses) -> S:
        """State after the agents have answered the announcement of `state`."""
        ...


def cold_opening(market: Market) -> Opening:
    """Zero prices and no trade."""
    return Opening(np.zeros(len(market.goods)), np.zeros(len(market.good_of_copy)))


def not_answered(market: Market, opening: Opening) -> Responses:
    """The allocation before anybody has answered."""
    return Responses(opening.trades, np.zeros(len(market.agents)))


def refuse_outside(name: str, value: float, above: float, below: float) -> None:
    """Raise ValueError unless a setting lies strictly between two numbers."""
    if not above < value < below:
        raise ValueError(f"{name} is {value}; a number above {above:g} and below {below:g} is needed")


def relative_change(market: Market, change: FloatArray, prices: FloatArray) -> float:
    """Largest 2-norm of a change of prices in a family, relative to its prices.

    Parameters
    ----------
    change, prices : arrays of shape (goods,)

    Returns
    -------
    float
        Prices below the family's price scale do not shrink the denominator.
    """
    scale = np.maximum(market.norms_of_families(prices), market.price_scale_of_families)
    return float((market.norms_of_families(change) / scale).max(initial=0.0))


def nearness_residual(market: Market, announcement: NearTargets, responses: Responses, prices: FloatArray) -> float:
    """How far responses near targets are from best ones at some prices, relative to these.

    A response is a best one at the announced price less the weighted way from its target.

    Parameters
    ----------
    prices : array of shape (goods,)
    """
    copies = market.good_of_copy
    pull = announcement.rho * (responses.trades - announcement.targets)
    off = (announcement.prices - prices)[copies] - pull
    return relative_change(market, np.sqrt(market.imbalance(off**2)), prices)
