"""Exchange ADMM: agents answer prices while they stay near targets that would clear."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from ...agents.arrays import FloatArray
from ..announcement import NearTargets, Responses
from ..market import Market
from ..measures.imbalance import relative_imbalances
from ..mechanism import Opening, not_answered, refuse_outside, relative_change
from .rho_rules import PrimalWeight, Progress, RhoRule
from .weights import slopes


@dataclass(frozen=True, eq=False)
class ADMMState:
    """Prices and surcharges, the clearing trades nearest to the responses, and the weight of each copy."""

    market: Market
    prices: FloatArray
    surcharges: FloatArray
    targets: FloatArray
    rho: FloatArray
    allocation: Responses
    dual_residual: float
    round_number: int

    @property
    def announcement(self) -> NearTargets:
        """Prices and surcharges, with targets and their weight."""
        return NearTargets(self.prices, self.rho, self.targets, self.surcharges)


@dataclass(frozen=True)
class ADMM:
    """Alternating direction method of multipliers in exchange form.

    Boyd, Parikh, Chu, Peleato and Eckstein, "Distributed optimization and statistical learning via
    the alternating direction method of multipliers", 2011, sections 3.4.3 and 7.3.2. Every copy has a
    weight of its own, `slopes`, and a common factor that the rule finds.

    What an agent reveals: its response near targets that are its own trades less its share of the
    imbalance, and once the typical sizes of its trades. Responses hardly move near the end, so they show
    its cost around the equilibrium; the cost itself is asked for by certificates alone.

    Parameters
    ----------
    weight : float
        Common factor of the first weights.
    relaxation : float
        Over-relaxation in (0, 2); 1 is plain ADMM.
    rho_rule : RhoRule
        Whether and how the weights change.
    opening_price : float
        Price of every good in the first round, in price scales, where the opening is cold.
    """

    weight: float = 1.0
    relaxation: float = 1.6
    rho_rule: RhoRule = field(default_factory=PrimalWeight)
    opening_price: float = 0.0
    name: ClassVar[str] = "admm"
    announces: ClassVar[type[NearTargets]] = NearTargets

    def __post_init__(self) -> None:
        """Refuse settings under which ADMM need not converge."""
        refuse_outside("weight", self.weight, 0, float("inf"))
        refuse_outside("relaxation", self.relaxation, 0, 2)
        refuse_outside("opening_price", self.opening_price, -float("inf"), float("inf"))

    def start(self, market: Market, opening: Opening) -> ADMMState:
        """The opening's prices, or the opening price of all goods, and the clearing trades nearest to its trades."""
        prices = self.opening_price * market.price_scale if opening.is_cold else opening.prices
        rho = self.weight * slopes(market)
        targets = opening.trades - market.imbalance(opening.trades)[market.good_of_copy] * _shares(market, rho)
        state = ADMMState(
            market=market,
            prices=prices,
            surcharges=market.surcharges(targets),
            targets=targets,
            rho=rho,
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
            round_number=0,
        )
        return self._adapted(state, primal=float("inf"))

    def step(self, state: ADMMState, responses: Responses) -> ADMMState:
        """Lower the price of what is supplied in excess; share the imbalance among the traders."""
        market = state.market
        relaxed = self.relaxation * responses.trades + (1 - self.relaxation) * state.targets
        prices, surcharges, targets = _cleared(market, state.rho, relaxed - _worth(state) / state.rho)
        pull = np.sqrt(market.imbalance((state.rho * (targets - state.targets)) ** 2))
        primal = max(relative_imbalances(market, responses.trades).values(), default=0.0)
        stepped = replace(
            state,
            prices=prices,
            surcharges=surcharges,
            targets=targets,
            allocation=responses,
            dual_residual=relative_change(market, pull, prices),
            round_number=state.round_number + 1,
        )
        return self._adapted(stepped, primal)

    def _adapted(self, state: ADMMState, primal: float) -> ADMMState:
        root = np.sqrt(state.rho)
        progress = Progress(
            round_number=state.round_number,
            primal=primal,
            dual=state.dual_residual,
            volume=float(np.linalg.norm(root * state.allocation.trades)),
            worth=float(np.linalg.norm(_worth(state) / root)),
        )
        return replace(state, rho=self.rho_rule.adapt(state.rho, progress))

    def coupling(self, state: ADMMState) -> FloatArray:
        """Douglas-Rachford's variable ``sqrt(rho) * (target - price / rho)`` of every copy, shape (copies,).

        The price of a copy has its surcharge with it. Prices, surcharges and targets can be told from it
        again. The step is an averaged operator of it (Eckstein and Bertsekas, Math. Programming 55, 1992).
        """
        root = np.sqrt(state.rho)
        return root * state.targets - _worth(state) / root

    def at_coupling(self, state: ADMMState, coupling: FloatArray) -> ADMMState:
        """Prices, surcharges and targets that make up a coupling vector."""
        root = np.sqrt(state.rho)
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
    shares = _shares(market, rho)
    excess = market.imbalance(offers)
    supply = offers[disclosed.supply_copy] - (shares * excess[copies])[disclosed.supply_copy]
    yielding = shares[disclosed.supply_copy][disclosed.disclosed_of_taker] / rho[disclosed.taker_copies]
    surcharges = disclosed.surcharges(disclosed.settled_intensities(supply, yielding))
    prices = -(excess + market.imbalance(surcharges / rho)) / market.imbalance(1 / rho)
    return prices, surcharges, offers + (prices[copies] + surcharges) / rho


def _shares(market: Market, rho: FloatArray) -> FloatArray:
    """Share of each copy in what its good's copies yield together to its price, shape (copies,)."""
    return 1 / (rho * market.imbalance(1 / rho)[market.good_of_copy])
