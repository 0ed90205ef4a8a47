"""Exchange ADMM: agents answer prices while they stay near targets that would clear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from .announcement import Announcement, Responses
from .imbalance import relative_imbalances
from .market import FloatArray, Market
from .mechanism import no_trade, refuse_outside, relative_change


@dataclass(frozen=True, eq=False)
class ADMMState:
    """Prices, the clearing trades nearest to the responses, and the weight of each good."""

    market: Market
    prices: FloatArray
    targets: FloatArray
    rho: FloatArray
    allocation: Responses
    dual_residual: float
    round_number: int

    @property
    def announcement(self) -> Announcement:
        """Prices with targets and their weight."""
        return Announcement(self.prices, self.rho, self.targets)


class RhoRule(Protocol):
    """How the weights of the goods change from round to round."""

    def adapt(self, rho: FloatArray, primal: float, dual: float, round_number: int) -> FloatArray:
        """Weights of shape (goods,) after relative residuals `primal` and `dual`."""
        ...


@dataclass(frozen=True)
class KeepRho:
    """The weights stay as they are."""

    def adapt(self, rho: FloatArray, primal: float, dual: float, round_number: int) -> FloatArray:
        """Change nothing."""
        return rho


@dataclass(frozen=True)
class BalanceResiduals:
    """All weights rise while trades lag behind prices and fall while prices lag behind trades.

    Boyd et al. (2011), section 3.4.1, with relative residuals (Wohlberg 2017). It acts every few
    rounds, since new weights cost a factorisation, and at last stops, so that ADMM converges.

    Parameters
    ----------
    every, until : int
        Rounds between two changes, and the last round that may change anything.
    ratio : float
        Imbalance of the residuals that is left alone.
    factor : float
        Size of a change.
    """

    every: int = 25
    until: int = 500
    ratio: float = 5.0
    factor: float = 1.5

    def __post_init__(self) -> None:
        """Refuse rules that never act or act backwards."""
        refuse_outside("every", self.every, 0, float("inf"))
        refuse_outside("ratio", self.ratio, 1, float("inf"))
        refuse_outside("factor", self.factor, 1, float("inf"))

    def adapt(self, rho: FloatArray, primal: float, dual: float, round_number: int) -> FloatArray:
        """Multiply or divide all weights by the factor."""
        if round_number % self.every or round_number > self.until:
            return rho
        if primal > self.ratio * dual:
            return rho * self.factor
        if dual > self.ratio * primal:
            return rho / self.factor
        return rho


@dataclass(frozen=True)
class ADMM:
    """Alternating direction method of multipliers in exchange form.

    Boyd, Parikh, Chu, Peleato and Eckstein, "Distributed optimization and statistical learning via
    the alternating direction method of multipliers", 2011, sections 3.4.3 and 7.3.2. Every good has
    its own weight ``rho = weight * price scale / volume scale``.

    Parameters
    ----------
    weight : float
        Common factor of the weights.
    relaxation : float
        Over-relaxation in (0, 2); 1 is plain ADMM.
    rho_rule : RhoRule
        Whether and how the weights change.
    """

    weight: float = 1.0
    relaxation: float = 1.6
    rho_rule: RhoRule = KeepRho()
    name: ClassVar[str] = "admm"

    def __post_init__(self) -> None:
        """Refuse settings under which ADMM need not converge."""
        refuse_outside("weight", self.weight, 0, float("inf"))
        refuse_outside("relaxation", self.relaxation, 0, 2)

    def start(self, market: Market) -> ADMMState:
        """Zero prices and no trade."""
        return ADMMState(
            market=market,
            prices=np.zeros(len(market.goods)),
            targets=np.zeros(len(market.good_of_copy)),
            rho=self.weight * market.price_scale / market.volume_scale,
            allocation=no_trade(market),
            dual_residual=float("inf"),
            round_number=0,
        )

    def step(self, state: ADMMState, responses: Responses) -> ADMMState:
        """Lower the price of what is supplied in excess; share the imbalance among the traders."""
        market = state.market
        relaxed = self.relaxation * responses.trades + (1 - self.relaxation) * state.targets
        excess = market.imbalance(relaxed) / market.traders
        targets = relaxed - excess[market.good_of_copy]
        pull = state.rho * np.sqrt(market.imbalance((targets - state.targets) ** 2))
        prices = state.prices - state.rho * excess
        primal = max(relative_imbalances(market, responses.trades).values(), default=0.0)
        dual = relative_change(market, pull, prices)
        number = state.round_number + 1
        return replace(
            state,
            prices=prices,
            targets=targets,
            rho=self.rho_rule.adapt(state.rho, primal, dual, number),
            allocation=responses,
            dual_residual=dual,
            round_number=number,
        )
