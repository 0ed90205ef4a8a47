"""What agents' stacked problems are to an interior-point method: limits, and what couples their variables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray, IntArray, one_if_equal
from ....agents.canonical.stacked_matrices import StackedMatrices, owners
from ...bids import SlopeShape
from ...market import Market
from ...sparse import columns_of, rows_of
from ..forcing import forced_bounds, sums_of_opposing
from .held import IdleGoods
from .limits_of_agents import LimitsOfAgents

# Of the steepness of a typical good: price over volume.
_PROXIMAL = 1e-10


@dataclass(frozen=True, eq=False)
class StackedAgents:
    """Stacked problems with their limits: lower bounds, upper bounds and inequalities, in this order.

    A variable whose bounds coincide is `fixed` and has no limits.

    Parameters
    ----------
    matrices : StackedMatrices
    low, up, fixed : arrays of int
        Variables with a lower and with an upper bound, and those with one value.
    off_zero, least : array of int, and array
        Variables with a lower bound other than zero, hardly any, and these bounds.
    most, held_at : arrays
        Upper bounds, and values of those with one value.
    limiting : array of int
        Inequalities that limit somebody.
    inner, outer : arrays of int
        Which of these are over coupled variables alone, and the others.
    shape : SlopeShape
    idle : IdleGoods
    proximal : array of shape (coupled,)
        Curvature of coupled variables that stands in Newton's equations alone.
    as_one : bool
        Whether their equations are solved as one: where there are few, that takes less time than to take them apart.
        Otherwise each agent's numbers are the same, to the last bit, whoever is stacked with it.
    """

    matrices: StackedMatrices
    low: IntArray
    up: IntArray
    fixed: IntArray
    off_zero: IntArray
    least: FloatArray
    most: FloatArray
    held_at: FloatArray
    limiting: IntArray
    inner: IntArray
    outer: IntArray
    shape: SlopeShape
    idle: IdleGoods
    proximal: FloatArray
    as_one: bool

    def ranges(self) -> tuple[FloatArray, FloatArray]:
        """Least and largest values of all variables, made anew: they are for set-up."""
        lower, upper = (np.full(self.matrices.P.shape[0], infinite) for infinite in (-np.inf, np.inf))
        lower[self.low], upper[self.up] = 0.0, self.most
        lower[self.off_zero] = self.least
        lower[self.fixed] = upper[self.fixed] = self.held_at
        return lower, upper

    @cached_property
    def limits_of_agents(self) -> LimitsOfAgents:
        """Whose each limit is."""
        variables, inequalities = self.matrices.variables, self.matrices.inequalities
        low, up = (np.diff(np.searchsorted(bounded, variables)) for bounded in (self.low, self.up))
        return LimitsOfAgents(low, up, np.diff(np.searchsorted(self.limiting, inequalities)))

    @cached_property
    def owners_of_inner(self) -> IntArray:
        """Whose each inner inequality is, shape (inner,)."""
        return owners(self.matrices.inequalities)[self.limiting[self.inner]]

    @property
    def bounds(self) -> int:
        """How many of the limits are bounds."""
        return len(self.low) + len(self.up)

    def of_limits(self, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Parts for lower bounds, upper bounds and inequalities of values of shape (limits, ...), as views."""
        low, bounds = len(self.low), self.bounds
        return values[:low], values[low:bounds], values[bounds:]

    def onto_bounded(self, target: FloatArray, of_low: FloatArray, of_up: FloatArray) -> None:
        """Add duals of lower bounds to their variables, and take those of upper bounds from theirs."""
        # No variable has two lower bounds.
        target[self.low] += of_low
        target[self.up] -= of_up

    @cached_property
    def from_inner(self) -> sp.csc_array:
        """From inner inequalities to coupled variables."""
        return self.shape.coupled_limits.T

    @cached_property
    def limiting_rows(self) -> IntArray:
        """Where the limiting inequalities stand among all rows."""
        return np.asarray(len(self.matrices.b) + self.limiting)

    def from_duals(self, of_equalities: FloatArray, of_limiting: FloatArray) -> FloatArray:
        """``A' y + G' z`` from duals of equalities and of limiting inequalities, shape (variables,)."""
        duals = np.zeros(self.matrices.rows.shape[0])
        duals[: len(of_equalities)] = of_equalities
        duals[self.limiting_rows] = of_limiting
        return np.asarray(self.matrices.from_rows @ duals)

    def typical(self, market: Market) -> FloatArray:
        """Orders of magnitude of variables: what makes a typical trade, or else the median of the agent's others."""
        T = self.matrices.T
        result = np.full(T.shape[1], np.inf)
        volumes = np.repeat(market.volume_scale[market.good_of_copy], np.diff(T.indptr))
        with np.errstate(divide="ignore"):
            volumes /= np.abs(T.data)
        np.minimum.at(result, T.indices, volumes)
        begins = self.matrices.variables
        unknown = np.searchsorted(begins, np.flatnonzero(np.isinf(result)), side="right") - 1
        for agent in np.unique(unknown):
            own = result[begins[agent] : begins[agent + 1]]
            known = np.sort(own[np.isfinite(own)])
            own[np.isinf(own)] = (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if len(known) else 1.0
        return result


def stack_agents(
    market: Market,
    matrices: StackedMatrices,
    bounds: tuple[FloatArray, FloatArray],
    idle: IdleGoods,
    steepness: float,
    most_as_one: int = 0,
) -> StackedAgents:
    """Sort out limits and couplings of stacked problems.

    Parameters
    ----------
    market : Market
        Of these agents, or of these and others.
    matrices : StackedMatrices
    bounds : two arrays of shape (variables,)
        With what rows force, and with all that is held for idle goods.
    idle : IdleGoods
        At least what these agents hold.
    steepness : float
        Of a typical good of all that there are.
    most_as_one : int
        Up to so many equations are solved as one.
    """
    P, G, T = matrices.P, matrices.inequality_rows, matrices.T
    lower, upper = bounds
    is_fixed = lower >= upper
    fixed = np.flatnonzero(is_fixed)
    low, up = np.flatnonzero(np.isfinite(lower) & ~is_fixed), np.flatnonzero(np.isfinite(upper) & ~is_fixed)
    off_zero = low[lower[low] != 0]
    is_coupled = _coupled(matrices, np.isfinite(lower) | np.isfinite(upper), is_fixed)
    coupled = np.flatnonzero(is_coupled)
    # A row over fixed variables limits nobody.
    limiting = np.flatnonzero(_touched(G, ~is_fixed))
    is_inner = (_touched(G, is_coupled) & ~_touched(G, ~is_coupled))[limiting]
    inner, outer = np.flatnonzero(is_inner), np.flatnonzero(~is_inner)
    totals = np.concatenate([np.arange(len(matrices.b)), len(matrices.b) + limiting[outer]])
    return StackedAgents(
        matrices=matrices,
        low=low.astype(np.int32),
        up=up.astype(np.int32),
        fixed=fixed,
        off_zero=off_zero,
        least=lower[off_zero],
        most=one_if_equal(upper[up]),
        held_at=one_if_equal(lower[fixed]),
        limiting=limiting,
        inner=inner,
        outer=outer,
        shape=SlopeShape(
            trades=T,
            rows=_over(matrices.rows, ~is_fixed),
            totals=totals,
            coupled=coupled,
            coupled_totals=columns_of(rows_of(matrices.rows, totals), coupled),
            coupled_curvature=columns_of(rows_of(P, coupled), coupled),
            coupled_limits=columns_of(rows_of(G, limiting[inner]), coupled),
        ),
        idle=idle,
        proximal=_proximal(market, columns_of(T, coupled), steepness),
        as_one=len(totals) + len(coupled) <= most_as_one,
    )


def _proximal(market: Market, T: sp.csr_array, untraded: float) -> FloatArray:
    """Curvature of coupled variables below which rounded prices say nothing of quantities, shape (coupled,).

    Limits that are far away, like those of lines without congestion, leave a grid operator hardly any
    curvature as barriers fall: it would answer the last digit of a price with many MWh. The equations of a
    proximal point method have the same solution (Friedlander and Orban, "A primal-dual regularized
    interior-point method for convex quadratic programs", Math. Programming Computation 4(1), 2012).

    Parameters
    ----------
    market : Market
    T : sparse array of shape (copies, coupled)
        What coupled variables trade.
    untraded : float
        Steepness where they trade nothing.
    """
    steepness = market.price_scale / market.volume_scale
    by_trade = sp.csr_array(sp.diags_array(steepness[market.good_of_copy]) @ T.power(2))
    largest = np.zeros(T.shape[1])
    np.maximum.at(largest, by_trade.indices, by_trade.data)
    return np.asarray(_PROXIMAL * np.where(largest > 0, largest, untraded))


def bounds_with_forced(matrices: StackedMatrices) -> tuple[FloatArray, FloatArray]:
    """Least and largest values of all variables, with what rows force."""
    G, h = matrices.inequality_rows, matrices.h
    constraints = [
        (matrices.equality_rows, matrices.b, matrices.b),
        (G, np.full(len(h), -np.inf), h),
        sums_of_opposing(G, h),
    ]
    return forced_bounds(constraints, *matrices.bounds())


def _coupled(matrices: StackedMatrices, is_bounded: BoolArray, is_fixed: BoolArray) -> BoolArray:
    """Variables without own curvature or bound, with mixed curvature, and all that share a trade with such.

    Those of one trade with opposite signs are coupled too, such as voltage angles, with bounds or without: they
    move together by far more than they let pass, and how little that is would be lost in rounding.
    """
    P, T = matrices.P, matrices.T
    result = ~is_bounded & (matrices.curvature <= 0)
    row = np.repeat(np.arange(P.shape[0]), np.diff(P.indptr))
    result[row[(row != P.indices) & (P.data != 0)]] = True
    copy = np.repeat(np.arange(T.shape[0]), np.diff(T.indptr))
    moves = ~is_fixed[T.indices]
    adds, takes = (np.bincount(copy[moves & (sign * T.data > 0)], minlength=T.shape[0]) > 0 for sign in (1, -1))
    result[T.indices[(adds & takes)[copy]]] = True
    result &= ~is_fixed
    count = 0
    while count != (count := int(result.sum())):
        shared = np.repeat(_touched(T, result), np.diff(T.indptr)) & (T.data != 0)
        result[T.indices[shared]] = True
        result &= ~is_fixed
    return np.asarray(result)


def _over(rows: sp.csr_array, members: BoolArray) -> sp.csr_array:
    """Rows over the members alone: rows that differ only in what cannot move are the same."""
    if members.all():
        return rows
    result = sp.csr_array((rows.data * members[rows.indices], rows.indices, rows.indptr), shape=rows.shape, copy=True)
    result.eliminate_zeros()
    return result


def _touched(rows: sp.csr_array, members: BoolArray) -> BoolArray:
    """Rows with a number other than zero at one of the members."""
    result = np.zeros(rows.shape[0], dtype=bool)
    filled = np.flatnonzero(np.diff(rows.indptr))
    if len(filled):
        result[filled] = np.logical_or.reduceat(members[rows.indices] & (rows.data != 0), rows.indptr[filled])
    return result
