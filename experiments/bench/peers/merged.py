"""The monolith with one variable for each contract instead of two copies and a price."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray, IntArray
from ...settlement.stacked_market import StackedMarket


@dataclass(frozen=True, eq=False)
class MergedMarket:
    """A stacked market in which the two variables of a good that nobody else trades are one.

    Its clearing is solved for the second variable, and with it the good's price leaves the problem: modellers
    write bilateral contracts like this, and solvers that limit the number of unknowns take larger markets.

    Parameters
    ----------
    full : StackedMarket
    merged : StackedMarket
        Over the variables z that remain; those of the full one are ``spread z + shift``.
    spread : sparse array of shape (n, remaining)
    shift : array of shape (n,)
    kept : array of shape (kept,)
        Positions of the goods whose clearing stays a condition.
    gone, first, second : arrays of shape (merged,)
        Positions of the other goods, and of their two variables.
    """

    full: StackedMarket
    merged: StackedMarket
    spread: sp.csr_array
    shift: FloatArray
    kept: IntArray
    gone: IntArray
    first: IntArray
    second: IntArray

    def prices(
        self, z: FloatArray, equality_multipliers: FloatArray, inequality_multipliers: FloatArray, kept: FloatArray
    ) -> FloatArray:
        """Prices of all goods [$/MWh] from a solution with prices of the kept ones, shape (goods,).

        The price of a merged good is what it is worth to the one whose variable is further from its own bounds;
        at both bounds every price between what it is worth to both will do.
        """
        s = self.full
        x = self.spread @ z + self.shift
        worth = s.P @ x + s.c + s.A.T @ equality_multipliers + s.G.T @ inequality_multipliers
        worth -= s.K[self.kept].T @ kept
        room = np.minimum(x - s.lower, s.upper - x)
        chosen = np.where(room[self.first] >= room[self.second], self.first, self.second)
        prices = np.empty(len(s.k))
        prices[self.kept] = kept
        prices[self.gone] = worth[chosen] / np.asarray(s.K[self.gone, chosen])
        return prices


def merge(full: StackedMarket) -> MergedMarket:
    """Merge the two variables of every good that has two, of opposite signs, which share no other such good."""
    K = sp.csr_array(full.K)
    pairs = np.flatnonzero(np.diff(K.indptr) == 2)
    columns = K.indices[K.indptr[pairs][:, None] + np.arange(2)]
    values = K.data[K.indptr[pairs][:, None] + np.arange(2)]
    once = np.bincount(columns.ravel(), minlength=len(full.c)) == 1
    mergeable = once[columns].all(axis=1) & (values.prod(axis=1) < 0)
    gone, (first, second) = pairs[mergeable], columns[mergeable].T
    ratio = -values[mergeable, 0] / values[mergeable, 1]
    count = len(full.c)
    shift = np.zeros(count)
    shift[second] = -full.k[gone] / values[mergeable, 1]
    remaining = np.setdiff1d(np.arange(count), second)
    identity = sp.csr_array((np.ones(len(remaining)), (remaining, remaining)), shape=(count, count))
    spread = sp.csr_array(identity + sp.csr_array((ratio, (second, first)), shape=(count, count)))[:, remaining]
    lower, upper = full.lower.copy(), full.upper.copy()
    lower[first] = np.maximum(lower[first], (lower[second] - shift[second]) / ratio)
    upper[first] = np.minimum(upper[first], (upper[second] - shift[second]) / ratio)
    kept = np.setdiff1d(np.arange(len(full.k)), gone)
    merged = replace(
        full,
        P=_sorted(spread.T @ full.P @ spread),
        c=spread.T @ (full.c + full.P @ shift),
        A=_sorted(full.A @ spread),
        b=full.b - full.A @ shift,
        G=_sorted(full.G @ spread),
        h=full.h - full.G @ shift,
        lower=lower[remaining],
        upper=upper[remaining],
        K=_sorted(K[kept] @ spread),
        k=full.k[kept] + K[kept] @ shift,
        T=_sorted(full.T @ spread),
        trade_offset=full.trade_offset + full.T @ shift,
    )
    return MergedMarket(full, merged, spread, shift, kept, gone, first, second)


def _sorted(matrix: sp.sparray) -> sp.csc_array:
    result = sp.csc_array(matrix)
    result.sort_indices()
    return result
