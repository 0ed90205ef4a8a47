"""A round: every worker is told about its own shard, and what they answer is put together in the market's order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...announcement import Announcement, Responses
from ...market import Market
from .crew import Crew
from .shards import Shard


def asked(crew: Crew, market: Market, shards: Sequence[Shard], announcement: Announcement) -> Responses:
    """Ask all workers and wait for the last one."""
    answers: list[Responses] = crew.ask("answer", [(shard.told(announcement),) for shard in shards])
    trades, costs = np.empty(len(market.good_of_copy)), np.empty(len(market.agents))
    for shard, answer in zip(shards, answers, strict=True):
        trades[shard.copies], costs[shard.members] = answer.trades, answer.costs
    return Responses(trades, costs)
