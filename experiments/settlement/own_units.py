"""A stacked market in units in which small agents weigh as much as large ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray, IntArray
from ...agents.canonical.stacked_matrices import owners
from ...coordinator.announcement import Responses
from ...coordinator.market import Market
from ...coordinator.measures.own_scale import volumes_mwh
from .presolve import opposite_rows
from .stacked_market import StackedMarket

# Sides of limits below this share of what a row adds up are held as exactly as this share.
_LEAST_SIDE = 1e-6
# Of all that a row adds up: between the angles of a large grid the limit of a small line drowns in rounding.
_ROUNDING = 1e-15


@dataclass(frozen=True, eq=False)
class OwnUnits:
    """A stacked market whose variables and rows are in units of who they belong to.

    Solvers hold every row to one accuracy. In MWh a unit of 10 kW beside one of 10 GW would hardly count.

    Parameters
    ----------
    stacked : StackedMarket
        Its variables are those of the market over `units`, and its rows are scaled; trades and costs are not.
    units : array of shape (n,)
    volume : array of shape (goods,)
        Most of each good that is likely to be traded, in the good's unit.
    """

    stacked: StackedMarket
    units: FloatArray
    volume: FloatArray

    def allocation(self, x: FloatArray) -> Responses:
        """Trades and costs of all agents at variables of shape (n,) in their units."""
        s = self.stacked
        return Responses(s.T @ x + s.trade_offset, s.matrices.costs(x * self.units))

    @cached_property
    def opposites(self) -> IntArray:
        """Pairs of inequalities that are one equation, shape (pairs, 2)."""
        return opposite_rows(self.stacked.G, self.stacked.h)

    def residual(self, x: FloatArray) -> float:
        """Largest violation of a row or bound, in its own unit, at variables of shape (n,) in their units.

        What rounding alone may leave of a row is none.
        """
        s = self.stacked
        size = np.abs(x)
        parts = (
            np.abs(s.A @ x - s.b) - _ROUNDING * (abs(s.A) @ size),
            np.abs(s.K @ x + s.k) - _ROUNDING * (abs(s.K) @ size),
            s.G @ x - s.h - _ROUNDING * (abs(s.G) @ size),
            x - s.upper,
            s.lower - x,
        )
        return float(max(part.max(initial=0.0) for part in parts))


def in_own_units(market: Market, stacked: StackedMarket, trades: FloatArray) -> OwnUnits:
    """Take the units from what agents trade and from the sides of their constraints.

    No good is traded beyond what the second largest of its holders can trade, for a trade has two sides.

    Parameters
    ----------
    trades : array of shape (copies,)
        Roughly those that the market is to be solved for.
    """
    size_mwh = _sizes_mwh(market, trades)
    volume = _second_largest(market, size_mwh[market.agent_of_copy] / market.mwh_per_unit)
    units = _units(stacked, volume[market.good_of_copy], size_mwh[owners(stacked.matrices.variables)])
    columns = sp.diags_array(units)
    A, b = _equations(_sorted(stacked.A @ columns), stacked.b)
    G, h = _limits(_sorted(stacked.G @ columns), stacked.h)
    K, k = _equations(_sorted(stacked.K @ columns), stacked.k)
    scaled = replace(
        stacked,
        P=_sorted(columns @ stacked.P @ columns),
        c=stacked.c * units,
        A=A,
        b=b,
        G=G,
        h=h,
        lower=stacked.lower / units,
        upper=stacked.upper / units,
        K=K,
        k=k,
        T=_sorted(stacked.T @ columns),
    )
    return OwnUnits(scaled, units, volume)


def _sizes_mwh(market: Market, trades: FloatArray) -> FloatArray:
    """The larger of each agent's trades and the sides of its constraints, shape (agents,)."""
    matrices = market.matrices
    lower, upper = matrices.bounds()
    equality, inequality, variable = map(owners, (matrices.equalities, matrices.inequalities, matrices.variables))
    size = volumes_mwh(market, trades)
    for owner, sides in ((equality, matrices.b), (inequality, matrices.h), (variable, lower), (variable, upper)):
        np.maximum.at(size, owner, np.where(np.isfinite(sides), np.abs(sides), 0.0))
    return size


def _second_largest(market: Market, values: FloatArray) -> FloatArray:
    """Of each good's copies the second largest value, or the only one, shape (goods,)."""
    order = np.lexsort((values, market.good_of_copy))
    ends = np.cumsum(market.traders.astype(np.int64))
    return np.asarray(values[order][np.maximum(ends - 2, ends - market.traders.astype(np.int64))])


def _units(stacked: StackedMarket, volume: FloatArray, size_mwh: FloatArray) -> FloatArray:
    """The size of each variable at which no trade exceeds its volume; of those that are no trade its owner's."""
    entries = sp.coo_array(stacked.T)
    copy, variable = entries.coords
    limit = np.full(len(size_mwh), np.inf)
    np.minimum.at(limit, variable, volume[copy] / np.abs(entries.data))
    return np.where(np.isfinite(limit), limit, size_mwh)


def _equations(matrix: sp.csc_array, sides: FloatArray) -> tuple[sp.csc_array, FloatArray]:
    """Rows with sides, both over the largest entry."""
    size = _largest_entries(matrix, len(sides))
    return _sorted(sp.diags_array(1 / size) @ matrix), sides / size


def _limits(matrix: sp.csc_array, sides: FloatArray) -> tuple[sp.csc_array, FloatArray]:
    """Rows with sides, both over the smaller of the largest entry and the side: a closed line lets nothing through."""
    largest = _largest_entries(matrix, len(sides))
    side = np.where(np.isfinite(sides), np.abs(sides), largest)
    size = np.clip(side, _LEAST_SIDE * largest, largest)
    return _sorted(sp.diags_array(1 / size) @ matrix), sides / size


def _largest_entries(matrix: sp.csc_array, rows: int) -> FloatArray:
    largest = np.zeros(rows)
    np.maximum.at(largest, matrix.indices, np.abs(matrix.data))
    return np.where(largest > 0, largest, 1.0)


def _sorted(matrix: sp.sparray) -> sp.csc_array:
    """CSC with sorted indices, which PIQP needs."""
    result = sp.csc_array(matrix)
    result.sort_indices()
    return result
