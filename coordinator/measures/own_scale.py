"""Every agent in its own scale: what is little for a market may be all that a small agent trades."""

from __future__ import annotations

import numpy as np

from ...agents.arrays import FloatArray
from ..market import Market
from .imbalance import NEGLIGIBLE_VOLUME

# An agent is taken to trade at least this share of the volume scale of its goods. Limits are held against less
# than imbalances and dollars: answers keep limits to rounding, whatever is traded.
_LEAST_SHARE_OF_LIMITS = 1e-6


def volumes_mwh(market: Market, trades: FloatArray) -> FloatArray:
    """What the violations of each agent are relative to: its largest trade [MWh], shape (agents,)."""
    least = _LEAST_SHARE_OF_LIMITS * market.volume_scale[market.good_of_copy]
    return market.largest_of_agents(np.maximum(np.abs(trades), least) * market.mwh_per_unit)


def turnovers_usd(market: Market, worth: FloatArray, *trades: FloatArray) -> FloatArray:
    """What the regrets of each agent are relative to [$], shape (agents,).

    The largest of some trades in every good, at their prices, or at typical ones where these are higher: a
    good whose price is next to nothing would else make regrets of next to nothing large.

    Parameters
    ----------
    worth : array of shape (copies,)
        What a unit of a good is worth to who holds the copy.
    trades : arrays of shape (copies,)
    """
    price = np.maximum(np.abs(worth), market.price_scale[market.good_of_copy])
    held = np.max(np.abs(trades), axis=0)
    least = NEGLIGIBLE_VOLUME * (market.price_scale * market.volume_scale)[market.good_of_copy]
    return np.maximum(market.by_agent(price * held), market.largest_of_agents(least))


def relative_imbalances_of_agents(market: Market, trades: FloatArray) -> FloatArray:
    """2-norm of each agent's share in all imbalances over that of its trades, both in MWh, shape (agents,).

    The imbalance of a good is shared by those who trade it, in proportion to their trades.
    """
    energy = trades * market.mwh_per_unit
    imbalance = market.imbalance(energy)[market.good_of_copy]
    total = market.imbalance(np.abs(energy))[market.good_of_copy]
    share = np.divide(np.abs(energy), total, out=np.zeros_like(energy), where=total > 0)
    least = NEGLIGIBLE_VOLUME * market.volume_scale[market.good_of_copy] * market.mwh_per_unit
    volume = np.maximum(np.sqrt(market.by_agent(energy**2)), market.largest_of_agents(least))
    owed = np.sqrt(market.by_agent((imbalance * share) ** 2))
    return np.divide(owed, volume, out=np.zeros_like(owed), where=volume > 0)
