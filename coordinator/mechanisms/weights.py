"""Weights of distances from targets: how steep prices typically are over the volumes of each copy."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ..market import Market

# A copy's typical trade is not taken to be further than this from its good's volume scale, up or down.
_FURTHEST = 1e3


def slopes(market: Market) -> FloatArray:
    """Typical slopes of prices over volumes [$ per unit squared], shape (copies,).

    Price scale over what the copy's holder typically trades. A surcharge may be steeper than all else,
    and so is then what its supplier gives for its inputs.
    """
    typical = (market.price_scale / market.volume_scale)[market.good_of_copy] / typical_shares(market)
    return np.maximum(typical, _steepest_surcharges(market)[market.good_of_copy])


def typical_shares(market: Market) -> FloatArray:
    """What each copy typically trades, in volume scales of its good, shape (copies,).

    A good's volume scale cannot say that a producer hands over at its own bus what it sells at all others, or
    that a grid operator faces all producers at once. The agent's own map from variables to trades can. A
    variable is taken to move as far as it can without moving any trade by more than its volume scale, and
    variables to move independently of each other: the root of the sum of squares. So rows and columns of the
    map are equilibrated (Pock and Chambolle, "Diagonal preconditioning for first order primal-dual
    algorithms in convex optimization", ICCV 2011, for the norm of columns the largest entry). Units of
    neither goods nor variables matter.
    """
    return np.concatenate([np.zeros(0), *(_shares_of(map_) for map_ in _maps_in_volume_scales(market))])


def _maps_in_volume_scales(market: Market) -> list[sp.csr_array]:
    scale_of_copy = market.volume_scale[market.good_of_copy]
    return [
        sp.csr_array(sp.diags_array(1 / scale_of_copy[copies]) @ map_)
        for map_, copies in zip(market.trade_maps, market.copies_of_agents, strict=True)
    ]


def _shares_of(map_: sp.csr_array) -> FloatArray:
    if not all(map_.shape):
        return np.ones(map_.shape[0])
    largest = abs(map_).max(axis=0).toarray().ravel()
    moves = np.divide(1.0, largest, out=np.zeros_like(largest), where=largest > 0)
    shares = np.sqrt(map_.power(2) @ moves**2)
    # What never moves has no typical trade.
    return np.clip(np.where(shares > 0, shares, 1.0), 1 / _FURTHEST, _FURTHEST)


def _steepest_surcharges(market: Market) -> FloatArray:
    """Slopes that the surcharges of disclosed goods and of their suppliers' inputs may reach, shape (goods,)."""
    disclosed, steepest = market.disclosed, np.zeros(len(market.goods))
    stiffness = disclosed.stiffness(market.price_scale[disclosed.goods])
    steepest[disclosed.goods] = stiffness * disclosed.mwh_per_unit**2
    inputs = disclosed.input_goods
    steepest[inputs] = np.maximum(steepest[inputs], stiffness[disclosed.disclosed_of_input])
    return steepest
