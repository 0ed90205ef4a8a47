"""What is asked and answered beyond trades when agents bid slopes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .market import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Book:
    """The agents' private books, stacked: what they hold, and what each of their limits is worth to them.

    Whoever carries it between two rounds does not look inside.

    Parameters
    ----------
    quantities : array of shape (variables,)
    multipliers : array of shape (equalities,)
        Worth of each equality [$ per unit].
    room, worth : arrays of shape (limits,)
        Distance from each limit, and what a unit more of it would be worth; both positive.
    """

    quantities: FloatArray
    multipliers: FloatArray
    room: FloatArray
    worth: FloatArray


@dataclass(frozen=True, eq=False)
class BidRequest:
    """Asks every agent to follow the prices one step, and to bid its slope there.

    Parameters
    ----------
    barrier_usd : float
        What keeping away from a limit counts: ``room * worth`` of every limit is to become this.
    price_change : array of shape (goods,)
        New prices less the last ones, which keeps digits that the prices themselves have lost.
    book : Book or None
        The books after the last round; None opens them.
    """

    barrier_usd: float
    price_change: FloatArray
    book: Book | None


@dataclass(frozen=True, eq=False)
class SlopeShape:
    """What never changes in the agents' slopes, disclosed once.

    Separable variables are priced one by one; coupled ones, such as voltage angles, only together.

    Parameters
    ----------
    trades : sparse array of shape (copies, variables)
    equalities, inequalities : sparse arrays of shape (equalities, variables) and (inequalities, variables)
        Totals that tie an agent's variables.
    outer : array of int
        The inequalities that are totals: `rows` are all equalities, then these.
    coupled : array of int
        Which variables are coupled.
    coupled_rows : sparse array of shape (rows, coupled)
    coupled_curvature : sparse array of shape (coupled, coupled)
    coupled_limits : sparse array of shape (limits, coupled)
        Limits on coupled variables alone.
    """

    trades: sp.csr_array
    equalities: sp.csr_array
    inequalities: sp.csr_array
    outer: IntArray
    coupled: IntArray
    coupled_rows: sp.csr_array
    coupled_curvature: sp.csr_array
    coupled_limits: sp.csr_array

    @property
    def rows(self) -> sp.csr_array:
        """Totals of all variables, of shape (rows, variables), made anew."""
        return sp.csr_array(sp.vstack([self.equalities, self.inequalities[self.outer]], format="csr"))

    def totals(self, values: FloatArray) -> FloatArray:
        """``rows @ values`` for values of shape (variables, ...)."""
        return np.concatenate([self.equalities @ values, (self.inequalities @ values)[self.outer]])

    def onto_variables(self, worth: FloatArray) -> FloatArray:
        """``rows.T @ worth`` for a worth of each row, shape (rows, ...)."""
        equalities = self.equalities.shape[0]
        of_inequalities = np.zeros((self.inequalities.shape[0], *worth.shape[1:]))
        of_inequalities[self.outer] = worth[equalities:]
        result = self.equalities.T @ worth[:equalities]
        result += self.inequalities.T @ of_inequalities
        return np.asarray(result)


@dataclass(frozen=True, eq=False)
class Slope:
    """How the trades of all agents answer a change of prices, without any dense matrix.

    With trades S of separable and C of coupled variables, rows R and Q likewise, and the other matrices
    of `shape` written H and L, a change dp of the price of every copy changes
    the trades by ``S w (S' dp - R' y) + C z``, where ``K z + Q' y = C' dp``,
    ``Q z - (R w R' + g) y = -R w S' dp`` and ``K = H + b + L' l L``. So a consumer or a producer
    reveals one number for each variable and each total, a grid operator one for each line limit.

    Parameters
    ----------
    shape : SlopeShape
    flexibility : array of shape (variables,)
        The diagonal w, zero for coupled variables.
    give : array of shape (rows,)
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
    intended : array of shape (copies, 2)
        Change of trades that agents would make at unchanged prices: without a barrier, and per $ of it.
    slope : Slope
    held_usd : array of shape (agents,)
        Sum of ``room * worth`` over an agent's limits: what it may lack of its best response.
    limits : array of int, shape (agents,)
        How many limits each agent has.
    progress : array of shape (agents,)
        Share of its step that each agent could go within its limits, up to 1.
    book : Book
    """

    intended: FloatArray
    slope: Slope
    held_usd: FloatArray
    limits: IntArray
    progress: FloatArray
    book: Book

    @property
    def numbers(self) -> int:
        """How many numbers the agents send; the book stays with them."""
        return int(np.size(self.intended)) + self.slope.numbers + 3 * len(self.progress)
