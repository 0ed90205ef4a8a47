"""A run: the generator exhausted, its best round and its history kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from ..agents.agent import Agent, AgentError
from ..agents.arrays import FloatArray
from ..agents.goods import Family, Good
from .catalogue import executor_of, mechanism_of
from .certificate import Certificate, certify_if_possible, uncertified
from .checkpoints.standing import Keeper, Standing
from .executor import Executor, Respond, answering, refuse_unanswered
from .history import History, RoundRecord, TailRound
from .market import Market, market_of
from .mechanism import Mechanism, Opening
from .refusals.one_sided import refuse_one_sided
from .rounds import Round, first_state, rounds_after
from .stopping import StoppingRule, stop_at

if TYPE_CHECKING:
    import pandas as pd

# Of each hour. Of more hours than a day has the first alone is watched.
DEFAULT_WATCHED = 64
MOST_HOURS_WATCHED = 24


class Status(StrEnum):
    """How a run ended."""

    CONVERGED = "converged"
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, eq=False)
class Run:
    """What came out of a mechanism.

    Parameters
    ----------
    market : Market
    mechanism_name, executor_name : str
    status : Status
    reason : str
        What the best round has reached, what ended the run if that is something else, and why the best round has
        no certificate where that is so.
    best : Round
        The certified round whose largest relative figure is least.
    records : tuple of RoundRecord
        One a round.
    watched : tuple of Good
        Goods whose prices were kept.
    watched_prices : array of shape (rounds, watched)
    tail : tuple of TailRound
        Prices and imbalances of the last rounds, for diagnosis.
    compile_seconds, iterate_seconds, certify_seconds : float
        Set-up, rounds, and answers for certificates.
    """

    market: Market
    mechanism_name: str
    executor_name: str
    status: Status
    reason: str
    best: Round
    records: tuple[RoundRecord, ...]
    watched: tuple[Good, ...]
    watched_prices: FloatArray
    tail: tuple[TailRound, ...]
    compile_seconds: float
    iterate_seconds: float
    certify_seconds: float

    @property
    def certificate(self) -> Certificate:
        """Certificate of the best round."""
        if self.best.certificate is None:
            raise ValueError("the best round of a run must be certified")
        return self.best.certificate

    def to_dataframe(self) -> pd.DataFrame:
        """One row a round; `relative_gap` is missing where no certificate was asked for."""
        # The rounds themselves do without pandas, which takes half a second to import.
        import pandas as pd

        return pd.DataFrame([asdict(record) for record in self.records])


class RunInterrupted(KeyboardInterrupt):
    """The user broke a run off after at least one round.

    Parameters
    ----------
    run : Run
        What there was by then, not converged.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run.reason)
        self.run = run


def run(
    market: Market | Iterable[Agent],
    mechanism: Mechanism[Any] | str,
    executor: Executor | str = "compiled",
    *,
    stop: StoppingRule | None = None,
    opening: Opening | None = None,
    certify_every: int = 50,
    watch: Sequence[Good] | None = None,
    on_round: Callable[[Round], None] | None = None,
    keeper: Keeper | None = None,
) -> Run:
    """Iterate until a rule stops it.

    Parameters
    ----------
    market : Market, or iterable of Agent
    mechanism : Mechanism, or str
        A name in `MECHANISMS`.
    executor : Executor, or str
        A name in `EXECUTORS`.
    stop : StoppingRule, optional
        Default: ``stop_at(1e-6, 5000)``. The status is converged if the best round is a goal of the rule.
    opening : Opening, optional
        Where to start from, as the last run of a sweep. Default: no prices and no trades are known.
    certify_every : int
        Rounds from one certificate to the next; a round that could be the last gets one in any case.
    watch : sequence of Good, optional
        Goods whose prices are kept round by round. Default: leases and wheeling of up to a
        day, of the first hour where there are more.
    on_round : callable, optional
        Called after each round, for progress.
    keeper : Keeper, optional
        Asked before the first round where the run is to go on, and told after each where it stands.

    Returns
    -------
    Run
        Also when it did not converge, and when prices overflow or an agent fails after the first round: what
        was computed is not lost.

    Raises
    ------
    AgentError
        If an agent's problem cannot be stated, or not be solved in the very first round; if several agents trade a
        good of which none can be on the other side.
    RunInterrupted
        If the user interrupts it after at least one round; the run so far is attached. If that happens while the
        last certificate is asked for, nobody can say what agents regret.
    TypeError
        If something is none of what it may be; the message says what that is.
    UnansweredError
        If the executor cannot answer what the mechanism announces.
    ValueError
        If there is no mechanism or executor of that name, or the keeper's run watched other goods.
    """
    market, mechanism, executor = market_of(market), mechanism_of(mechanism), executor_of(executor)
    refuse_unanswered(mechanism.name, mechanism.announces, executor)
    refuse_one_sided(market)
    rule = stop or stop_at(1e-6, 5000)
    watched = tuple(_default_watch(market) if watch is None else watch)
    history = History(market, market.positions(watched))
    begin = time.perf_counter()
    with answering(executor, market) as respond:
        compiled = time.perf_counter()
        standing = Standing(first_state(market, mechanism, opening), history)
        if keeper is not None:
            standing = keeper.opened(standing)
            if not np.array_equal(standing.history.watched, history.watched):
                raise ValueError("the run that is to go on watched other goods")
        history, compile_seconds = standing.history.copy(), compiled - begin + standing.compile_seconds
        # All time from then on is that of certificates, but for what is left out.
        certify_from = time.perf_counter() - standing.certify_seconds
        rounds = rounds_after(market, mechanism, respond, standing.state, standing.rounds, certify_every)
        # Books that a state refers to are as long as all trades: only the next rounds hold on to them.
        del standing
        interrupted, (reason, reached) = False, _ending(rule, history.last)
        try:
            for current, state in () if reason else rounds:
                certify_from += current.seconds
                if rule.wants_certificate(current):
                    try:
                        current = _certified(current, market, respond)
                    except KeyboardInterrupt:
                        history.add(current)
                        raise
                history.add(current)
                if keeper is not None:
                    told = time.perf_counter()
                    keeper.after_round(Standing(state, history.copy(), compile_seconds, told - certify_from))
                    certify_from += time.perf_counter() - told
                del state
                if on_round is not None:
                    on_round(current)
                reason, reached = _ending(rule, current)
                if reason:
                    break
        except (KeyboardInterrupt, AgentError, FloatingPointError) as error:
            if not history.records:
                raise
            reason = f"after round {history.records[-1].round}: {str(error) or 'interrupted'}"
            interrupted = isinstance(error, KeyboardInterrupt)
        best = history.outcome
        try:
            best = _certified(best, market, respond)
            if not (reached or interrupted):
                best = _better(best, history.lost, market, respond)
        except KeyboardInterrupt:
            reason, interrupted = f"after round {history.records[-1].round}: interrupted", True
            best = replace(best, certificate=uncertified(market, best.prices, best.allocation, "interrupted"))
        goal = None if interrupted else rule.goal(best)
        if best.certificate is not None and best.certificate.failure is not None and not interrupted:
            reason = f"{reason}; nothing is certified: {best.certificate.failure}"
        if not (reached or goal is None):
            reason = f"{goal} in round {best.number}; the run ended since {reason}"
        certify_seconds = time.perf_counter() - certify_from
        outcome = Run(
            market=market,
            mechanism_name=mechanism.name,
            executor_name=executor.name,
            status=Status.NOT_CONVERGED if goal is None else Status.CONVERGED,
            reason=reason,
            best=best,
            records=tuple(history.records),
            watched=watched,
            watched_prices=np.array(history.watched_prices),
            tail=history.tail,
            compile_seconds=compile_seconds,
            iterate_seconds=sum(record.seconds for record in history.records),
            certify_seconds=certify_seconds,
        )
        if interrupted:
            raise RunInterrupted(outcome)
        return outcome


def _ending(rule: StoppingRule, last: Round | None) -> tuple[str, bool]:
    """Why a run ends with its last round, empty if it goes on; and whether that is what it is for."""
    reason = None if last is None else rule.reason(last)
    return ("", False) if last is None or reason is None else (reason, rule.is_reached(last))


def _certified(current: Round, market: Market, respond: Respond) -> Round:
    """The round with a certificate, asked for if it has none."""
    if current.certificate is not None:
        return current
    certificate = certify_if_possible(market, current.prices, current.allocation, respond)
    return replace(current, certificate=certificate)


def _better(best: Round, lost: Round | None, market: Market, respond: Respond) -> Round:
    """The better of the best certified round and one that was lost again without a certificate."""
    return best if lost is None else min(best, _certified(lost, market, respond), key=_worst)


def _worst(current: Round) -> float:
    return float("inf") if current.certificate is None else current.certificate.worst


def _default_watch(market: Market) -> list[Good]:
    others = chain.from_iterable(places for family, places in market.families.items() if family != Family.CONTRACT)
    by_hour: dict[int, list[Good]] = {}
    for good in map(market.goods.__getitem__, others):
        by_hour.setdefault(good.period, []).append(good)
    hours = sorted(by_hour)[: len(by_hour) if len(by_hour) <= MOST_HOURS_WATCHED else 1]
    watched = [good for hour in hours for good in by_hour[hour][:DEFAULT_WATCHED]]
    return watched or list(market.goods)[:DEFAULT_WATCHED]
