"""What runs in a worker: the answers of one shard."""

from __future__ import annotations

import os

from ....agents.agent import AgentError
from ...announcement import Announcement, Responses
from ...executor import Executor, Respond
from ...market import Market

# What says something about agents or prices is an answer too: other processes raise it.
Failure = AgentError | FloatingPointError | MemoryError


class ShardAnswers:
    """The agents of a shard, declared and compiled in the process that answers for them.

    Parameters
    ----------
    inner : Executor
        How they are answered.
    home : Market
        Of these agents alone.
    """

    def __init__(self, inner: Executor, home: Market) -> None:
        self._inner, self._home = inner, home
        self._respond: Respond | None = None

    def begin(self) -> None:
        """Say that the process is there."""

    def process(self) -> int:
        """Number of the process."""
        return os.getpid()

    def compile(self) -> Failure | None:
        """Declare and compile all agents, if that is not done."""
        try:
            self._compiled()
        except (AgentError, FloatingPointError, MemoryError) as error:
            return error
        return None

    def answer(self, announcement: Announcement) -> Responses | Failure:
        """Answer what is announced."""
        try:
            return self._compiled()(announcement)
        except (AgentError, FloatingPointError, MemoryError) as error:
            return error

    def _compiled(self) -> Respond:
        if self._respond is None:
            self._respond = self._inner.compile(self._home)
        return self._respond
