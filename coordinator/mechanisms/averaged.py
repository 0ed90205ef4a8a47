"""Averaging: judge the mean of all rounds instead of the last one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

from ...agents.arrays import FloatArray
from ..announcement import Announcement, Responses
from ..market import Market
from ..mechanism import Mechanism, Opening, S, relative_change


@dataclass(frozen=True, eq=False)
class AveragedState(Generic[S]):
    """The state of the inner mechanism, and the running means."""

    inner: S
    prices: FloatArray
    allocation: Responses
    dual_residual: float
    round_number: int

    @property
    def market(self) -> Market:
        """Market of the inner mechanism."""
        return self.inner.market

    @property
    def announcement(self) -> Announcement:
        """What the inner mechanism says."""
        return self.inner.announcement


@dataclass(frozen=True)
class Averaged(Generic[S]):
    """Ergodic means of prices and responses, weighted by the round's number.

    Means of subgradient responses approach clearing where single responses jump (Nedic and Ozdaglar,
    "Approximate primal solutions and rate analysis for dual subgradient methods", SIAM J. Optim.
    19(4), 2009). Costs are averaged too: an upper bound of the cost of the mean, so regrets are too.

    What an agent reveals: what the inner mechanism asks for; the means are the coordinator's.
    """

    inner: Mechanism[S]

    @property
    def name(self) -> str:
        """Name of the inner mechanism, marked."""
        return f"averaged {self.inner.name}"

    @property
    def announces(self) -> type[Announcement]:
        """What the inner mechanism announces."""
        return self.inner.announces

    def start(self, market: Market, opening: Opening) -> AveragedState[S]:
        """No rounds to average yet."""
        inner = self.inner.start(market, opening)
        return AveragedState(inner, inner.prices, inner.allocation, float("inf"), 0)

    def step(self, state: AveragedState[S], responses: Responses) -> AveragedState[S]:
        """Step the inner mechanism and take its round into the means."""
        inner = self.inner.step(state.inner, responses)
        number = state.round_number + 1
        share = 2 / (number + 1)
        prices = state.prices + share * (inner.prices - state.prices)
        mean = state.allocation
        allocation = Responses(
            mean.trades + share * (inner.allocation.trades - mean.trades),
            mean.costs + share * (inner.allocation.costs - mean.costs),
        )
        residual = relative_change(inner.market, prices - state.prices, prices)
        return AveragedState(inner, prices, allocation, residual, number)
