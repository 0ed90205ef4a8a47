"""Where one machine ends: workers declare their own agents, and the coordinator knows names and goods alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np

from ....agents.arrays import FloatArray
from ...announcement import Announcement, NearTargets, Prices, Responses, refuse_unless_for
from ...executor import Respond, UnansweredError
from ...market import Market
from .absent_agents import introduced
from .asking import asked
from .crew import Crew
from .on_ray import OnRay
from .recipe import Recipe
from .shard_answers import ShardAnswers
from .shards import Shard


@dataclass(frozen=True, eq=False)
class DeclaredByShards:
    """The executor of one market, of which no agent is declared here.

    Memory here grows with goods and their copies, not with the agents' matrices. Under ADMM and whatever else announces
    prices, rounds are the same as by the inner executor, bit for bit.

    Parameters
    ----------
    market : Market
        Agents stand shard after shard; asked for a problem of one it raises AgentError. Violations are known while
        the workers are there.
    """

    market: Market
    _crew: Crew
    _shards: tuple[Shard, ...]
    name: ClassVar[str] = "ray"
    answers: ClassVar[frozenset[type[Announcement]]] = frozenset({Prices, NearTargets})

    def compile(self, market: Market) -> Respond:
        """What asks the workers, which stay when nobody asks any more.

        Raises
        ------
        UnansweredError
            If it is another market.
        """
        if market.declared is not self.market.declared:
            raise UnansweredError("these shards declare the agents of one market, and this is another")
        self._crew.ask("compile", [()] * len(self._shards))
        return self._respond

    def processes(self) -> list[int]:
        """Numbers of the workers' processes, each on its machine."""
        return self._crew.ask("process", [()] * len(self._shards))

    def _respond(self, announcement: Announcement) -> Responses:
        refuse_unless_for(self.market, announcement)
        return asked(self._crew, self.market, self._shards, announcement)


@contextmanager
def declared_by_shards(executor: OnRay, recipes: Sequence[Recipe]) -> Iterator[DeclaredByShards]:
    """Around runs of a market that workers declare, one shard each.

    Parameters
    ----------
    executor : OnRay
        How Ray is reached, and what answers in each worker; there are as many as recipes, whatever it says of workers.
    recipes : sequence of Recipe
        Each makes the agents of one shard. Together they are all traders of all their goods.

    Raises
    ------
    AgentError
        If an agent cannot be declared, or shards contradict each other.
    UnavailableError
        If there is no Ray, or it does not start the workers.
    ValueError
        If there are no recipes.
    """
    with replace(executor, workers=len(recipes)).session():
        crew = Crew(ShardAnswers, executor.inner, recipes, executor.patience_seconds)
        try:
            # Introductions are as long as all copies: nobody here holds on to them.
            market, shards = introduced(crew.ask("introduce", [()] * len(recipes)), partial(_AskedConstraints, crew))
            yield DeclaredByShards(market, crew, shards)
        finally:
            crew.close()


@dataclass(frozen=True, eq=False)
class _AskedConstraints:
    """Each worker says how far its own agents' trades violate their constraints."""

    crew: Crew
    shards: Sequence[Shard]

    def relative_violations(self, trades: FloatArray, volume_mwh: FloatArray) -> FloatArray:
        """See `AgentConstraints`."""
        told = [(trades[shard.copies], volume_mwh[shard.members]) for shard in self.shards]
        return np.concatenate(self.crew.ask("violations", told))
