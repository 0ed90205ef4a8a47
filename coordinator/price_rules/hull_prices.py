"""Convex-hull prices: those at which all agents together lose least by following a plan, whichever plan it is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...agents.arrays import FloatArray
from ..executors.mixed_integer import BoundedResponses, MixedIntegerMarket
from ..market import Market
from ..mechanism import Mechanism, Opening
from ..mechanisms.level_bundle.level_bundle import LevelBundle
from ..rounds import iterate
from .dual_bound import DualBound

# In price scales: prices are opened near the best ones.
_FIRST_BOX = 0.02
BUNDLE = LevelBundle(radius=_FIRST_BOX)


@dataclass(frozen=True, eq=False)
class HullRound:
    """The best prices after a round.

    Parameters
    ----------
    number : int
        Counted from 1.
    prices : array of shape (goods,)
    responses : BoundedResponses
        What agents do there.
    bound_usd : float
        What all agents together have there, and no plan exceeds.
    residual : float
        How far prices are from rest, as the mechanism says; of a level bundle mostly what better ones could still
        bring, relative to turnover.
    seconds : float
        Since the beginning.
    """

    number: int
    prices: FloatArray
    responses: BoundedResponses
    bound_usd: float
    residual: float
    seconds: float


def hull_rounds(
    market: Market, respond: MixedIntegerMarket, prices: FloatArray, mechanism: Mechanism[Any] = BUNDLE
) -> Iterator[HullRound]:
    """Yield one round after the other, without end.

    Gribik, Hogan and Pope, "Market-clearing electricity prices and energy uplift", 2007; Hogan and Ring, "On minimum-
    uplift pricing for electricity markets", 2003: the prices that minimise the Lagrangian dual, which are those of the
    convex hulls of what agents can do.

    Parameters
    ----------
    market : Market
        Agents with choices stand in it relaxed.
    respond : MixedIntegerMarket
        Its answers, which should be searched for without a gap.
    prices : array of shape (goods,)
        Where to start.
    mechanism : Mechanism
        One that announces prices alone.

    Raises
    ------
    AgentError
        If an agent finds no response in time.
    """
    begin = time.perf_counter()
    bound = DualBound(market, respond)
    opening = Opening(prices, np.zeros(len(market.good_of_copy)))
    for current in iterate(market, mechanism, bound, opening=opening, certify_every=sys.maxsize):
        yield HullRound(
            current.number,
            bound.best_prices,
            bound.best_responses,
            bound.best_usd,
            current.dual_residual,
            time.perf_counter() - begin,
        )
