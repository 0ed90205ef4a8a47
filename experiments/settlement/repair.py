"""Repair: the clearing, feasible allocation nearest to one that clears only nearly."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray
from ...agents.goods import Family
from ...agents.modular_datacenter import ModularDatacenter
from ...coordinator.market import Market
from .own_units import OwnUnits
from .quadratic_programme import QuadraticProgramme

_TOLERANCES = (1e-10, 1e-9, 1e-8)
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
        Distances are weighed by its volumes.
    trades : array of shape (copies,)

    Returns
    -------
    array of shape (n,), or None
        In its units. None if no allocation clears, up to the accuracy of the solvers.
    """
    void = _void(market, own, trades)
    lends = np.array([isinstance(agent, ModularDatacenter) for agent in market.agents])[market.agent_of_copy]
    point = _nearest(market, own, np.where(void, 0.0, trades), void | lends)
    return _nearest(market, own, trades, np.zeros_like(void)) if point is None else point


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
    programme = QuadraticProgramme(
        P=sp.csc_array(scaled.T @ scaled),
        q=-(scaled.T @ wanted),
        A=sp.csc_array(sp.vstack([s.A, s.K, scaled[held]], format="csc")),
        b=np.concatenate([s.b, -s.k, wanted[held]]),
        G=s.G,
        h=s.h,
        lower=s.lower,
        upper=s.upper,
    )
    return next((point for tolerance in _TOLERANCES if (point := programme.solution(tolerance)) is not None), None)
