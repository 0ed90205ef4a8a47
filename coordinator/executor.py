"""What every executor is: a way to compute the responses that never changes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, runtime_checkable

from ..agents.agent import AgentError
from .announcement import Announcement, Prices, Responses
from .market import Market

Respond = Callable[[Announcement], Responses]


class UnansweredError(ValueError):
    """An executor cannot answer what it would be asked; the message names it."""


class UnavailableError(Exception):
    """An executor cannot be had here: a package is missing, or machines cannot be reached; the message says what."""


class NotAnsweringError(AgentError):
    """What computes the answers of some agents failed again and again; the message names them."""


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


@runtime_checkable
class NeedsSession(Protocol):
    """What an executor has that needs more than this process, such as machines to be reached."""

    def session(self) -> AbstractContextManager[None]:
        """Around all that is asked, of one market or of several: what it takes to begin is spent once."""
        ...


def session_of(executor: Executor) -> AbstractContextManager[None]:
    """The session that an executor needs, or nothing."""
    return executor.session() if isinstance(executor, NeedsSession) else nullcontext()


@contextmanager
def answering(executor: Executor, market: Market) -> Iterator[Respond]:
    """What answers the announcements of a market; what it holds is let go at the end."""
    with session_of(executor):
        respond = executor.compile(market)
        with respond if isinstance(respond, AbstractContextManager) else nullcontext():
            yield respond


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
