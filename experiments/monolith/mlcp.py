"""The monolith: all agents' KKT conditions and all clearing conditions as one box problem."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents import CanonicalProblem
from ...coordinator import Market, Responses
from ...coordinator.market import FloatArray
from ...coordinator.stacked_matrices import StackedMatrices, stacked_matrices


@dataclass(frozen=True, eq=False)
class MLCP:
    """Find ``lower <= u <= upper`` such that ``F(u) = M u + q`` is complementary to the box.

    The mixed linear complementarity problem (41) of arXiv 2602.19310, stacked from the agents'
    declarations: u holds all agents' variables x, the multipliers of their equalities and
    inequalities, and the prices. Where u is inside its bounds F is 0, at the lower bound
    F >= 0, at the upper bound F <= 0. Goods count in MWh and prices in $/MWh, leases too.

    Parameters
    ----------
    M : sparse array of shape (n, n)
    q, lower, upper : arrays of shape (n,)
    sizes : tuple of int
        Lengths of the four parts of u: variables, equality multipliers, inequality multipliers,
        prices.
    """

    M: sp.csc_array
    q: FloatArray
    lower: FloatArray
    upper: FloatArray
    sizes: tuple[int, int, int, int]

    def residual(self, u: FloatArray) -> float:
        """Natural residual: the largest ``|u - mid(lower, u - F(u), upper)|`` [MWh and $/MWh]."""
        projected = np.clip(u - (self.M @ u + self.q), self.lower, self.upper)
        return float(np.abs(u - projected).max(initial=0.0))

    def least_eigenvalue(self) -> float:
        """Smallest eigenvalue of the symmetric part of M; M is positive semidefinite if it is not negative."""
        symmetric = sp.csr_array((self.M + self.M.T) / 2)
        symmetric.eliminate_zeros()
        count, block_of = connected_components(symmetric, directed=False)
        order = np.argsort(block_of, kind="stable")
        ends = np.searchsorted(block_of[order], np.arange(count + 1))
        blocks = (order[start:stop] for start, stop in pairwise(ends))
        return float(min(np.linalg.eigvalsh(symmetric[block][:, block].toarray())[0] for block in blocks))

    def split(self, u: FloatArray) -> list[FloatArray]:
        """Cut u into variables, equality multipliers, inequality multipliers, prices."""
        return np.split(u, np.cumsum(self.sizes)[:-1])


@dataclass(frozen=True, eq=False)
class StackedMarket:
    """The canonical problems of all agents of a market side by side, with the clearing conditions.

    Over all agents' variables x: cost ``x @ P @ x / 2 + c @ x``, constraints ``A x = b``, ``G x <= h``,
    ``lower <= x <= upper``, and the imbalance of the goods in MWh, ``K x + k``. Trades, stacked as
    in `Market`, are ``T x + trade_offset``.
    """

    P: sp.csc_array
    c: FloatArray
    A: sp.csc_array
    b: FloatArray
    G: sp.csc_array
    h: FloatArray
    lower: FloatArray
    upper: FloatArray
    K: sp.csc_array
    k: FloatArray
    T: sp.csc_array
    trade_offset: FloatArray
    matrices: StackedMatrices

    def allocation(self, x: FloatArray) -> Responses:
        """Trades and costs of all agents at their variables."""
        return Responses(self.T @ x + self.trade_offset, self.matrices.costs(x))


def stack(market: Market) -> StackedMarket:
    """Stack the canonical problems of all agents.

    Raises
    ------
    AgentError
        If an agent's problem is not a quadratic programme.
    """
    return stack_problems(market, market.problems)


def stack_problems(market: Market, problems: tuple[CanonicalProblem, ...]) -> StackedMarket:
    """Stack canonical problems that stand for the agents of a market, in their order."""
    matrices = stacked_matrices(problems)
    lower, upper = matrices.bounds()
    copies = np.arange(len(market.good_of_copy))
    mwh_per_unit = np.array([good.mwh_per_unit for good in market.goods])[market.good_of_copy]
    clearing = sp.csc_array((mwh_per_unit, (market.good_of_copy, copies)), shape=(len(market.goods), len(copies)))
    return StackedMarket(
        P=_sorted(matrices.P),
        c=matrices.c,
        A=_sorted(matrices.equality_rows),
        b=matrices.b,
        G=_sorted(matrices.inequality_rows),
        h=matrices.h,
        lower=lower,
        upper=upper,
        K=_sorted(clearing @ matrices.T),
        k=clearing @ matrices.trade_offset,
        T=_sorted(matrices.T),
        trade_offset=matrices.trade_offset,
        matrices=matrices,
    )


def assemble(stacked: StackedMarket) -> MLCP:
    """State the KKT and clearing conditions of a stacked market as one box problem."""
    s = stacked
    sizes = (len(s.c), len(s.b), len(s.h), len(s.k))
    M = sp.block_array(
        [
            [s.P, s.A.T, s.G.T, -s.K.T],
            [-s.A, None, None, None],
            [-s.G, None, None, None],
            [s.K, None, None, None],
        ],
        format="csc",
    )
    free = [np.full(size, np.inf) for size in sizes]
    return MLCP(
        M=sp.csc_array(M),
        q=np.concatenate([s.c, s.b, s.h, s.k]),
        lower=np.concatenate([s.lower, -free[1], np.zeros(sizes[2]), -free[3]]),
        upper=np.concatenate([s.upper, free[1], free[2], free[3]]),
        sizes=sizes,
    )


def _sorted(matrix: sp.sparray) -> sp.csc_array:
    """CSC with sorted indices, which PIQP needs."""
    result = sp.csc_array(matrix)
    result.sort_indices()
    return result
