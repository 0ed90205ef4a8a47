"""Shards: agents that stand together and are answered by one process, with what that process is told and sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ....agents.agent import Agent
from ....agents.arrays import FloatArray, IntArray
from ...announcement import Announcement, NearTargets, Prices
from ...market import Market

# An agent costs so much as this many of its goods, whatever it trades: the call of its solver.
_GOODS_OF_A_CALL = 10


@dataclass(frozen=True, eq=False)
class Shard:
    """Some agents of a market, one after the other as there.

    Parameters
    ----------
    agents : tuple of Agent
    copies : slice
        Where their copies stand among those of the market.
    goods : array of int
        Positions in the market of the goods that they trade, in order.
    """

    agents: tuple[Agent, ...]
    copies: slice
    goods: IntArray

    def home(self, market: Market) -> Market:
        """A market of these agents alone, which knows the scales of their own goods."""
        own = (market.goods[good] for good in self.goods.tolist())
        return Market(self.agents, {good: market.scales[good] for good in own if good in market.scales})

    def told(self, announcement: Prices | NearTargets) -> Announcement:
        """What of an announcement is about the goods of these agents."""
        prices, surcharges = announcement.prices[self.goods], announcement.surcharges
        if surcharges.shape != (1,):
            surcharges = surcharges[self.copies]
        if isinstance(announcement, NearTargets):
            return NearTargets(prices, announcement.rho[self.copies], announcement.targets[self.copies], surcharges)
        return Prices(prices, surcharges)


def balanced_shards(market: Market, workers: int) -> tuple[Shard, ...]:
    """Cut the agents of a market into as many shards as there are workers, of about the same work each.

    Parameters
    ----------
    workers : int
        Where there are fewer agents, each is a shard.
    """
    copies = market.copies_of_agents
    work = np.array([own.stop - own.start for own in copies], dtype=np.float64) + _GOODS_OF_A_CALL
    return tuple(
        Shard(
            agents=market.agents[begin:end],
            copies=(own := slice(copies[begin].start, copies[end - 1].stop)),
            goods=np.unique(market.good_of_copy[own]),
        )
        for begin, end in pairwise(_cuts(work, min(workers, len(work))))
    )


def _cuts(work: FloatArray, shards: int) -> Sequence[int]:
    """Where each shard begins, and after the last one their end: every agent falls where the middle of its work is."""
    middle = np.cumsum(work) - work / 2
    wanted = np.searchsorted(middle, work.sum() * np.arange(shards + 1) / shards)
    # No shard is empty.
    earliest = np.arange(shards + 1)
    cuts = np.maximum.accumulate(np.maximum(wanted, earliest) - earliest) + earliest
    cuts = np.minimum(cuts, len(work) - shards + earliest)
    return [int(cut) for cut in cuts]
