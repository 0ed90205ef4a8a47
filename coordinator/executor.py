"""What every executor is: a way to compute the responses that never changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from .announcement import Announcement, Responses
from .market import Market

Respond = Callable[[Announcement], Responses]


class Executor(Protocol):
    """Frozen settings; compiling a market gives the function that answers announcements."""

    @property
    def name(self) -> str:
        """Name in tables."""
        ...

    @property
    def answers(self) -> frozenset[type[Announcement]]:
        """The types of announcements that it can answer."""
        ...

    def compile(self, market: Market) -> Respond:
        """Prepare all agents once."""
        ...
