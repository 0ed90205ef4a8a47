"""The history of a run: a record of every round, the best round, and the last rounds in full."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from .market import FloatArray, IntArray
from .rounds import Round

TAIL_ROUNDS = 64
# Prices and trades of the last rounds together, unless two rounds are more.
_TAIL_NUMBERS = 2**20


@dataclass(frozen=True)
class RoundRecord:
    """The numbers of a round that are kept for good; the gap is nan where no certificate was asked for."""

    round: int
    max_relative_imbalance: float
    dual_residual: float
    price_change: float
    relative_gap: float
    seconds: float
    messages: int
    bytes_exchanged: int


@dataclass
class History:
    """Collects rounds as they come.

    Parameters
    ----------
    watched : array of int
        Positions of the goods whose prices are kept.
    """

    watched: IntArray
    records: list[RoundRecord] = field(default_factory=list)
    watched_prices: list[FloatArray] = field(default_factory=list)
    tail: deque[Round] = field(default_factory=lambda: deque(maxlen=TAIL_ROUNDS))
    best: Round | None = None

    def add(self, current: Round) -> None:
        """Keep a round."""
        certificate = current.certificate
        self.records.append(
            RoundRecord(
                round=current.number,
                max_relative_imbalance=current.max_relative_imbalance,
                dual_residual=current.dual_residual,
                price_change=current.price_change,
                relative_gap=float("nan") if certificate is None else certificate.relative_gap,
                seconds=current.seconds,
                messages=current.messages,
                bytes_exchanged=current.bytes_exchanged,
            )
        )
        self.watched_prices.append(current.prices[self.watched])
        self.tail.append(current)
        if (
            len(self.tail) > 2
            and len(self.tail) * (len(current.prices) + len(current.allocation.trades)) > _TAIL_NUMBERS
        ):
            self.tail.popleft()
        if certificate is not None and (
            self.best is None or self.best.certificate is None or certificate.worst < self.best.certificate.worst
        ):
            self.best = current
