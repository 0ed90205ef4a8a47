"""All agents' quadratic programmes side by side, sorted by what couples their variables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from ..bids import SlopeShape
from ..market import FloatArray, IntArray, Market
from .forcing import forced_bounds


@dataclass(frozen=True, eq=False)
class StackedAgents:
    """Minimise ``x @ P @ x / 2 + c @ x - prices @ T x`` with ``A x = b``, ``G x <= h`` and bounds.

    Limits are the lower bounds, the upper bounds and the rows of G, in this order. A variable whose
    bounds coincide is `fixed` and has no limits.

    Parameters
    ----------
    low, up : arrays of int
        Variables with a lower and with an upper bound.
    low_at, up_at : arrays of float
        The bounds.
    separable, coupled : arrays of int
        Variables that curvature or a bound of their own prices one by one, and the others.
    inner, outer : arrays of int
        Rows of G over coupled variables alone, and the others.
    typical : array of shape (variables,)
        Orders of magnitude, in the variables' own units.
    limit_agent, variable_agent, equality_agent : arrays of int
        Whose each one is.
    """

    P: sp.csr_array
    c: FloatArray
    A: sp.csr_array
    b: FloatArray
    G: sp.csr_array
    h: FloatArray
    T: sp.csr_array
    trade_offset: FloatArray
    constants: FloatArray
    low: IntArray
    low_at: FloatArray
    up: IntArray
    up_at: FloatArray
    fixed: IntArray
    fixed_at: FloatArray
    separable: IntArray
    coupled: IntArray
    inner: IntArray
    outer: IntArray
    typical: FloatArray
    limit_agent: IntArray
    variable_agent: IntArray
    equality_agent: IntArray
    shape: SlopeShape

    @cached_property
    def curvature(self) -> FloatArray:
        """Diagonal of P."""
        return np.asarray(self.P.diagonal())

    @cached_property
    def from_trades(self) -> sp.csc_array:
        """From copies to variables."""
        return self.T.T

    @cached_property
    def from_equalities(self) -> sp.csc_array:
        """From equalities to variables."""
        return self.A.T

    @cached_property
    def from_inequalities(self) -> sp.csc_array:
        """From inequalities to variables."""
        return self.G.T

    @cached_property
    def from_rows(self) -> sp.csc_array:
        """From rows to separable variables."""
        return self.shape.separable_rows.T

    @cached_property
    def from_limits(self) -> sp.csc_array:
        """From inner rows to coupled variables."""
        return self.shape.coupled_limits.T

    @property
    def bounds(self) -> int:
        """How many of the limits are bounds."""
        return len(self.low) + len(self.up)


def stack_agents(market: Market) -> StackedAgents:
    """Stack the canonical problems of a market's agents."""
    problems = market.problems
    P, A, G, T = (_block_diagonal([getattr(problem, name) for problem in problems]) for name in "PAGT")
    b, h, lower, upper = (
        np.concatenate([getattr(problem, name) for problem in problems]) for name in ("b", "h", "lower", "upper")
    )
    lower, upper = forced_bounds(sp.csr_array(sp.vstack([A, -A, G])), np.concatenate([b, -b, h]), lower, upper)
    is_fixed = lower >= upper
    low, up = np.flatnonzero(np.isfinite(lower) & ~is_fixed), np.flatnonzero(np.isfinite(upper) & ~is_fixed)
    is_coupled = _coupled(P, T, np.isfinite(lower) | np.isfinite(upper), is_fixed)
    separable, coupled = np.flatnonzero(~is_coupled), np.flatnonzero(is_coupled)
    # A row over fixed variables limits nobody.
    limiting = np.flatnonzero(_touched(G, ~is_fixed))
    G = sp.csr_array(G[limiting])
    is_inner = _touched(G, is_coupled) & ~_touched(G, ~is_coupled)
    inner, outer = np.flatnonzero(is_inner), np.flatnonzero(~is_inner)
    rows = sp.csr_array(sp.vstack([A, G[outer]], format="csr"))
    variables, equalities, inequalities = (
        np.repeat(np.arange(len(problems)), [len(getattr(problem, name)) for problem in problems]) for name in "cbh"
    )
    return StackedAgents(
        P=P,
        c=np.concatenate([problem.c for problem in problems]),
        A=A,
        b=b,
        G=G,
        h=h[limiting],
        T=T,
        trade_offset=np.concatenate([problem.trade_offset for problem in problems]),
        constants=np.array([problem.constant for problem in problems]),
        low=low,
        low_at=lower[low],
        up=up,
        up_at=upper[up],
        fixed=np.flatnonzero(is_fixed),
        fixed_at=lower[is_fixed],
        separable=separable,
        coupled=coupled,
        inner=inner,
        outer=outer,
        typical=_typical(market, T, variables),
        limit_agent=np.concatenate([variables[low], variables[up], inequalities[limiting]]),
        variable_agent=variables,
        equality_agent=equalities,
        shape=SlopeShape(
            trades=T,
            separable=separable,
            coupled=coupled,
            separable_rows=sp.csr_array(rows[:, separable]),
            coupled_rows=sp.csr_array(rows[:, coupled]),
            coupled_curvature=sp.csr_array(P[coupled][:, coupled]),
            coupled_limits=sp.csr_array(G[inner][:, coupled]),
        ),
    )


def _block_diagonal(blocks: list[sp.csc_array]) -> sp.csr_array:
    """What SciPy's block_diag gives, without its cost for each block."""
    above = np.cumsum([0, *(block.shape[0] for block in blocks)])
    before = np.cumsum([0, *(block.nnz for block in blocks)])
    stacked = sp.csc_array(
        (
            np.concatenate([block.data for block in blocks]),
            np.concatenate([block.indices + start for block, start in zip(blocks, above[:-1], strict=True)]),
            np.concatenate(
                [[0], *(block.indptr[1:] + start for block, start in zip(blocks, before[:-1], strict=True))]
            ),
        ),
        shape=(above[-1], sum(block.shape[1] for block in blocks)),
    )
    return sp.csr_array(stacked)


def _coupled(P: sp.csr_array, T: sp.csr_array, is_bounded: np.ndarray, is_fixed: np.ndarray) -> np.ndarray:
    """Variables without own curvature or bound, with mixed curvature, and all that share a trade with such."""
    curvature = P.diagonal()
    mixed = sp.csr_array(P - sp.diags_array(curvature))
    mixed.eliminate_zeros()
    result = (~is_bounded & (curvature <= 0)) | (np.diff(mixed.indptr) > 0)
    result &= ~is_fixed
    count = -1
    while count != result.sum():
        count = result.sum()
        result |= (abs(T).T @ _touched(T, result).astype(float) > 0) & ~is_fixed
    return result


def _touched(rows: sp.csr_array, members: np.ndarray) -> np.ndarray:
    return np.asarray(abs(rows) @ members.astype(float) > 0)


def _typical(market: Market, T: sp.csr_array, variable_agent: IntArray) -> FloatArray:
    """A variable's volume: what makes a typical trade, or else the median of its agent's others."""
    entries = sp.coo_array(T)
    volumes = market.volume_scale[market.good_of_copy[entries.row]] / np.abs(entries.data)
    result = np.full(T.shape[1], np.inf)
    np.minimum.at(result, entries.col, volumes)
    ends = np.searchsorted(variable_agent, np.arange(len(market.agents) + 1))
    for start, stop in pairwise(ends):
        own = result[start:stop]
        known = np.isfinite(own)
        own[~known] = np.median(own[known]) if known.any() else 1.0
    return result
