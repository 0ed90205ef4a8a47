"""Repair: the clearing, feasible allocation nearest to one that clears only nearly."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import BoolArray, FloatArray, IntArray
from ...agents.canonical.violations import CanonicalConstraints
from ...agents.goods import Family
from ...agents.modular_datacenter import ModularDatacenter
from ...coordinator.market import Market
from ...coordinator.measures.own_scale import volumes_mwh
from ...coordinator.programmes.quadratic_programme import QuadraticProgramme
from ...coordinator.sparse import others
from .inner_point import inner_point
from .minimiser import minimiser, with_known
from .own_units import OwnUnits
from .shortest import shortest

# Of the correction, in multiples of the largest residual, and how large a correction may be in these.
_TOLERANCES = (1e-10, 1e-9, 1e-8)
_LONGEST = 1e6
# Violations and imbalances that an allocation may have to be shown, in the own units of agents and limits.
_ACCEPTED = 1e-7
# What needs no correction, and how often one is corrected: each time digits are gained.
_MET = 1e-11
_REFINEMENTS = 3
# Residuals, in own units, below which the nearest way to clear is not searched for.
_SMALL = 1e-5
# What limits give way, so that something is between those that pin a quantity.
_ROOM = 1e-12
# Trades below this share of their volume are none.
_NO_TRADE = 1e-9


def nearest_clearing(market: Market, own: OwnUnits, trades: FloatArray) -> FloatArray | None:
    """Variables of all agents that satisfy every constraint, clear, and are nearest to those of the trades.

    Where possible, contracts that one of the two parties does not want at all stay void, and modular
    datacenters keep their trades. Else what does not clear would be spread evenly: buyers of nothing would
    get a little of everything, and small purchases another intensity.
    What is off by less than a hundred thousandth moves least where there is least room, instead of least in all.

    Parameters
    ----------
    market : Market
    own : OwnUnits
        Distances are those of variables in its units.
    trades : array of shape (copies,)

    Returns
    -------
    array of shape (n,), or None
        In its units. None if no allocation clears, up to the accuracy of the solvers.
    """
    void = _void(market, own, trades)
    lends = np.array([isinstance(agent, ModularDatacenter) for agent in market.agents])[market.agent_of_copy]
    tries = ((np.where(void, 0.0, trades), void | lends), (trades, np.zeros_like(void)))
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
    constraints = CanonicalConstraints(market.matrices, market.mwh_per_unit)
    x = constraints.variables(trades, volumes_mwh(market, trades)) / own.units
    # Most contracts are void: where a trade is one variable, that is known and leaves the problem.
    kept = sp.csr_array(sp.diags_array(1 / own.volume[market.good_of_copy]) @ s.T)[np.flatnonzero(held)]
    is_sum = np.diff(kept.indptr) > 1
    known = np.unique(kept[np.flatnonzero(~is_sum)].indices).astype(np.int64)
    return refined(own, x, kept[np.flatnonzero(is_sum)], known)


def refined(own: OwnUnits, x: FloatArray, sums: sp.csr_array, known: IntArray) -> FloatArray | None:
    """The variables next to some that satisfy all constraints, so exactly that what is next to nothing stays so.

    Parameters
    ----------
    own : OwnUnits
    x : array of shape (n,)
        In its units.
    sums : sparse array of shape (k, n)
        Sums of variables to keep.
    known : array of int
        Variables to keep.

    Returns
    -------
    array of shape (n,), or None
        None if some constraint is left violated.
    """
    for _ in range(_REFINEMENTS):
        if own.residual(x) <= _MET:
            # Bounds of nothing, like those of a closed line, are kept to the last digit.
            x = np.clip(x, own.stacked.lower, own.stacked.upper)
            if own.residual(x) <= _MET:
                break
        correction = _correction(own, x, sums, known)
        if correction is None:
            break
        x = np.clip(x + correction, own.stacked.lower, own.stacked.upper)
    return x if own.residual(x) <= _ACCEPTED else None


def _correction(own: OwnUnits, x: FloatArray, sums: sp.csr_array, known: IntArray) -> FloatArray | None:
    """The least change after which all constraints hold, with some sums and some variables as they are.

    It is found in multiples of the residual, to as many digits of that.
    """
    s, residual = own.stacked, own.residual(x)
    slack = s.h - s.G @ x
    # Interior points know no way between two limits that meet.
    equal, limiting = own.opposites[:, 0], others(len(slack), own.opposites.ravel())
    pinned = sp.csr_array(s.G)[equal]
    largest = abs(pinned).max(axis=1).toarray().ravel()
    owed = np.concatenate([s.b - s.A @ x, -s.k - s.K @ x, np.zeros(sums.shape[0]), slack[equal] / largest])
    programme, free = with_known(
        QuadraticProgramme(
            P=sp.csc_array(sp.eye_array(len(x))),
            c=np.zeros(len(x)),
            A=sp.csc_array(sp.vstack([s.A, s.K, sums, sp.diags_array(1 / largest) @ pinned], format="csc")),
            b=owed / residual,
            G=sp.csc_array(sp.csr_array(s.G)[limiting]),
            h=np.minimum((slack[limiting] + _ROOM) / residual, _LONGEST),
            lower=np.maximum((s.lower - x - _ROOM) / residual, -_LONGEST),
            upper=np.minimum((s.upper - x + _ROOM) / residual, _LONGEST),
        ),
        known,
        np.zeros(len(known)),
    )
    # Which of the changes is taken matters for large ones alone; between limits that leave next to nothing, like
    # those of a closed line, interior points find no way.
    ways = [_nearest_point, shortest]
    ways.insert(0 if residual <= _SMALL else len(ways), inner_point)
    found = next((point for way in ways if (point := way(programme)) is not None), None)
    if found is None:
        return None
    result = np.zeros(len(x))
    result[free] = residual * found
    return result


def _nearest_point(programme: QuadraticProgramme) -> FloatArray | None:
    return minimiser(programme, _TOLERANCES)
