"""A market's agents and clearing conditions side by side, in MWh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...agents.canonical.stacked_matrices import StackedMatrices
from ...coordinator.announcement import Responses
from ...coordinator.market import Market


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
    matrices = market.matrices
    lower, upper = matrices.bounds()
    clearing = clearing_matrix(market)
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


def clearing_matrix(market: Market) -> sp.csc_array:
    """From stacked trades to the imbalance of the goods in MWh, of shape (goods, copies)."""
    copies = np.arange(len(market.good_of_copy))
    mwh_per_unit = np.array([good.mwh_per_unit for good in market.goods])[market.good_of_copy]
    return sp.csc_array((mwh_per_unit, (market.good_of_copy, copies)), shape=(len(market.goods), len(copies)))


def _sorted(matrix: sp.sparray) -> sp.csc_array:
    """CSC with sorted indices, which PIQP needs."""
    result = sp.csc_array(matrix)
    result.sort_indices()
    return result
