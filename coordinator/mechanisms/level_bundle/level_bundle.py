"""Level bundle: every answer stays a cut of the agents' profits, and prices go to a level of what cuts show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ....agents.arrays import FloatArray
from ...announcement import Prices, Responses
from ...market import Market
from ...measures.turnover import least_turnover_usd, turnover_usd
from ...mechanism import Opening, not_answered, refuse_outside, relative_change
from .cuts import Cuts
from .profit_model import ProfitModel

# The box may double up to this many price scales: beyond, linear programmes lose their digits.
_WIDEST = 1e6


@dataclass(frozen=True, eq=False)
class LevelBundleState:
    """The best prices so far, those on trial, the cuts, and the box that holds the model.

    Parameters
    ----------
    prices : array of shape (goods,)
        The stability centre: of all prices announced so far, those with the least total profit.
    next_prices : array of shape (goods,)
    surcharges : array of shape (copies,)
        Announced with the next prices.
    cuts : Cuts or None
        None before the first round.
    radius : float
        Of the box, in price scales.
    allocation : Responses
        The combination of past responses that proves the model's minimum.
    """

    market: Market
    prices: FloatArray
    next_prices: FloatArray
    surcharges: FloatArray
    cuts: Cuts | None
    radius: float
    allocation: Responses
    dual_residual: float

    @property
    def announcement(self) -> Prices:
        """The prices on trial, alone."""
        return Prices(self.next_prices, self.surcharges)


@dataclass(frozen=True)
class LevelBundle:
    """Proximal level bundle method on the sum of all agents' profits, which is least at clearing prices.

    Lemarechal, Nemirovskii and Nesterov, "New variants of bundle methods", Math. Programming 69, 1995;
    with the projection of the best prices, instead of the last: Kiwiel, "Proximal level bundle methods
    for convex nondifferentiable optimization, saddle-point problems and variational inequalities", ibid.

    A best response is a subgradient of its agent's profit, and income less cost the value there. Cuts
    are kept agent by agent. A linear programme finds where their sum is least in a box around the
    best prices, and the combination of past responses that proves it; this is the allocation, and it
    clears once the box does not bind. Its regrets are the distance between the model's minimum and
    the least profit, so the certificate is the method's own gap. Next announced are the nearest prices at
    which the model falls to a level between the two. The box doubles where it binds and prices improve.

    Profits of agents with linear costs have finitely many pieces, and few rounds find them. Curved
    costs have no pieces: every round is a new cut, and means of convex costs are above the costs of
    means. Disclosed emissions shift profits as trades move: there nothing is promised.

    What an agent reveals: its best response to every price, and the cost of each response by itself.
    The coordinator keeps them, so it knows of every agent a growing inner model of what it can do and at
    what cost.

    Parameters
    ----------
    level : float
        Where the level lies between the model's minimum, 0, and the least profit found, 1.
    radius : float
        Of the first box, in price scales.
    patience : int
        Rounds for which a cut that is not needed is kept. Needed at once are at most as many cuts as there
        are goods and agents, and those that give the best prices their profit.
    """

    level: float = 0.2
    radius: float = 1.0
    patience: int = 20
    name: ClassVar[str] = "level bundle"
    announces: ClassVar[type[Prices]] = Prices

    def __post_init__(self) -> None:
        """Refuse levels that are no improvement or out of reach, boxes of no size, and no memory at all."""
        refuse_outside("level", self.level, 0, 1)
        refuse_outside("radius", self.radius, 0, _WIDEST)
        refuse_outside("patience", self.patience, 0, float("inf"))

    def start(self, market: Market, opening: Opening) -> LevelBundleState:
        """The opening's prices; of its trades the costs are not known."""
        return LevelBundleState(
            market=market,
            prices=opening.prices,
            next_prices=opening.prices,
            surcharges=market.surcharges(opening.trades),
            cuts=None,
            radius=self.radius,
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
        )

    def step(self, state: LevelBundleState, responses: Responses) -> LevelBundleState:
        """Cut, find the model's minimum in the box, and go from the best prices to the level."""
        market = state.market
        cuts = state.cuts.with_responses(market, responses) if state.cuts else Cuts.of(market, responses)
        model = ProfitModel(market, cuts, state.surcharges)
        improves = model.profit_usd(state.next_prices) < model.profit_usd(state.prices)
        centre = state.next_prices if improves else state.prices
        least = model.least(centre, state.radius)
        next_prices = centre
        if least.gap_usd > model.accuracy_usd:
            next_prices = model.nearest_below((1 - self.level) * least.gap_usd, centre, least)
        aged = cuts.aged(least.needed | model.tight(centre))
        allocation = cuts.combination(least.weights)
        return replace(
            state,
            prices=centre,
            next_prices=next_prices,
            surcharges=market.surcharges(allocation.trades),
            cuts=aged.chosen(aged.idle <= self.patience),
            radius=min(2 * state.radius, _WIDEST) if improves and least.is_at_border else state.radius,
            allocation=allocation,
            # Prices on trial jump to the end; what settles are the best ones, once little is left to gain.
            dual_residual=max(
                relative_change(market, centre - state.prices, centre),
                least.gap_usd / max(turnover_usd(market, allocation.costs), least_turnover_usd(market)),
            ),
        )
