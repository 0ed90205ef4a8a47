"""The coordinator's system: the change of prices that clears, from the sum of all slopes."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ..bids import Slope, SlopeShape
from ..market import FloatArray, IntArray, Market
from .netting import netting, plain_totals
from .quasidefinite import SMALL, Assembly


class ClearingSystem:
    """Which goods tie two variables only, and which remain in the core; the same in every round.

    A contract ties one variable of its seller and one of its buyer, whose flexibilities w act in
    series: ``1 / (1 / w_seller + 1 / w_buyer)``. Its price is eliminated so, without any cancellation.
    What remains is the core: the other goods, the agents' totals, and coupled variables, a system
    whose size grows with agents and buses and not with contracts (a Schur complement in the sense of
    Petra, Schenk and Anitescu, "Real-time stochastic optimization of complex energy systems on
    high-performance computers", Comput. Sci. Eng. 16(5), 2014).
    """

    def __init__(self, market: Market, shape: SlopeShape) -> None:
        goods, copies = len(market.goods), len(market.good_of_copy)
        clearing = sp.csr_array((np.ones(copies), (market.good_of_copy, np.arange(copies))), shape=(goods, copies))
        separable, coupled = _filled(clearing @ shape.separable_trades), _filled(clearing @ shape.coupled_trades)
        self.goods = goods
        self.pairs, self.pair = _pairs(separable, coupled)
        tied = sp.csr_array(separable[self.pairs])
        self.pair_trade = np.stack([tied.data[0::2], tied.data[1::2]]) if len(self.pairs) else np.zeros((2, 0))
        self.core_goods = _others(goods, self.pairs)
        self.single = _others(separable.shape[1], self.pair)
        self.rows = sp.csr_array(sp.vstack([separable[self.core_goods], -shape.separable_rows], format="csr"))
        coupled_rows = sp.csr_array(sp.vstack([coupled[self.core_goods], -shape.coupled_rows], format="csr"))
        del clearing, separable, coupled, tied
        self.net, weighed = self._netted()
        self._from_rows, self._from_net = self.rows.T, self.net.T
        self.assembly = Assembly(weighed, sp.csr_array(self.net @ coupled_rows), shape)

    def _netted(self) -> tuple[sp.csr_array, sp.csr_array]:
        """Rows less the totals that make them up, over pairs, over single variables, and over what totals yield.

        What is small enough to be solved as a dense matrix stays as it is.
        """
        columns = sp.csc_array(self.rows)
        first, second = (columns[:, own] for own in self.pair)
        seller, buyer = (sp.diags_array(trade) for trade in self.pair_trade)
        merged = sp.csr_array(first @ buyer - second @ seller)
        every = sp.eye_array(self.rows.shape[0], format="csr")
        totals = np.arange(len(self.core_goods), self.rows.shape[0])
        weighed = sp.hstack([merged, columns[:, self.single], every[:, totals]], format="csr")
        if self.rows.shape[0] <= SMALL:
            return sp.csr_array(every), sp.csr_array(weighed)
        base = np.union1d(*(plain_totals(sp.csr_array(side), totals) for side in (first, second)))
        net = sp.csr_array(every - netting(merged, base))
        return net, sp.csr_array(net @ weighed)

    def price_change(self, slope: Slope, wanted: FloatArray) -> FloatArray:
        """Change of prices to which agents answer with changes of trades that sum to `wanted`.

        Parameters
        ----------
        slope : Slope
        wanted : array of shape (goods,)

        Returns
        -------
        array of shape (goods,)
            Goods whose trades nobody can change keep their price.
        """
        seller, buyer = (slope.flexibility[columns] for columns in self.pair)
        trade = self.pair_trade
        of_pair = trade[0] ** 2 * seller + trade[1] ** 2 * buyer
        moves = of_pair > 0
        share = np.divide(1.0, of_pair, out=np.zeros_like(of_pair), where=moves)
        weights = np.concatenate([seller * buyer * share, slope.flexibility[self.single], slope.give])
        core = self.assembly.factorise(weights, slope)
        price_alone = wanted[self.pairs] * share
        spill = np.zeros_like(slope.flexibility)
        spill[self.pair[0]] = seller * trade[0] * price_alone
        spill[self.pair[1]] = buyer * trade[1] * price_alone
        right = np.zeros((core.size, 1))
        of_rows = -(self.rows @ spill)
        of_rows[: len(self.core_goods)] += wanted[self.core_goods]
        right[: len(of_rows), 0] = self.net @ of_rows
        solution = self._from_net @ core.solve(right)[: len(of_rows), 0]
        back = slope.flexibility * (self._from_rows @ solution)
        result = np.zeros(self.goods)
        result[self.core_goods] = solution[: len(self.core_goods)]
        result[self.pairs] = price_alone - (trade[0] * back[self.pair[0]] + trade[1] * back[self.pair[1]]) * share
        return result


def _filled(matrix: sp.csr_array) -> sp.csr_array:
    result = sp.csr_array(matrix)
    result.eliminate_zeros()
    return result


def _others(count: int, members: IntArray) -> IntArray:
    is_other = np.ones(count, dtype=bool)
    is_other[members] = False
    return np.flatnonzero(is_other)


def _pairs(separable: sp.csr_array, coupled: sp.csr_array) -> tuple[IntArray, IntArray]:
    """Goods that tie two separable variables only, none of them tied before; and those variables, (2, pairs)."""
    candidates = np.flatnonzero((np.diff(separable.indptr) == 2) & (np.diff(coupled.indptr) == 0))
    variables = separable[candidates].indices.reshape(-1, 2)
    ties = np.bincount(variables.ravel(), minlength=separable.shape[1])
    alone = (ties[variables] == 1).all(axis=1)
    return candidates[alone], np.asarray(variables[alone].T, dtype=np.int64)
