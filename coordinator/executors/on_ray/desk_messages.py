"""What desks of shards are told, and answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ....agents.arrays import FloatArray
from ....agents.canonical.canonical_problem import CanonicalProblem
from ..bidding.held import IdleGoods


@dataclass(frozen=True, eq=False)
class DeskSetup:
    """What a shard has to know of the others, and what was found out about its own agents.

    Parameters
    ----------
    restated : mapping of int to CanonicalProblem
        Agents whose limits leave no room, by their position in the shard, as they are restated.
    idle : IdleGoods
        What its agents hold.
    steepness : float
        Of a typical good of the market.
    """

    restated: Mapping[int, CanonicalProblem]
    idle: IdleGoods
    steepness: float


@dataclass(frozen=True, eq=False)
class Step:
    """Books after a step, without what whoever asks for it knows, and how far each agent went; shapes as in `Book`."""

    quantities: FloatArray
    equality_dual: FloatArray
    slack: FloatArray
    dual: FloatArray
    progress: FloatArray
