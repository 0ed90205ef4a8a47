"""The model that cuts make of all agents' profits: its minimum in a box, and the nearest prices below a level."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import clarabel
import highspy
import numpy as np
import scipy.sparse as sp

from ....agents.arrays import BoolArray, FloatArray
from ...market import Market
from ...programmes.silent_highs import SilentHighs, linear_model
from .cuts import Cuts

_LP_TOLERANCE = 1e-10
# Prices on trial need not be the very nearest.
_QP_TOLERANCE = 1e-6
# Share of a volume scale that may be left over within the box before it counts as holding prices back.
_LEFT_OVER = 1e-7
# Weights below it are rounding errors.
_NO_WEIGHT = 1e-9
# Cuts so many drops below the others at the centre do not bind near it, and spoil the solver's conditioning.
_FAR_BELOW = 1e4
# Share of the drop that prices must bring to be taken from the solver, whatever it says of itself.
_DROP_NEEDED = 0.9


@dataclass(frozen=True, eq=False)
class Minimum:
    """Least total profit of the model within the box.

    Parameters
    ----------
    gap_usd : float
        How far it is below the model's value at the centre.
    prices : array of shape (goods,)
    weights : array of shape (cuts,)
        Of the responses whose combination proves it; they sum to 1 over the cuts of each agent.
    is_at_border : bool
        Whether the box holds the prices back. If not, the combination clears.
    """

    gap_usd: float
    prices: FloatArray
    weights: FloatArray
    is_at_border: bool

    @property
    def needed(self) -> BoolArray:
        """Cuts with a weight, shape (cuts,)."""
        return self.weights > _NO_WEIGHT


@dataclass(frozen=True, eq=False)
class ProfitModel:
    """Sum over the agents of the largest ``(prices + surcharges) @ trades - cost`` among their cuts.

    It is nowhere above the agents' true profits, and equal to them at prices that were announced.

    Parameters
    ----------
    market : Market
    cuts : Cuts
        At least one of every agent.
    surcharges : array of shape (copies,)
    """

    market: Market
    cuts: Cuts
    surcharges: FloatArray

    @property
    def accuracy_usd(self) -> float:
        """Differences below it cannot be told from rounding errors."""
        return _LP_TOLERANCE * self._dollars

    def profit_usd(self, prices: FloatArray) -> float:
        """Value of the model."""
        return float(self._highest(self._earned(prices)).sum())

    def tight(self, prices: FloatArray) -> BoolArray:
        """Cuts that give the model its value, shape (cuts,)."""
        return np.asarray(self._below(prices) == 0)

    def least(self, centre: FloatArray, radius: float) -> Minimum:
        """Minimum over prices within `radius` price scales of the centre.

        It is solved as the linear programme of its weights: combine responses that earn, at the centre,
        as much as they can, where what does not clear costs `radius` price scales.

        Raises
        ------
        FloatingPointError
            If the solver finds no minimum.
        """
        market = self.market
        goods, agents = len(market.goods), len(market.agents)
        below = self._below(centre)
        left_over = np.tile(radius * market.price_scale * market.volume_scale, 2)
        identity = sp.eye_array(goods, format="csr")
        balance = sp.hstack([sp.diags_array(1 / market.volume_scale) @ self._by_good.T, identity, -identity])
        shares = sp.hstack([self._of_agent.T, sp.csr_array((agents, 2 * goods))])
        columns = sp.csc_array(sp.vstack([balance, shares]))
        costs = np.concatenate([below, left_over]) / self._dollars
        x, row_duals = _linear_programme(costs, columns, np.concatenate([np.zeros(goods), np.ones(agents)]))
        weights, unsettled = np.split(np.maximum(x, 0.0), [len(below)])
        move = row_duals[:goods] * self._dollars / market.volume_scale
        gap_usd = self._dollars * float(costs @ x)
        return Minimum(gap_usd, centre + move, weights, bool(unsettled.max(initial=0.0) > _LEFT_OVER))

    def nearest_below(self, drop_usd: float, centre: FloatArray, least: Minimum) -> FloatArray:
        """Prices at which the model falls by a drop, as near to the centre as the solver finds them.

        Distances count in $: price changes squared, times volume scale over price scale. If the solver
        fails, the prices lie on the way from the centre to the minimum, where the model falls by as much at
        the latest, for it is convex.
        """
        nearest = self._projection(drop_usd, centre)
        if self.profit_usd(nearest) <= self.profit_usd(centre) - _DROP_NEEDED * drop_usd:
            return nearest
        return centre + drop_usd / least.gap_usd * (least.prices - centre)

    def _projection(self, drop_usd: float, centre: FloatArray) -> FloatArray:
        """The quadratic programme of the nearest prices, in units in which the model has to fall by 1."""
        goods, agents = len(self.market.goods), len(self.market.agents)
        below = self._below(centre) / drop_usd
        near = below < _FAR_BELOW
        units = np.sqrt(self.market.price_scale / self.market.volume_scale / self._dollars)
        slopes = self._by_good[near] @ sp.diags_array(units)
        total = sp.csr_array(np.concatenate([np.zeros(goods), np.ones(agents)])[None, :])
        rows = sp.vstack([sp.hstack([slopes, -self._of_agent[near]]), total], format="csc")
        limits = np.concatenate([below[near], [-1.0]])
        distance = sp.diags_array(np.concatenate([np.ones(goods), np.zeros(agents)]))
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.max_threads = 1
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = _QP_TOLERANCE
        solution = clarabel.DefaultSolver(
            sp.csc_matrix(distance),
            np.zeros(goods + agents),
            sp.csc_matrix(rows),
            limits,
            [clarabel.NonnegativeConeT(len(limits))],
            settings,
        ).solve()
        return np.asarray(centre + drop_usd * units * np.asarray(solution.x)[:goods])

    def _below(self, prices: FloatArray) -> FloatArray:
        """How far each cut is below the highest of its agent [$], shape (cuts,)."""
        earned = self._earned(prices)
        return np.asarray(self._highest(earned)[self.cuts.agents] - earned)

    def _earned(self, prices: FloatArray) -> FloatArray:
        """What each cut earns [$], shape (cuts,)."""
        worth = prices[self.market.good_of_copy] + self.surcharges
        return np.asarray(self.cuts.trades @ worth) - self.cuts.costs_usd

    def _highest(self, earned: FloatArray) -> FloatArray:
        """The most that any cut of an agent earns [$], shape (agents,)."""
        highest = np.full(len(self.market.agents), -np.inf)
        np.maximum.at(highest, self.cuts.agents, earned)
        return highest

    @cached_property
    def _dollars(self) -> float:
        return float((self.market.price_scale * self.market.volume_scale).max(initial=0.0)) or 1.0

    @cached_property
    def _by_good(self) -> sp.csr_array:
        """Trades of every cut, shape (cuts, goods)."""
        copies = np.arange(len(self.market.good_of_copy))
        shape = (len(copies), len(self.market.goods))
        return self.cuts.trades @ sp.csr_array((np.ones(len(copies)), (copies, self.market.good_of_copy)), shape=shape)

    @cached_property
    def _of_agent(self) -> sp.csr_array:
        """1 where a cut is an agent's, shape (cuts, agents)."""
        cuts = np.arange(len(self.cuts.agents))
        shape = (len(cuts), len(self.market.agents))
        return sp.csr_array((np.ones(len(cuts)), (cuts, self.cuts.agents)), shape=shape)


def _linear_programme(costs: FloatArray, columns: sp.csc_array, sums: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Nonnegative x with ``columns @ x = sums`` of least cost, and the duals of the rows, by HiGHS."""
    model = linear_model(costs, columns, (sums, sums), (np.zeros(len(costs)), np.full(len(costs), np.inf)))
    tried = []
    for solver in ("simplex", "ipm"):
        highs = SilentHighs()
        highs.setOptionValue("solver", solver)
        highs.setOptionValue("primal_feasibility_tolerance", _LP_TOLERANCE)
        highs.setOptionValue("dual_feasibility_tolerance", _LP_TOLERANCE)
        highs.passModel(model)
        highs.run()
        if highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            solution = highs.getSolution()
            return np.asarray(solution.col_value), np.asarray(solution.row_dual)
        tried.append(f"{solver} ends with {highs.modelStatusToString(highs.getModelStatus())}")
    raise FloatingPointError(f"HiGHS does not find the minimum of the model of profits: {', '.join(tried)}")
