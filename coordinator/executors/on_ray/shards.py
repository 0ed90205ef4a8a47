"""Shards: agents that stand together and are answered by one process, with what that process is told and sends."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from ....agents.agent import Agent
from ....agents.arrays import IntArray
from ...announcement import Announcement, BidRequest, NearTargets, Prices
from ...market import Market

# An agent costs so much as this many of its goods, whatever it trades: the call of its solver.
_GOODS_OF_A_CALL = 10


@dataclass(frozen=True, eq=False)
class Shard:
    """Some agents of a market, in the order in which they stand there.

    Parameters
    ----------
    agents : tuple of Agent
    members, copies : arrays of int
        Where they and their copies stand among those of the market.
    goods : array of int
        Positions in the market of the goods that they trade, in order.
    """

    agents: tuple[Agent, ...]
    members: IntArray
    copies: IntArray
    goods: IntArray

    def home(self, market: Market) -> Market:
        """A market of these agents alone, which knows the scales of their own goods."""
        own = (market.goods[good] for good in self.goods.tolist())
        return Market(self.agents, {good: market.scales[good] for good in own if good in market.scales})

    def told(self, announcement: Announcement) -> Announcement:
        """What of an announcement is about the goods of these agents, without books."""
        prices, surcharges = announcement.prices[self.goods], announcement.surcharges
        if surcharges.shape != (1,):
            surcharges = surcharges[self.copies]
        match announcement:
            case NearTargets(rho=rho, targets=targets):
                return NearTargets(prices, rho[self.copies], targets[self.copies], surcharges)
            case BidRequest(price_change=change, barrier_usd=barrier_usd):
                return BidRequest(prices, change[self.goods], barrier_usd, None, surcharges)
            case Prices():
                return Prices(prices, surcharges)


def balanced_shards(market: Market, workers: int) -> tuple[Shard, ...]:
    """Deal the agents of a market to as many shards as there are workers, of about the same work each.

    The largest agents come first, each to the shard that has least: so agents of one size, which mostly are of one
    kind, are spread evenly, whatever they cost (Graham, "Bounds on multiprocessing timing anomalies", SIAM J. Applied
    Mathematics 17(2), 1969).

    Parameters
    ----------
    workers : int
        Where there are fewer agents, each is a shard.
    """
    copies = market.copies_of_agents
    work = [own.stop - own.start + _GOODS_OF_A_CALL for own in copies]
    shards = [(0, number) for number in range(min(workers, len(work)))]
    members: list[list[int]] = [[] for _ in shards]
    for agent in sorted(range(len(work)), key=lambda agent: -work[agent]):
        least, number = heappop(shards)
        members[number].append(agent)
        heappush(shards, (least + work[agent], number))
    return tuple(_shard(market, sorted(own)) for own in members)


def _shard(market: Market, members: list[int]) -> Shard:
    every, places = np.arange(len(market.good_of_copy)), market.copies_of_agents
    copies = np.concatenate([every[places[agent]] for agent in members])
    agents = tuple(market.agents[agent] for agent in members)
    return Shard(agents, np.array(members), copies, np.unique(market.good_of_copy[copies]))
