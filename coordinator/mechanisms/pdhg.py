"""Primal-dual hybrid gradient, and proximal Jacobian ADMM: agents answer near their own last trades."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ...agents.arrays import FloatArray
from ..announcement import NearTargets, Responses
from ..market import Market
from ..mechanism import Opening, nearness_residual, not_answered, refuse_outside
from .weights import slopes


@dataclass(frozen=True, eq=False)
class PDHGState:
    """The pair of prices and trades that the iteration is at, its step sizes, and what the last step found.

    Parameters
    ----------
    last_prices : array of shape (goods,)
        The pair's prices.
    targets : array of shape (copies,)
        The pair's trades.
    rho : array of shape (copies,)
        One over the step of each trade [$ per unit squared].
    price_steps : array of shape (goods,)
        In $ per unit squared.
    prices : array of shape (goods,)
        Prices that the last step found, beside the allocation.
    """

    market: Market
    last_prices: FloatArray
    targets: FloatArray
    rho: FloatArray
    price_steps: FloatArray
    prices: FloatArray
    allocation: Responses
    dual_residual: float

    @property
    def moved_prices(self) -> FloatArray:
        """The pair's prices after their step against the imbalance, shape (goods,)."""
        return self.last_prices - self.price_steps * self.market.imbalance(self.targets)

    @property
    def announcement(self) -> NearTargets:
        """Prices extrapolated by another such step, and the pair's trades as targets."""
        extrapolated = 2 * self.moved_prices - self.last_prices
        return NearTargets(extrapolated, self.rho, self.targets, self.market.surcharges(self.targets))


@dataclass(frozen=True)
class PDHG:
    """Primal-dual hybrid gradient in exchange form, over-relaxed.

    Chambolle and Pock, "A first-order primal-dual algorithm for convex problems with applications to imaging",
    J. Math. Imaging Vis. 40, 2011, Algorithm 1 with extrapolated prices; relaxed as by Condat, J. Optim. Theory
    Appl. 158, 2013, Algorithm 3.2. Prices are the dual variables of clearing, and the operator sums the
    trades of each good. Every trade and every price has a step of its own (Pock and Chambolle, ICCV 2011):
    one over rho is that of a trade, and that of a price is `step_product` over their sum.

    With relaxation 1 its rounds are those of proximal Jacobian ADMM: Deng, Lai, Peng and Yin, "Parallel
    multi-block ADMM with o(1/k) convergence", J. Sci. Comput. 71, 2017, section 2, with ``P_i = tau_i I`` and without
    damping. Each agent minimises the augmented Lagrangian over its own trades while all others' stay as they
    were; the square of its proximal term and that of the penalty make one around its last trades, of weight
    ``rho_i = penalty + tau_i``. The penalty is the price step, and the paper's condition on tau is here, good by
    good, ``penalty * (sum of all 1 / rho_i) < 1``. Its multipliers are the prices one step later.

    What an agent reveals: its response near its own last trades, to prices alone: it can keep account of
    the targets by itself. No cost is asked for.

    Parameters
    ----------
    weight : float
        Common factor of the weights.
    relaxation : float
        Over-relaxation in (0, 2); 1 is the method of 2011.
    step_product : float
        Product of both steps and the squared norm, in (0, 1).
    """

    weight: float = 1.0
    relaxation: float = 1.6
    step_product: float = 0.99
    announces: ClassVar[type[NearTargets]] = NearTargets

    @property
    def name(self) -> str:
        """Name of the method, which is another one without relaxation."""
        return "proximal Jacobian ADMM" if self.relaxation == 1 else "primal-dual hybrid gradient"

    def __post_init__(self) -> None:
        """Refuse settings under which it need not converge."""
        refuse_outside("weight", self.weight, 0, float("inf"))
        refuse_outside("relaxation", self.relaxation, 0, 2)
        refuse_outside("step_product", self.step_product, 0, 1)

    def start(self, market: Market, opening: Opening) -> PDHGState:
        """The opening's prices and trades."""
        rho = self.weight * slopes(market)
        return PDHGState(
            market=market,
            last_prices=opening.prices,
            targets=opening.trades,
            rho=rho,
            price_steps=self.step_product / market.imbalance(1 / rho),
            prices=opening.prices,
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
        )

    def step(self, state: PDHGState, responses: Responses) -> PDHGState:
        """Carry prices and trades beyond what the step found."""
        prices = state.moved_prices
        return replace(
            state,
            last_prices=state.last_prices + self.relaxation * (prices - state.last_prices),
            targets=state.targets + self.relaxation * (responses.trades - state.targets),
            prices=prices,
            allocation=responses,
            dual_residual=nearness_residual(state.market, state.announcement, responses, prices),
        )
