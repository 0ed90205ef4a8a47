"""Rounds of one market by this process and by some workers, in turn: what else the machine does hits all alike."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from ....coordinator.announcement import Announcement, Responses
from ....coordinator.executor import Executor, Respond
from ....coordinator.executors.on_ray.on_ray import OnRay
from ....coordinator.executors.on_ray.session import imported_ray
from ....coordinator.market import Market
from ....coordinator.mechanisms.admm import ADMM
from ....coordinator.mechanisms.rho_rules import KeepRho
from ....coordinator.rounds import Round, iterate
from .families import MarketFamily
from .loads import load_here, load_of
from .round_time import RoundTime
from .worker_processes import cpu_seconds, peak_mib

# New weights would set agents up anew in the middle of what is timed.
_MECHANISM = ADMM(rho_rule=KeepRho())
_NO_CERTIFICATE = 10**9


@dataclass
class _Timed:
    """What answers, with a clock."""

    respond: Respond
    workers: int
    compile_seconds: float
    seconds: list[float] = field(default_factory=list)
    answer_seconds: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)

    def worker_cpu_seconds(self) -> list[float]:
        """Processor time of each worker so far."""
        return [cpu_seconds(process) for process in self.processes()]

    def processes(self) -> list[int]:
        """Numbers of the workers' processes."""
        workers: Sequence[Any] = getattr(self.respond, "workers", ())
        return [imported_ray().get(actor.process.remote()) for actor in workers]

    def __call__(self, announcement: Announcement) -> Responses:
        begin = time.perf_counter()
        responses = self.respond(announcement)
        self.answer_seconds.append(time.perf_counter() - begin)
        return responses


def round_times(
    family: MarketFamily, market: Market, workers: Sequence[int], machines: int, rounds: int
) -> list[RoundTime]:
    """Time rounds of ADMM, which are the same bit for bit whoever answers.

    Parameters
    ----------
    family : MarketFamily
    market : Market
        Of contracts alone.
    workers : sequence of int
        0 is this process; for any other number Ray must be there, with a core for each of all these workers.
    machines : int
        That the workers are on, as that Ray sees it.
    rounds : int
        From 2 on.

    Raises
    ------
    ValueError
        If rounds differ, which they never may.
    """
    with ExitStack() as opened:
        answering = [_opened(family.inner, market, count, opened) for count in workers]
        made_by = [iterate(market, _MECHANISM, one, certify_every=_NO_CERTIFICATE) for one in answering]
        where = f"{family.name}, {len(market.goods)} contracts"
        _make_round(answering, made_by, where)
        used = [one.worker_cpu_seconds() for one in answering]
        for _ in range(rounds - 1):
            _make_round(answering, made_by, where)
        for one, before in zip(answering, used, strict=True):
            since = zip(one.worker_cpu_seconds(), before, strict=True)
            one.cpu_seconds = [(after - begin) / (rounds - 1) for after, begin in since]
        return [_round_time(family, market, machines, one) for one in answering]


def _opened(inner: Executor, market: Market, workers: int, opened: ExitStack) -> _Timed:
    begin = time.perf_counter()
    respond = (OnRay(inner, workers=workers) if workers else inner).compile(market)
    seconds = time.perf_counter() - begin
    if isinstance(respond, AbstractContextManager):
        opened.enter_context(respond)
    return _Timed(respond, workers, seconds)


def _make_round(answering: Sequence[_Timed], made_by: Sequence[Iterator[Round]], where: str) -> None:
    made = [next(own) for own in made_by]
    for one, current in zip(answering, made, strict=True):
        one.seconds.append(current.seconds)
    if len({current.prices.tobytes() for current in made}) > 1:
        raise ValueError(f"{where}: rounds differ by who answers")


def _round_time(family: MarketFamily, market: Market, machines: int, one: _Timed) -> RoundTime:
    first, *seconds = one.seconds
    return RoundTime(
        family=family.name,
        contracts=len(market.goods),
        agents=len(market.agents),
        machines=machines if one.workers else 1,
        load=load_of(market, one.workers) if one.workers else load_here(market),
        round_seconds=tuple(seconds),
        answer_seconds=tuple(one.answer_seconds[1:]),
        set_up_seconds=one.compile_seconds + max(first - median(seconds), 0.0),
        peak_mib=tuple(map(peak_mib, one.processes())),
        worker_cpu_seconds=tuple(one.cpu_seconds),
    )
