"""The history of a run: a record of every round, the best round, and what became of each good in the last ones."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

from ..agents.arrays import FloatArray, IntArray
from .market import Market
from .rounds import Round

TAIL_ROUNDS = 64
# Prices and imbalances of the last rounds together, unless the last one alone is more.
_TAIL_NUMBERS = 2**18
# Residuals, over those of the outcome, of a round that was far calmer.
_LOST = 0.1


@dataclass(frozen=True)
class RoundRecord:
    """The numbers of a round that are kept for good; gap and violation are nan where no certificate was asked for."""

    round: int
    max_relative_imbalance: float
    dual_residual: float
    price_change: float
    relative_gap: float
    max_relative_violation: float
    seconds: float
    messages: int
    bytes_exchanged: int


@dataclass(frozen=True, eq=False)
class TailRound:
    """What is kept of one of the last rounds.

    Parameters
    ----------
    number : int
    prices, imbalances : arrays of shape (goods,)
    """

    number: int
    prices: FloatArray
    imbalances: FloatArray


@dataclass
class History:
    """Collects rounds as they come.

    Parameters
    ----------
    market : Market
    watched : array of int
        Positions of the goods whose prices are kept.
    best, calmest, last : Round, optional
        The certified round with the best certificate, the one with the smallest residuals, certified or not, and the
        last one.
    """

    market: Market
    watched: IntArray
    records: list[RoundRecord] = field(default_factory=list)
    watched_prices: list[FloatArray] = field(default_factory=list)
    best: Round | None = None
    calmest: Round | None = None
    last: Round | None = None
    _before_last: deque[TailRound] = field(default_factory=deque)

    @property
    def outcome(self) -> Round:
        """The best certified round, or else the last one."""
        found = self.best or self.last
        if found is None:
            raise ValueError("no round was made")
        return found

    @property
    def lost(self) -> Round | None:
        """A round that was far calmer than the outcome, in which all has been lost again; None if there is none."""
        is_lost = self.calmest is not None and _residual(self.calmest) < _LOST * _residual(self.outcome)
        return self.calmest if is_lost else None

    @property
    def tail(self) -> tuple[TailRound, ...]:
        """The last rounds."""
        return (*self._before_last, *([] if self.last is None else [self._of_tail(self.last)]))

    def copy(self) -> History:
        """The rounds so far: what is added later is not in it."""
        return replace(
            self,
            records=self.records.copy(),
            watched_prices=self.watched_prices.copy(),
            _before_last=self._before_last.copy(),
        )

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
                max_relative_violation=float("nan") if certificate is None else certificate.max_relative_violation,
                seconds=current.seconds,
                messages=current.messages,
                bytes_exchanged=current.bytes_exchanged,
            )
        )
        self.watched_prices.append(current.prices[self.watched])
        most = min(TAIL_ROUNDS, _TAIL_NUMBERS // (2 * max(len(current.prices), 1))) - 1
        if self.last is not None and most > 0:
            self._before_last.append(self._of_tail(self.last))
            if len(self._before_last) > most:
                self._before_last.popleft()
        self.last = current
        if self.calmest is None or _residual(current) < _residual(self.calmest):
            self.calmest = current
        if certificate is not None and (
            self.best is None or self.best.certificate is None or certificate.worst < self.best.certificate.worst
        ):
            self.best = current

    def _of_tail(self, round_: Round) -> TailRound:
        return TailRound(round_.number, round_.prices, self.market.imbalance(round_.allocation.trades))


def _residual(current: Round) -> float:
    return max(current.max_relative_imbalance, current.dual_residual)
