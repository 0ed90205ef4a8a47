"""Markets that grow: one family without closed forms, one with nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isqrt

from ....coordinator.executor import Executor
from ....coordinator.executors.batched.batched import Batched
from ....coordinator.executors.compiled import Compiled
from ....coordinator.market import Market
from ..problems.exchange import Exchange
from ..problems.windows import PARTNERS, window_market


@dataclass(frozen=True)
class MarketFamily:
    """Markets of one kind in several sizes.

    Parameters
    ----------
    name : str
    inner : Executor
        What answers in each worker, and alone in this process.
    market : callable
        From about how many contracts and a seed to a market.
    """

    name: str
    inner: Executor
    market: Callable[[int, int], Market]


def _windows(contracts: int, seed: int) -> Market:
    return window_market(max(contracts // PARTNERS, PARTNERS), seed)


def _exchange(contracts: int, seed: int) -> Market:
    side = max(isqrt(contracts - 1) + 1, 2)
    return Exchange.generated(side, side, seed).market()


FAMILIES = (MarketFamily("no closed form", Compiled(), _windows), MarketFamily("closed forms", Batched(), _exchange))
