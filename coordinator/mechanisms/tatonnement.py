"""Tatonnement: prices move against the imbalance of pure best responses."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from ...agents.arrays import FloatArray
from ..announcement import Prices, Responses
from ..market import Market
from ..mechanism import Opening, not_answered, refuse_outside, relative_change


@dataclass(frozen=True, eq=False)
class TatonnementState:
    """Prices of the allocation and the next ones, the step of each good, and the last imbalance."""

    market: Market
    prices: FloatArray
    next_prices: FloatArray
    steps: FloatArray
    imbalance: FloatArray
    allocation: Responses
    dual_residual: float
    round_number: int

    @property
    def announcement(self) -> Prices:
        """The next prices alone, with the surcharges of the last trades."""
        return Prices(self.next_prices, self.market.surcharges(self.allocation.trades))


class StepRule(Protocol):
    """How large the next step of each good is, as a share of price scale over volume scale."""

    @property
    def name(self) -> str:
        """Name in tables."""
        ...

    def start(self, goods: int) -> FloatArray:
        """Steps before the first round, shape (goods,)."""
        ...

    def adapt(self, steps: FloatArray, old: FloatArray, new: FloatArray, round_number: int) -> FloatArray:
        """Steps after imbalances `old` and `new`, all of shape (goods,)."""
        ...


@dataclass(frozen=True)
class FixedStep:
    """The same step in every round."""

    size: float = 0.01
    name: ClassVar[str] = "fixed"

    def __post_init__(self) -> None:
        """Refuse a step that leads nowhere."""
        refuse_outside("size", self.size, 0, float("inf"))

    def start(self, goods: int) -> FloatArray:
        """One size for all goods."""
        return np.full(goods, self.size)

    def adapt(self, steps: FloatArray, old: FloatArray, new: FloatArray, round_number: int) -> FloatArray:
        """Change nothing."""
        return steps


@dataclass(frozen=True)
class DiminishingStep:
    """Steps ``size / round ** power``: not summable, yet vanishing (Shor 1985)."""

    size: float = 0.1
    power: float = 0.6
    name: ClassVar[str] = "diminishing"

    def __post_init__(self) -> None:
        """Refuse powers whose steps add up to a finite path or do not vanish."""
        refuse_outside("size", self.size, 0, float("inf"))
        if not 0 < self.power <= 1:
            raise ValueError(f"power is {self.power}; a number above 0 and up to 1 is needed")

    def start(self, goods: int) -> FloatArray:
        """The first step in full."""
        return np.full(goods, self.size)

    def adapt(self, steps: FloatArray, old: FloatArray, new: FloatArray, round_number: int) -> FloatArray:
        """Shrink with the count of rounds alone."""
        return np.full_like(steps, self.size / (round_number + 1) ** self.power)


@dataclass(frozen=True)
class AdaptiveStep:
    """Steps of each good that grow while its imbalance keeps its sign and shrink when it turns.

    Jacobs, "Increased rates of convergence through learning rate adaptation", Neural Networks 1, 1988.
    """

    size: float = 0.01
    growth: float = 1.1
    shrinkage: float = 0.5
    largest: float = 0.1
    name: ClassVar[str] = "adaptive"

    def __post_init__(self) -> None:
        """Refuse steps that do not grow, shrink, and stay bounded."""
        refuse_outside("size", self.size, 0, float("inf"))
        refuse_outside("growth", self.growth, 1, float("inf"))
        refuse_outside("shrinkage", self.shrinkage, 0, 1)
        refuse_outside("largest", self.largest, 0, float("inf"))

    def start(self, goods: int) -> FloatArray:
        """One size for all goods."""
        return np.full(goods, self.size)

    def adapt(self, steps: FloatArray, old: FloatArray, new: FloatArray, round_number: int) -> FloatArray:
        """Compare the signs of the last two imbalances."""
        turned = old * new < 0
        kept = old * new > 0
        factors = np.where(turned, self.shrinkage, np.where(kept, self.growth, 1.0))
        return np.minimum(steps * factors, self.largest)


@dataclass(frozen=True)
class Tatonnement:
    """Raise the price of what is short, lower the price of what is in excess (Walras 1874).

    The price of good i moves by ``-step_i * price scale_i / volume scale_i * imbalance_i``. Agents
    with constant marginal cost answer with all or nothing, so prices that would clear make them
    jump: on markets like RTS-24 it oscillates, and says so.

    What an agent reveals: its best response to every price announced, one point of its supply or demand
    after another. The cost is asked for by certificates alone.
    """

    step_rule: StepRule = DiminishingStep()
    announces: ClassVar[type[Prices]] = Prices

    @property
    def name(self) -> str:
        """Name with the step rule."""
        return f"tatonnement ({self.step_rule.name} step)"

    def start(self, market: Market, opening: Opening) -> TatonnementState:
        """The opening's prices."""
        goods = len(market.goods)
        return TatonnementState(
            market=market,
            prices=opening.prices,
            next_prices=opening.prices,
            steps=self.step_rule.start(goods),
            imbalance=np.zeros(goods),
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
            round_number=0,
        )

    def step(self, state: TatonnementState, responses: Responses) -> TatonnementState:
        """Move every price against its imbalance."""
        market = state.market
        imbalance = market.imbalance(responses.trades)
        steps = self.step_rule.adapt(state.steps, state.imbalance, imbalance, state.round_number)
        change = -steps * market.price_scale / market.volume_scale * imbalance
        next_prices = state.next_prices + change
        return replace(
            state,
            prices=state.next_prices,
            next_prices=next_prices,
            steps=steps,
            imbalance=imbalance,
            allocation=responses,
            dual_residual=relative_change(market, change, next_prices),
            round_number=state.round_number + 1,
        )
