"""Repair: the clearing, feasible allocation nearest to one that clears only nearly."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray
from ...agents.goods import Family
from ...agents.modular_datacenter import ModularDatacenter
from ...coordinator.market import Market
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme
from .minimiser import minimiser, with_known
from .own_units import OwnUnits

_TOLERANCES = (1e-10, 1e-9, 1e-8)
# Violations and imbalances that an allocation may have to be shown, in the own units of agents and limits.
ACCEPTED = 1e-7
# Trades below this share of their volume are none.
_NO_TRADE = 1e-9


def nearest_clearing(market: Market, own: OwnUnits, trades: FloatArray) -> FloatArray | None:
    """Variables of all agents that satisfy every constraint, clear, and have the nearest trades.

    Where possible, contracts that one of the two parties does not want at all stay void, and modular
    datacenters keep their trades. Else what does not clear would be spread evenly: buyers of nothing would
    get a little of everything, and small purchases another intensity.

    Parameters
    ----------
    market : Market
    own : OwnUnits
        Distances are weighed by its volumes. Trades that follow from others, like the wheeling that contracts
        need, do not count.
    trades : array of shape (copies,)

    Returns
    -------
    array of shape (n,), or None
        In its units. None if no allocation clears, up to the accuracy of the solvers.
    """
    void = _void(market, own, trades)
    lends = np.array([isinstance(agent, ModularDatacenter) for agent in market.agents])[market.agent_of_copy]
    wanted = np.where(void, 0.0, trades)
    tries = ((wanted, void | lends), (trades, np.zeros_like(void)))
    return next((point for each in tries if (point := _nearest(market, own, *each)) is not None), None)


def _void(market: Market, own: OwnUnits, trades: FloatArray) -> BoolArray:
    """Copies of contracts of which somebody trades nothing, shape (copies,)."""
    least = np.full(len(market.goods), np.inf)
    np.minimum.at(least, market.good_of_copy, np.abs(trades))
    is_contract = np.array([good.family == Family.CONTRACT for good in market.goods])
    return np.asarray((is_contract & (least <= _NO_TRADE * own.volume))[market.good_of_copy])


def _nearest(market: Market, own: OwnUnits, trades: FloatArray, held: BoolArray) -> FloatArray | None:
    """The nearest clearing point that has some of the trades exactly."""
    s = own.stacked
    volume = own.volume[market.good_of_copy]
    scaled = sp.csr_array(sp.diags_array(1 / volume) @ s.T)
    wanted = (trades - s.trade_offset) / volume
    counts = tells_something(scaled)
    told, wanted_of_told = scaled[counts], wanted[counts]
    # Most contracts are void: where a trade is one variable, that is known and leaves the problem.
    single = held & (np.diff(scaled.indptr) == 1)
    entries = scaled[single]
    known = wanted[single] / entries.data
    sums = scaled[held & ~single]
    programme = QuadraticProgramme(
        P=sp.csc_array(told.T @ told),
        c=-(told.T @ wanted_of_told),
        A=sp.csc_array(sp.vstack([s.A, s.K, sums], format="csc")),
        b=np.concatenate([s.b, -s.k, wanted[held & ~single]]),
        G=s.G,
        h=s.h,
        lower=s.lower,
        upper=s.upper,
    )
    programme, free = with_known(programme, entries.indices, known)
    x = np.zeros(len(s.c))
    x[entries.indices] = known
    for tolerance in _TOLERANCES:
        found = minimiser(programme, tolerance)
        if found is not None:
            x[free] = found
            return x if own.residual(x) <= ACCEPTED else None
    return None


def tells_something(trades: sp.csr_array) -> BoolArray:
    """Which rows are one variable, or have a variable that no such row is, shape (copies,)."""
    single = np.diff(trades.indptr) == 1
    is_told = np.zeros(trades.shape[1])
    is_told[trades[single].indices] = 1.0
    others = sp.csr_array((np.ones(trades.nnz), trades.indices, trades.indptr), shape=trades.shape)
    return np.asarray(single | (others @ (1.0 - is_told) > 0))
