"""Where a run stands between two rounds, and who is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Protocol

from ..history import History
from ..mechanism import S


@dataclass(frozen=True, eq=False)
class Standing(Generic[S]):
    """All that the next rounds of a run and its result follow from; executors remember nothing.

    Parameters
    ----------
    state : state of the mechanism
    history : History
        The rounds so far.
    compile_seconds, certify_seconds : float
        Set-up, and answers for certificates, until then.
    """

    state: S
    history: History
    compile_seconds: float = 0.0
    certify_seconds: float = 0.0

    @property
    def rounds(self) -> int:
        """How many were made."""
        return len(self.history.records)


class Keeper(Protocol):
    """Keeps where a run stands, so that another process can go on from there."""

    def opened(self, standing: Standing[S]) -> Standing[S]:
        """Take where a run stands before its first round; returns where it is to go on, which may be further."""
        ...

    def after_round(self, standing: Standing[S]) -> None:
        """Take where the run stands after a round."""
        ...
