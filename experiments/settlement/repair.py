"""Repair: the clearing, feasible allocation nearest to one that clears only nearly."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray
from ...agents.goods import Family
from ...agents.modular_datacenter import ModularDatacenter
from ...coordinator.market import Market
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme, by_clarabel, by_piqp
from .stacked_market import StackedMarket

_TOLERANCES = (1e-10, 1e-9, 1e-8)
# Trades below this share of their scale are none.
_NO_TRADE = 1e-9


def nearest_clearing(market: Market, stacked: StackedMarket, trades: FloatArray) -> FloatArray | None:
    """Variables of all agents that satisfy every constraint, clear, and have the nearest trades.

    Where possible, contracts that one of the two parties does not want at all stay void, and modular
    datacenters keep their trades. Else what does not clear would be spread evenly: buyers of nothing would
    get a little of everything, and small purchases another intensity.

    Parameters
    ----------
    market : Market
        Distances are weighed by its volume scales.
    stacked : StackedMarket
    trades : array of shape (copies,)

    Returns
    -------
    array of shape (n,), or None
        None if no allocation clears, up to the accuracy of the solvers, PIQP and after it Clarabel.
    """
    void = _void(market, trades)
    lends = np.array([isinstance(agent, ModularDatacenter) for agent in market.agents])[market.agent_of_copy]
    point = _nearest(market, stacked, np.where(void, 0.0, trades), void | lends)
    return _nearest(market, stacked, trades, np.zeros_like(void)) if point is None else point


def _void(market: Market, trades: FloatArray) -> BoolArray:
    """Copies of contracts of which somebody trades nothing, shape (copies,)."""
    least = np.full(len(market.goods), np.inf)
    np.minimum.at(least, market.good_of_copy, np.abs(trades))
    is_contract = np.array([good.family == Family.CONTRACT for good in market.goods])
    return np.asarray((is_contract & (least <= _NO_TRADE * market.volume_scale))[market.good_of_copy])


def _nearest(market: Market, stacked: StackedMarket, trades: FloatArray, held: BoolArray) -> FloatArray | None:
    """The nearest clearing point that has some of the trades exactly."""
    s = stacked
    volume = market.volume_scale[market.good_of_copy]
    scaled = sp.csr_array(sp.diags_array(1 / volume) @ s.T)
    wanted = trades - s.trade_offset
    hessian = sp.csc_array(scaled.T @ scaled)
    rows = sp.csc_array(sp.vstack([s.A, s.K, scaled[held]], format="csc"))
    sides = np.concatenate([s.b, -s.k, (wanted / volume)[held]])
    linear = -(scaled.T @ (wanted / volume))
    programme = QuadraticProgramme(hessian, linear, rows, sides, s.G, s.h, s.lower, s.upper)
    for tolerance in _TOLERANCES:
        found = by_piqp(programme, {"eps_abs": tolerance, "eps_rel": tolerance})
        if found.is_solved:
            return found.x
    found = by_clarabel(programme)
    return found.x if found.is_solved else None
