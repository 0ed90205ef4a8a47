"""What every executor is: a way to compute the responses that never changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from .announcement import Announcement, Prices, Responses
from .market import Market

Respond = Callable[[Announcement], Responses]


class UnansweredError(ValueError):
    """An executor cannot answer what it would be asked; the message names it."""


@runtime_checkable
class Executor(Protocol):
    """Frozen settings; compiling a market gives the function that answers announcements."""

    @property
    def name(self) -> str:
        """Name in tables."""
        ...

    @property
    def answers(self) -> frozenset[type[Announcement]]:
        """The types of announcements that it can answer; `Prices` always, since certificates ask for them."""
        ...

    def compile(self, market: Market) -> Respond:
        """Prepare all agents once."""
        ...


def refuse_unanswered(mechanism_name: str, announces: type[Announcement], executor: Executor) -> None:
    """Make sure that an executor can answer a mechanism and its certificates, before anything is compiled.

    Raises
    ------
    UnansweredError
        If it cannot; the message says what is missing.
    """
    asked = {Prices: "every certificate", announces: mechanism_name}
    for kind, who in asked.items():
        if kind not in executor.answers:
            known = ", ".join(sorted(answered.__name__ for answered in executor.answers))
            raise UnansweredError(
                f"{who} announces {kind.__name__}, which the executor {executor.name} does not answer; "
                f"it answers {known}"
            )
