"""What is answered beyond trades when agents bid slopes, and the books that they keep."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ..agents.arrays import FloatArray, IntArray, Positions


@dataclass(frozen=True, eq=False)
class BookOpening:
    """The request at which books were opened: who has no room is restated then, and can be so again.

    Parameters
    ----------
    prices : array of shape (goods,)
    surcharges : array of shape (copies,) or (1,)
    barrier_usd : float
    """

    prices: FloatArray
    surcharges: FloatArray
    barrier_usd: float


@dataclass(frozen=True, eq=False)
class Book:
    """The agents' private books, stacked: what they hold, and what each of their limits is worth to them.

    Its numbers are the iterate of an interior-point method. Whoever carries it between two rounds does not look
    inside.

    Parameters
    ----------
    quantities : array of shape (variables,)
        Values of the agents' variables, in their units.
    equality_dual : array of shape (equalities,)
        What a unit more on the right of each equality would bring [$ per unit].
    slack : array of shape (limits,)
        Room: the distance from each limit, in its units; positive.
    dual : array of shape (limits,)
        Worth: what a unit more of each limit would bring [$ per unit]; positive.
    prices : array of shape (goods,)
    surcharges : array of shape (copies,) or (1,)
        Those that were announced last.
    opening : BookOpening
    """

    quantities: FloatArray
    equality_dual: FloatArray
    slack: FloatArray
    dual: FloatArray
    prices: FloatArray
    surcharges: FloatArray
    opening: BookOpening


@dataclass(frozen=True, eq=False)
class SlopeShape:
    """What never changes in the agents' slopes, disclosed once.

    Separable variables are priced one by one; coupled ones, such as voltage angles, only together.

    Parameters
    ----------
    trades : sparse array of shape (copies, variables)
    rows : sparse array of shape (rows, variables)
        Sums that tie or limit an agent's variables.
    totals : array of int
        Those of `rows` that are over separable variables too.
    coupled : array of int
        Which variables are coupled.
    coupled_totals : sparse array of shape (totals, coupled)
    coupled_curvature : sparse array of shape (coupled, coupled)
    coupled_limits : sparse array of shape (limits, coupled)
        Limits on coupled variables alone.
    """

    trades: sp.csr_array
    rows: sp.csr_array
    totals: IntArray
    coupled: IntArray
    coupled_totals: sp.csr_array
    coupled_curvature: sp.csr_array
    coupled_limits: sp.csr_array

    @cached_property
    def _from_trades(self) -> sp.csc_array:
        return self.trades.T

    @cached_property
    def _from_rows(self) -> sp.csc_array:
        return self.rows.T

    def totals_of(self, values: FloatArray) -> FloatArray:
        """Totals of values of shape (variables, ...)."""
        return np.asarray((self.rows @ values)[self.totals])

    def pull_of_totals(self, worth: FloatArray) -> FloatArray:
        """What a worth of each total, of shape (totals, ...), is to the variables."""
        of_rows = np.zeros((self.rows.shape[0], *worth.shape[1:]))
        of_rows[self.totals] = worth
        return np.asarray(self._from_rows @ of_rows)

    def pull_of_prices(self, prices: FloatArray) -> FloatArray:
        """What a price of each copy is to the variables."""
        return np.asarray(self._from_trades @ prices)


@dataclass(frozen=True, eq=False)
class Slope:
    """How the trades of all agents answer a change of prices, without any dense matrix.

    With trades S of separable and C of coupled variables, totals R and Q likewise, and the other matrices
    of `shape` written H and L, a change dp of the price of every copy changes
    the trades by ``S w (S' dp - R' y) + C z``, where ``K z + Q' y = C' dp``,
    ``Q z - (R w R' + g) y = -R w S' dp`` and ``K = H + b + L' l L``. So a consumer or a producer
    reveals one number for each variable and each total, a grid operator one for each line limit. To an
    interior-point method w is an inverse Hessian, g is ``slack / dual``, and b and l are ``dual / slack``.

    Parameters
    ----------
    shape : SlopeShape
    flexibility : array of shape (variables,)
        The diagonal w, zero for coupled variables.
    give : array of shape (totals,)
        How far each total yields, g.
    barrier : array of shape (coupled,)
        The diagonal b.
    limit_weights : array of shape (limits,)
        The diagonal l.
    """

    shape: SlopeShape
    flexibility: FloatArray
    give: FloatArray
    barrier: FloatArray
    limit_weights: FloatArray

    @property
    def numbers(self) -> int:
        """How many numbers the agents reveal."""
        return len(self.flexibility) + len(self.give) + len(self.limit_weights)


@dataclass(frozen=True, eq=False)
class SlopeBid:
    """What the agents answer to a request, beside trades and costs.

    Parameters
    ----------
    intended : array of shape (goods, 2)
        Change of all trades of a good that agents would make at unchanged prices: without a barrier, and
        per $ of it. Each agent sends its own; whoever collects them adds them up.
    slope : Slope
    held_usd : array of shape (agents,)
        Sum of ``slack * dual`` over an agent's limits: what it may lack of its best response.
    limits : array of int, shape (agents,)
        How many limits each agent has.
    progress : array of shape (agents,)
        Share of its step that each agent could go within its limits, up to 1.
    idle_goods : array of int, shape (idle,)
        Goods that nobody can trade, because nobody can be on the other side.
    idle_balance : array of int, shape (idle,)
        Which of them can only be traded together, such as wheeling on an island.
    idle_weight : array of shape (idle,)
        By how much the price of each of them changes with those of its balance.
    reservation_change : array of shape (balances,)
        From their prices to those at which their traders would just begin to trade, in multiples of weights.
    book : Book
    """

    intended: FloatArray
    slope: Slope
    held_usd: FloatArray
    limits: IntArray
    progress: FloatArray
    idle_goods: Positions
    idle_balance: IntArray
    idle_weight: FloatArray
    reservation_change: FloatArray
    book: Book

    @property
    def numbers(self) -> int:
        """How many numbers the agents send; the book stays with them."""
        return (
            2 * self.slope.shape.trades.shape[0]
            + self.slope.numbers
            + len(self.reservation_change)
            + 3 * len(self.progress)
        )
