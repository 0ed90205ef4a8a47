"""Agents bid by themselves: desks of shards give the bits that all agents give at one desk."""

from functools import cache, partial

import numpy as np
import pytest
from cases import leases, three_bus_loop, two_agents, two_hours
from support.bits import bits
from support.closed_lines import market_on

from walras import build_market, load_scenario
from walras.agents import AgentError
from walras.coordinator import Compiled, SlopeBids, cold_opening
from walras.coordinator.executors.bidding import all_agents
from walras.coordinator.executors.bidding.bidders import Bidders
from walras.coordinator.executors.on_ray.ray_desk import RayDesk
from walras.coordinator.executors.on_ray.shard_answers import ShardAnswers
from walras.coordinator.executors.on_ray.shards import balanced_shards

TWO_UNITS = [(1, 10.0), (2, 50.0)]
MARKETS = {
    "rts24": lambda: build_market(load_scenario("rts24")),
    "rts24 in six hours": lambda: build_market(
        load_scenario("rts24", ["periods=6", "load_profile=[1.0, 0.9, 0.8, 0.7, 0.8, 0.9]"])
    ),
    "a closed line": lambda: market_on((1, 2), [(1, 2)], [0.0], (1, 2), TWO_UNITS),
    "units that may not ramp": lambda: market_on((1, 2), [(1, 2)], [50.0], (1, 2), TWO_UNITS, 3, 0.0),
    "an island": lambda: market_on(
        (1, 2, 3, 4), [(1, 2), (2, 3), (3, 4)], [100.0, 0.0, 100.0], (1, 2, 3, 4), TWO_UNITS
    ),
    "leases": lambda: leases.saturated().market,
    "loop": lambda: three_bus_loop.congested_loop().market,
    "two hours": lambda: two_hours.two_hours().market,
    "two agents": lambda: two_agents.rising_cost().market,
}


@cache
def market_of(name):
    return MARKETS[name]()


@pytest.fixture(autouse=True)
def nobody_is_solved_with_others(monkeypatch):
    """Else these markets were too small to be dealt to shards."""
    monkeypatch.setattr(all_agents, "TOGETHER", -1)


class ShardsInThisProcess:
    """What answers in workers, without any."""

    def __init__(self, market, shards):
        self.homes = [shard.home(market) for shard in shards]
        self.answers = [ShardAnswers(Compiled(), home) for home in self.homes]
        self.prepared = {}

    def prepare(self, method, questions):
        self.prepared[method] = questions
        for shard in range(len(questions)):
            self.tell(shard)

    def tell(self, shard):
        for method, questions in self.prepared.items():
            getattr(self.answers[shard], method)(*questions[shard])

    def replace(self, shard):
        self.answers[shard] = ShardAnswers(Compiled(), self.homes[shard])
        self.tell(shard)

    def ask(self, method, questions):
        return [getattr(one, method)(*asked) for one, asked in zip(self.answers, questions, strict=True)]


def assert_same_rounds(market, workers, rounds, before_round=lambda crew, number: None):
    mechanism, together = SlopeBids(), Compiled().compile(market)
    shards = balanced_shards(market, workers)
    crew = ShardsInThisProcess(market, shards)
    apart = Bidders(market, market.matrices, partial(RayDesk, market, shards, crew))
    state = mechanism.start(market, cold_opening(market))
    for number in range(1, rounds + 1):
        before_round(crew, number)
        expected, heard = together(state.announcement), apart.answer(state.announcement)
        assert bits(heard) == bits(expected), f"round {number}"
        state = mechanism.step(state, heard)


@pytest.mark.parametrize("name", MARKETS)
def test_agents_alone_bid_as_all_together(name):
    market = market_of(name)
    assert_same_rounds(market, len(market.agents), rounds=12)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_however_many_desks_there_are(workers):
    assert_same_rounds(market_of("rts24"), workers, rounds=8)


@pytest.mark.parametrize("name", ["an island", "units that may not ramp"])
def test_desks_that_are_lost_are_set_up_again(name):
    """An island has idle goods and closed lines, and agents without room are restated: others must not find it out."""

    def lose(crew, number):
        crew.replace(number % len(crew.answers))

    assert_same_rounds(market_of(name), 3, rounds=12, before_round=lose)


def test_a_failure_at_a_desk_is_an_answer():
    market = market_of("two agents")
    heard = ShardAnswers(Compiled(), market).at_desk("bids", None)
    assert isinstance(heard, AgentError)
    assert "has no desk yet" in str(heard)


def test_who_is_few_is_solved_as_one(monkeypatch):
    market = market_of("rts24")
    for together, expected in ((72, False), (73, True)):
        monkeypatch.setattr(all_agents, "TOGETHER", together)
        stacked = all_agents.stack_market(market, market.matrices)
        assert len(stacked.shape.totals) + len(stacked.shape.coupled) == 73
        assert stacked.as_one == expected
        assert np.array_equal(stacked.owners_of_inner, np.full(len(stacked.inner), len(market.agents) - 1))
