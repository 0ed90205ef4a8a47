"""Proximal Jacobian ADMM: all agents answer at once, near what they traded last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from ...agents.arrays import FloatArray
from ..announcement import Announcement, Part, Responses
from ..market import Market
from ..mechanism import Opening, cold_opening, nearness_residual, not_answered, refuse_outside
from .weights import slopes


@dataclass(frozen=True, eq=False)
class JacobianState:
    """Multipliers of clearing, the last trades, and the weights of each good.

    Parameters
    ----------
    prices : array of shape (goods,)
        The multipliers.
    targets : array of shape (copies,)
        The last trades.
    penalty : array of shape (goods,)
        Of the imbalance [$ per unit squared].
    rho : array of shape (copies,)
        Of the distance from the last trades [$ per unit squared].
    """

    market: Market
    prices: FloatArray
    targets: FloatArray
    penalty: FloatArray
    rho: FloatArray
    allocation: Responses
    dual_residual: float

    @property
    def announcement(self) -> Announcement:
        """Prices that already count the penalty of the last imbalance, and the last trades as targets."""
        prices = self.prices - self.penalty * self.market.imbalance(self.targets)
        return Announcement(prices, self.rho, self.targets, self.market.surcharges(self.targets))


@dataclass(frozen=True)
class JacobianADMM:
    """Jacobi-proximal ADMM of many blocks.

    Deng, Lai, Peng and Yin, "Parallel multi-block ADMM with o(1/k) convergence", J. Sci. Comput. 71, 2017,
    section 2, with ``P_i = tau I``. Each agent minimises the augmented Lagrangian over its own trades while all
    others' stay as they were; a proximal term keeps all of them together from overshooting. Its square
    and the penalty's make one around the agent's own last trades, of weight ``rho_i = penalty + tau_i``. The
    paper's condition, ``tau_i > penalty * (1 / e_i - 1)`` with a sum of all e_i below ``2 - damping``, is here,
    good by good, ``penalty * (sum of all 1 / rho_i) < 2 - damping``.

    With damping 1 it is the same iteration as `PDHG` without relaxation, whose price step is the penalty.

    What an agent reveals: its response near its own last trades, to prices alone: the target is what
    it answered last. No cost is asked for.

    Parameters
    ----------
    weight : float
        Common factor of the weights `slopes`.
    damping : float
        Share of the penalty by which the multipliers move, in (0, 2).
    penalty_share : float
        Share of the largest penalty that the condition allows, in (0, 1).
    """

    weight: float = 1.0
    damping: float = 1.0
    penalty_share: float = 0.99
    name: ClassVar[str] = "proximal Jacobian ADMM"
    announces: ClassVar[frozenset[Part]] = frozenset({Part.TARGETS, Part.SURCHARGES})

    def __post_init__(self) -> None:
        """Refuse settings under which it need not converge."""
        refuse_outside("weight", self.weight, 0, float("inf"))
        refuse_outside("damping", self.damping, 0, 2)
        refuse_outside("penalty_share", self.penalty_share, 0, 1)

    def start(self, market: Market, opening: Opening | None) -> JacobianState:
        """The opening's prices and trades, or none."""
        opening = opening or cold_opening(market)
        rho = self.weight * slopes(market)
        return JacobianState(
            market=market,
            prices=opening.prices,
            targets=opening.trades,
            penalty=self.penalty_share * (2 - self.damping) / market.imbalance(1 / rho),
            rho=rho,
            allocation=not_answered(market, opening),
            dual_residual=float("inf"),
        )

    def step(self, state: JacobianState, responses: Responses) -> JacobianState:
        """Move the multipliers against the imbalance of the new trades."""
        market = state.market
        prices = state.prices - self.damping * state.penalty * market.imbalance(responses.trades)
        return replace(
            state,
            prices=prices,
            targets=responses.trades,
            allocation=responses,
            dual_residual=nearness_residual(market, state.announcement, responses, prices),
        )
