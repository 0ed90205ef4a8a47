"""What a round of a market asks of some workers, known without any."""

from __future__ import annotations

from ....coordinator.executors.on_ray.shards import balanced_shards
from ....coordinator.market import Market
from .round_time import Load

_BYTES = 8


def load_here(market: Market) -> Load:
    """All agents in this process, which sends nothing."""
    copies = len(market.good_of_copy)
    return Load(0, copies, len(market.agents), copies, 0)


def load_of(market: Market, workers: int) -> Load:
    """Agents dealt to workers: told prices of goods, weights and targets of copies; trades and costs come back."""
    shards = balanced_shards(market, workers)
    largest = max(shards, key=lambda shard: len(shard.copies))
    numbers = sum(len(shard.goods) + 3 * len(shard.copies) + len(shard.members) for shard in shards)
    return Load(len(shards), len(market.good_of_copy), len(largest.members), len(largest.copies), _BYTES * numbers)
