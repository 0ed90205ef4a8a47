"""Exchange ADMM: agents answer prices while they stay near targets that would clear."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from .announcement import Announcement, Responses
from .imbalance import relative_imbalances
from .market import FloatArray, Market
from .mechanism import Opening, not_answered, refuse_outside, relative_change


@dataclass(frozen=True, eq=False)
class ADMMState:
    """Prices and surcharges, the clearing trades nearest to the responses, and the weight of each good."""

    market: Market
    prices: FloatArray
    surcharges: FloatArray
    targets: FloatArray
    rho: FloatArray
    allocation: Responses
    dual_residual: float
    round_number: int

    @property
    def announcement(self) -> Announcement:
        """Prices and surcharges, with targets and their weight."""
        return Announcement(self.prices, self.rho, self.targets, self.surcharges)


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
    its own weight ``rho = weight * price scale / volume scale``, or that of a steeper surcharge.

    What an agent reveals: its response near targets that are its own trades less its share of the
    imbalance. Responses hardly move near the end, so they show its cost around the equilibrium; the cost
    itself is asked for by certificates alone.

    Parameters
    ----------
    weight : float
        Common factor of the weights.
    relaxation : float
        Over-relaxation in (0, 2); 1 is plain ADMM.
    rho_rule : RhoRule
        Whether and how the weights change.
    opening_price : float
        Price of every good in the first round, in price scales.
    """

    weight: float = 1.0
    relaxation: float = 1.6
    rho_rule: RhoRule = KeepRho()
    opening_price: float = 0.0
    name: ClassVar[str] = "admm"

    def __post_init__(self) -> None:
        """Refuse settings under which ADMM need not converge."""
        refuse_outside("weight", self.weight, 0, float("inf"))
        refuse_outside("relaxation", self.relaxation, 0, 2)
        refuse_outside("opening_price", self.opening_price, -float("inf"), float("inf"))

    def start(self, market: Market, opening: Opening | None) -> ADMMState:
        """The opening's prices, or the opening price of all goods, and the clearing trades nearest to its trades."""
        cold = Opening(self.opening_price * market.price_scale, np.zeros(len(market.good_of_copy)))
        opening = opening or cold
        excess = market.imbalance(opening.trades) / market.traders
        targets = opening.trades - excess[market.good_of_copy]
        return ADMMState(
            market=market,
            prices=opening.prices,
            surcharges=market.surcharges(targets),
            targets=targets,
            rho=self.weight * slopes(market),
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
            round_number=0,
        )

    def step(self, state: ADMMState, responses: Responses) -> ADMMState:
        """Lower the price of what is supplied in excess; share the imbalance among the traders."""
        market = state.market
        relaxed = self.relaxation * responses.trades + (1 - self.relaxation) * state.targets
        prices, surcharges, targets = _cleared(
            market, state.rho, relaxed - _worth(state) / state.rho[market.good_of_copy]
        )
        pull = state.rho * np.sqrt(market.imbalance((targets - state.targets) ** 2))
        primal = max(relative_imbalances(market, responses.trades).values(), default=0.0)
        dual = relative_change(market, pull, prices)
        number = state.round_number + 1
        return replace(
            state,
            prices=prices,
            surcharges=surcharges,
            targets=targets,
            rho=self.rho_rule.adapt(state.rho, primal, dual, number),
            allocation=responses,
            dual_residual=dual,
            round_number=number,
        )

    def coupling(self, state: ADMMState) -> FloatArray:
        """Douglas-Rachford's variable ``sqrt(rho) * (target - price / rho)`` of every copy, shape (copies,).

        The price of a copy has its surcharge with it. Prices, surcharges and targets can be told from it
        again. The step is an averaged operator of it (Eckstein and Bertsekas, Math. Programming 55, 1992).
        """
        root = np.sqrt(state.rho)[state.market.good_of_copy]
        return root * state.targets - _worth(state) / root

    def at_coupling(self, state: ADMMState, coupling: FloatArray) -> ADMMState:
        """Prices, surcharges and targets that make up a coupling vector."""
        root = np.sqrt(state.rho)[state.market.good_of_copy]
        prices, surcharges, targets = _cleared(state.market, state.rho, coupling / root)
        return replace(state, prices=prices, surcharges=surcharges, targets=targets)

    def is_same_map(self, before: ADMMState, after: ADMMState) -> bool:
        """Another weight is another map."""
        return np.array_equal(before.rho, after.rho)


def _worth(state: ADMMState) -> FloatArray:
    """Price and surcharge of every copy, shape (copies,)."""
    return state.prices[state.market.good_of_copy] + state.surcharges


def _cleared(market: Market, rho: FloatArray, offers: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Proximal step of clearing and of disclosed emissions: prices, surcharges, and targets that clear.

    Offers, of shape (copies,), are trades less price over rho. Targets are the clearing trades that
    lie nearest, when prices and the surcharges that these very trades bring about are counted in.
    """
    copies, disclosed = market.good_of_copy, market.disclosed
    mean = market.imbalance(offers) / market.traders
    yielding = 1 / (market.traders * rho)[disclosed.goods]
    supply = offers[disclosed.supply_copy] - mean[disclosed.goods]
    surcharges = disclosed.surcharges(disclosed.settled_intensities(supply, yielding))
    prices = -rho * mean - market.imbalance(surcharges) / market.traders
    return prices, surcharges, offers + (prices[copies] + surcharges) / rho[copies]


def slopes(market: Market) -> FloatArray:
    """Typical slopes of prices over volumes [$ per unit squared], shape (goods,).

    A surcharge may be steeper than all else, and so is then what its supplier gives for its inputs.
    """
    typical = market.price_scale / market.volume_scale
    disclosed = market.disclosed
    stiffness = disclosed.stiffness(market.price_scale[disclosed.goods])
    typical[disclosed.goods] = np.maximum(typical[disclosed.goods], stiffness * disclosed.mwh_per_unit**2)
    inputs = disclosed.input_goods
    typical[inputs] = np.maximum(typical[inputs], stiffness[disclosed.disclosed_of_input])
    return typical
