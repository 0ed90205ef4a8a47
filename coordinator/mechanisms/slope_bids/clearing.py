"""The coordinator's system: the change of prices that clears, from the sum of all slopes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp

from ....agents.arrays import FloatArray, Positions
from ...bids import Slope, SlopeShape
from ...market import Market
from ...quasidefinite.quasidefinite import SMALL, Assembly
from ...sparse import columns_of, others, rows_of
from .levels import with_levels, without_rounding
from .netting import from_totals, netting, plain_totals
from .pairs import pairs
from .parallel import parallel_totals

# Prices that make hardly a difference are to stay where they are, as far as the others let them.
_SHARES = (1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 0.0)

Nets = Callable[[sp.csr_array, Positions, Positions], sp.csr_array]


def netted_where_large(rows: sp.csr_array, first: Positions, second: Positions) -> sp.csr_array:
    """What is small enough to be solved as a dense matrix stays as it is."""
    if rows.shape[0] <= SMALL:
        return sp.csr_array((rows.shape[0], rows.shape[0]))
    return netting(from_totals, rows, np.unique(np.concatenate([first, second])))


class ClearingSystem:
    """Which goods tie two variables only, and which remain in the core; the same in every round.

    A contract ties one variable of its seller and one of its buyer, whose flexibilities w act in
    series: ``1 / (1 / w_seller + 1 / w_buyer)``. Its price is eliminated so, without any cancellation.
    What remains is the core: the other goods, the agents' totals, and coupled variables, a system
    whose size grows with agents and buses and not with contracts (a Schur complement in the sense of
    Petra, Schenk and Anitescu, "Real-time stochastic optimization of complex energy systems on
    high-performance computers", Comput. Sci. Eng. 16(5), 2014).

    Parameters
    ----------
    market : Market
    shape : SlopeShape
    told : array of int
        Goods whose prices do not clear them; what these prices are is told.
    nets : callable
        Which multiples of both sides' totals make up other rows.
    traded : array of shape (goods,)
        Orders of magnitude of what is traded.
    """

    def __init__(self, market: Market, shape: SlopeShape, told: Positions, nets: Nets, traded: FloatArray) -> None:
        self._market, self._shape, self._nets = market, shape, nets
        self._is_told = np.zeros(len(market.goods), dtype=bool)
        self._is_told[told] = True
        self.pairs = tied = pairs(market, shape)
        self.core_goods = others(len(market.goods), tied.goods)
        is_paired = np.zeros(shape.trades.shape[1], dtype=bool)
        is_paired[tied.variables] = True
        core = self._core_trades(market, shape.trades)
        totals = rows_of(shape.rows, shape.totals)
        may_merge = np.diff(shape.coupled_totals.indptr) == 0
        self._totals = parallel_totals(totals, is_paired, may_merge)
        is_own = np.zeros(shape.trades.shape[1], dtype=bool)
        is_own[self._totals.own.indices] = True
        is_own[shape.coupled] = True
        self._single = np.flatnonzero(~is_paired & ~is_own)
        rows = sp.csr_array(sp.vstack([core, -rows_of(totals, self._totals.of_group)], format="csr"))
        del core, totals, is_paired, is_own
        *sides, beside, of_coupled = [
            columns_of(rows, columns) for columns in (*tied.variables, self._single, shape.coupled)
        ]
        del rows
        levels = with_levels(sp.csr_array(of_coupled), traded[self.core_goods])
        self.net, weighed = self._netted(levels, sides, beside)
        self._from_net = self.net.T
        of_coupled = without_rounding(self.net, sp.csr_array(of_coupled))
        # Prices and what totals are worth are the duals of an interior-point step, coupled variables its primals.
        self.assembly = Assembly(weighed, of_coupled, shape.coupled_curvature, shape.coupled_limits, _SHARES)

    def _core_trades(self, market: Market, T: sp.csr_array) -> sp.csr_array:
        """What variables trade of goods in the core, shape (core goods, variables)."""
        position = np.full(len(market.goods), -1, dtype=np.int32)
        position[self.core_goods] = np.arange(len(self.core_goods))
        row = np.repeat(position[market.good_of_copy], np.diff(T.indptr))
        own = np.flatnonzero((row >= 0) & ~np.repeat(self._is_told[market.good_of_copy], np.diff(T.indptr)))
        result = sp.csr_array((T.data[own], (row[own], T.indices[own])), shape=(len(self.core_goods), T.shape[1]))
        result.eliminate_zeros()
        return result

    def _netted(
        self, levels: sp.csr_array, sides: list[sp.csr_array], beside: sp.csr_array
    ) -> tuple[sp.csr_array, sp.csc_array]:
        """Rows less the totals that make them up, over pairs, over single variables, and over what totals yield.

        Parameters
        ----------
        sides : list of two sparse arrays of shape (rows, pairs)
            Rows over the variables of the pairs; it is used up.
        beside : sparse array of shape (rows, single variables)
        """
        count, trade = beside.shape[0], self.pairs.trade
        totals = np.arange(len(self.core_goods), count, dtype=np.int32)
        net = levels
        plain = [plain_totals(side, totals) for side in sides]
        for side, of_unit in zip(sides, (trade[1], -trade[0]), strict=True):
            side.data *= of_unit[side.indices]
        merged = sp.csr_array(sides.pop() + sides.pop())
        parts = [merged, beside, sp.eye_array(count, format="csr")[:, totals]]
        del merged, beside
        if levels.nnz > count:
            parts = [without_rounding(levels, part) for part in parts]
        Z = self._nets(parts[0], *plain)
        if Z.nnz:
            of_totals = sp.csr_array(sp.eye_array(count, format="csr") - Z)
            parts = [of_totals @ part for part in parts]
            parts[0].eliminate_zeros()
            net = sp.csr_array(of_totals @ levels)
        weighed = sp.csc_array(sp.hstack([sp.csc_array(part) for part in parts], format="csc"))
        weighed.sort_indices()
        return net, weighed

    def price_change(self, slope: Slope, wanted: FloatArray, told: FloatArray) -> FloatArray:
        """Change of prices to which agents answer with changes of trades that sum to `wanted`.

        Parameters
        ----------
        slope : Slope
        wanted : array of shape (goods,)
            That of goods whose change of price is told does not count.
        told : array of shape (goods,)
            The change of price of these goods, zero for all others.

        Returns
        -------
        array of shape (goods,)
            Goods whose trades nobody can change keep their price.
        """
        market, shape, core, tied = self._market, self._shape, self.core_goods, self.pairs
        (first, second), trade = tied.variables, tied.trade
        seller, buyer = slope.flexibility[first], slope.flexibility[second]
        share = trade[0] ** 2 * seller + trade[1] ** 2 * buyer
        np.divide(1.0, share, out=share, where=share > 0)
        share[self._is_told[tied.goods]] = 0.0
        alone = wanted[tied.goods] * share
        pull = shape.pull_of_prices(told[market.good_of_copy])
        spill = slope.flexibility * pull
        spill[first] += seller * trade[0] * alone
        spill[second] += buyer * trade[1] * alone
        seller *= buyer
        seller *= share
        weights = np.concatenate([seller, slope.flexibility[self._single], self._totals.give(slope)])
        # What is as long as all variables does not wait for the factors, which are large too.
        del seller, buyer, alone
        of_core = wanted[core] - market.imbalance(shape.trades @ spill)[core]
        of_rows = np.concatenate([of_core, shape.totals_of(spill)[self._totals.of_group]])
        del spill
        solution = self._from_net @ self._solved(weights, slope, self.net @ of_rows, -pull[shape.coupled])
        result = told.copy()
        result[core] += solution[: len(core)]
        worth = np.zeros(len(slope.give))
        worth[self._totals.of_group] = solution[len(core) :]
        back = shape.pull_of_prices(result[market.good_of_copy])
        back -= shape.pull_of_totals(worth)
        back *= slope.flexibility
        answer = trade[0] * back[first]
        answer += trade[1] * back[second]
        result[tied.goods] += (wanted[tied.goods] - answer) * share
        return result

    def _solved(self, weights: FloatArray, slope: Slope, of_rows: FloatArray, of_coupled: FloatArray) -> FloatArray:
        factor = self.assembly.factorise(weights, slope.barrier, slope.limit_weights)
        right = np.zeros((factor.size, 1))
        right[: len(of_rows), 0] = of_rows
        right[len(of_rows) : len(of_rows) + len(of_coupled), 0] = of_coupled
        return factor.solve(right)[: len(of_rows), 0]
