"""What runs in a worker: the answers of one shard."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from ....agents.agent import AgentError
from ....agents.arrays import FloatArray
from ...announcement import Announcement, Responses
from ...bids import Book
from ...executor import Executor, Respond
from ...market import Market
from .desk_messages import DeskSetup
from .introductions import Introduction, introduction_of
from .recipe import Recipe
from .shard_desk import ShardDesk

# What says something about agents or prices is an answer too: other processes raise it.
Failure = AgentError | FloatingPointError | MemoryError
T = TypeVar("T")


class ShardAnswers:
    """The agents of a shard, declared and compiled in the process that answers for them.

    Parameters
    ----------
    inner : Executor
        How they are answered.
    home : Market or Recipe
        Of these agents alone, or what makes it.
    """

    def __init__(self, inner: Executor, home: Market | Recipe) -> None:
        self._inner, self._given = inner, home
        self._respond: Respond | None = None
        self._setup: DeskSetup | None = None
        self._made_desk: ShardDesk | None = None

    def begin(self) -> None:
        """Say that the process is there."""

    def process(self) -> int:
        """Number of the process."""
        return os.getpid()

    def compile(self) -> Failure | None:
        """Declare and compile all agents, if that is not done."""
        respond = _said(self._compiled)
        return respond if isinstance(respond, Exception) else None

    def introduce(self) -> Introduction | Failure:
        """What the agents say of themselves before the first round."""
        return _said(lambda: introduction_of(self._home))

    def violations(self, trades: FloatArray, volume_mwh: FloatArray) -> FloatArray | Failure:
        """How far each agent's trades violate its constraints, shape (agents,); see `AgentConstraints`."""
        return _said(lambda: self._home.constraints.relative_violations(trades, volume_mwh))

    def answer(self, announcement: Announcement) -> Responses | Failure:
        """Answer what is announced."""
        return _said(lambda: self._compiled()(announcement))

    def keep_books(self, setup: DeskSetup) -> None:
        """Have a desk, from when it is first asked."""
        self._setup, self._made_desk = setup, None

    def at_desk(self, method: str, *told: Book | Announcement) -> Any:
        """What a method of `ShardDesk` answers, or a failure."""
        return _said(lambda: getattr(self._desk(), method)(*told))

    @cached_property
    def _home(self) -> Market:
        return self._given if isinstance(self._given, Market) else self._given()

    def _desk(self) -> ShardDesk:
        if self._made_desk is None:
            if self._setup is None:
                raise AgentError("this shard has no desk yet: keep_books comes first")
            self._made_desk = ShardDesk(self._home, self._setup)
        return self._made_desk

    def _compiled(self) -> Respond:
        if self._respond is None:
            self._respond = self._inner.compile(self._home)
        return self._respond


def _said(answer: Callable[[], T]) -> T | Failure:
    try:
        return answer()
    except (AgentError, FloatingPointError, MemoryError) as error:
        return error
