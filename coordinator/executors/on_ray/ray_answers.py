"""The answers of a market whose agents are in workers."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from functools import cached_property, partial
from typing import Any

from ...announcement import Announcement, BidRequest, Responses, refuse_unless_for
from ...executor import Executor, UnansweredError
from ...market import Market
from ..bidding.bidders import Bidders
from ..bidding.desks import AgentsDesk
from ..bidding.own_bids import Desk
from ..bidding.stacked_agents import StackedAgents
from .asking import asked
from .crew import Crew
from .ray_desk import RayDesk
from .session import cores
from .shard_answers import ShardAnswers
from .shards import Shard, balanced_shards


class RayAnswers:
    """Every worker is asked about its own shard; what they answer is put together in the order of the market.

    The workers stay until this is closed, or no longer needed by anybody.

    Parameters
    ----------
    market : Market
    inner : Executor
        What answers within a shard.
    session : context manager
        Around what needs Ray.
    workers : int
        How many at most.
    patience_seconds : float
        How long an answer may take before its worker counts as lost.

    Raises
    ------
    AgentError
        If an agent's problem cannot be stated.
    UnavailableError
        If there is no Ray, or it does not start the workers.
    """

    def __init__(
        self,
        market: Market,
        inner: Executor,
        session: AbstractContextManager[None],
        workers: int | None,
        patience_seconds: float,
    ) -> None:
        self._market, self._inner = market, inner
        with ExitStack() as opened:
            opened.enter_context(session)
            self._shards = balanced_shards(market, workers or cores())
            homes = [shard.home(market) for shard in self._shards]
            self._crew = Crew(ShardAnswers, inner, homes, patience_seconds)
            opened.callback(self._crew.close)
            self._crew.ask("compile", [()] * len(homes))
            self._close = weakref.finalize(self, opened.pop_all().close)

    def __call__(self, announcement: Announcement) -> Responses:
        """Ask all workers and wait for the last one."""
        refuse_unless_for(self._market, announcement)
        if isinstance(announcement, BidRequest):
            if BidRequest not in self._inner.answers:
                raise UnansweredError(f"the executor {self._inner.name} does not answer BidRequest")
            return self._bidders.answer(announcement)
        return asked(self._crew, self._market, self._shards, announcement)

    @cached_property
    def _bidders(self) -> Bidders:
        """The agents as bidders of slopes, set up when first asked."""
        return Bidders(self._market, self._market.matrices, partial(_desk, self._market, self._shards, self._crew))

    def __enter__(self) -> RayAnswers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def workers(self) -> Sequence[Any]:
        """Handles of Ray's actors, one a shard."""
        return self._crew.actors

    def close(self) -> None:
        """Let the workers go, and Ray if it was started for them."""
        self._close()


def _desk(market: Market, shards: Sequence[Shard], crew: Crew, agents: StackedAgents) -> Desk:
    # What is solved as one takes less time than a message: it is not dealt out.
    return AgentsDesk(market, agents) if agents.as_one else RayDesk(market, shards, crew, agents)
