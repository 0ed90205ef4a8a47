"""What a run does unless it is told otherwise, and what it says of its time, by a clock that only work moves."""

import importlib
from dataclasses import replace
from itertools import count, islice

import numpy as np
import pytest
from cases import three_bus_loop, two_agents

from walras.agents import Customer, Producer, contract, wheeling
from walras.coordinator import ADMM, Compiled, Market, MaxRounds, iterate, run

# The package names the function as its module: only by its full path is the module found.
RUN_MODULE = importlib.import_module("walras.coordinator.run")
ROUNDS_MODULE = importlib.import_module("walras.coordinator.rounds")


@pytest.fixture
def loop():
    return three_bus_loop.congested_loop().market


class Clock:
    """Stands still between pieces of work."""

    now = 1000.0

    def perf_counter(self):
        return self.now


class TakesItsTime:
    """Compiles in 16 s and answers in 1 s."""

    name = "slow"
    answers = Compiled.answers

    def __init__(self, clock):
        self.clock = clock

    def compile(self, market):
        self.clock.now += 16
        respond = Compiled().compile(market)

        def answer(announcement):
            self.clock.now += 1
            return respond(announcement)

        return answer


def test_seconds_are_told_apart_by_what_they_were_spent_on(loop, monkeypatch):
    """Six rounds take an answer each, and so do the certificates of rounds 4 and 6."""
    clock = Clock()
    for module in (RUN_MODULE, ROUNDS_MODULE):
        monkeypatch.setattr(module, "time", clock)
    result = run(loop, ADMM(), TakesItsTime(clock), stop=MaxRounds(6), certify_every=4)
    assert (result.compile_seconds, result.iterate_seconds, result.certify_seconds) == (16.0, 6.0, 2.0)
    assert [record.seconds for record in result.records] == [1.0] * 6


def test_every_fiftieth_round_is_certified_and_the_last_one(loop):
    result = run(loop, ADMM(), Compiled(), stop=MaxRounds(102))
    assert [record.round for record in result.records if not np.isnan(record.relative_gap)] == [50, 100, 102]


def test_five_thousand_rounds_are_made_and_no_more(loop, monkeypatch):
    first = next(islice(iterate(loop, ADMM(), Compiled().compile(loop), certify_every=1), 1))
    monkeypatch.setattr(RUN_MODULE, "rounds_after", lambda *_: ((replace(first, number=n), None) for n in count(1)))
    result = run(loop, ADMM(), Compiled())
    assert len(result.records) == 5000
    assert result.reason == "5000 rounds are spent"


def producers(count, periods):
    """Each sells to one customer at another bus: a contract and wheeling to that bus, hour by hour."""
    customers = [Customer(f"town {bus}", bus) for bus in range(2, count + 2)]
    return Market(tuple(Producer(f"at {c.bus}", 1, 1, (c,), 9.0, 1.0, 0.0, 0.0, periods) for c in customers))


@pytest.mark.parametrize(("buses", "kept"), [(63, 63), (64, 64), (65, 64)])
def test_of_many_goods_64_are_watched(buses, kept):
    market = producers(buses, 1)
    watched = run(market, ADMM(), Compiled(), stop=MaxRounds(1)).watched
    assert watched == tuple(good for good in market.goods if good.family == "wheeling")[:kept]


@pytest.mark.parametrize(("periods", "kept"), [(3, 3), (24, 24), (25, 1)])
def test_of_up_to_a_day_every_hour_is_watched(periods, kept):
    watched = run(producers(2, periods), ADMM(), Compiled(), stop=MaxRounds(1)).watched
    assert watched == tuple(wheeling(bus, hour) for hour in range(kept) for bus in (2, 3))


def test_where_only_contracts_are_traded_these_are_watched():
    assert run(two_agents.rising_cost().market, ADMM(), Compiled(), stop=MaxRounds(1)).watched == (
        contract("seller", "buyer", 0),
    )


class Overflows:
    """An executor whose third answer overflows."""

    name = "overflowing"
    answers = Compiled.answers

    def compile(self, market):
        respond, answers = Compiled().compile(market), count(1)

        def answer(announcement):
            if next(answers) == 3:
                raise FloatingPointError("prices overflow")
            return respond(announcement)

        return answer


def test_prices_that_overflow_leave_the_rounds_before(loop):
    """The third answer is the one to the third round, and the fourth to the certificate of the second."""
    result = run(loop, ADMM(), Overflows())
    assert [record.round for record in result.records] == [1, 2]
    assert result.reason == "after round 2: prices overflow"
    assert np.isfinite(result.certificate.worst)


def test_a_best_round_without_a_certificate_is_refused(loop):
    result = run(loop, ADMM(), Compiled(), stop=MaxRounds(1))
    with pytest.raises(ValueError, match="must be certified"):
        replace(result, best=replace(result.best, certificate=None)).certificate  # noqa: B018
