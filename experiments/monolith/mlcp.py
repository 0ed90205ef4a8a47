"""The monolith: all agents' KKT conditions and all clearing conditions as one box problem."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from ...agents.arrays import FloatArray
from ..settlement.stacked_market import StackedMarket


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
        _, block_of = connected_components(symmetric, directed=False)
        order = np.argsort(block_of, kind="stable")
        sizes = np.bincount(block_of)
        place = np.empty_like(order)
        place[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        entries = sp.coo_array(symmetric)
        rows, columns = entries.coords
        least = []
        # Blocks of one size at a time: most are single numbers, and there may be many thousands.
        for size in np.unique(sizes):
            blocks = np.flatnonzero(sizes == size)
            within = sizes[block_of[rows]] == size
            dense = np.zeros((len(blocks), size, size))
            block = np.searchsorted(blocks, block_of[rows[within]])
            dense[block, place[rows[within]], place[columns[within]]] = entries.data[within]
            least.append(np.linalg.eigvalsh(dense)[:, 0].min())
        return float(min(least))

    def split(self, u: FloatArray) -> list[FloatArray]:
        """Cut u into variables, equality multipliers, inequality multipliers, prices."""
        return np.split(u, np.cumsum(self.sizes)[:-1])


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
