"""Agents answer by themselves: a shard that is answered alone gives the bits that it gives among all others."""

from functools import cache

import numpy as np
import pytest
from cases import ex_ante, leases, three_bus_loop, two_agents, two_hours

from walras import build_market, load_scenario
from walras.coordinator import MECHANISMS, Batched, Compiled, NearTargets, Prices, Responses, cold_opening
from walras.coordinator.executors.on_ray.shards import balanced_shards

ROUNDS = 12

MARKETS = {
    "rts24": lambda: build_market(load_scenario("rts24")),
    "rts24 in six hours": lambda: build_market(
        load_scenario("rts24", ["periods=6", "load_profile=[1.0, 0.9, 0.8, 0.7, 0.8, 0.9]"])
    ),
    "rts24 ex ante": lambda: build_market(load_scenario("rts24", ["disclosure=ex_ante"])),
    "obliged loads": lambda: build_market(
        load_scenario("rts24", ["consumers.forward_position=0.8", "consumers.forward_basis=consumer"])
    ),
    "disclosed": lambda: ex_ante.full().market,
    "leases": lambda: leases.saturated().market,
    "loop": lambda: three_bus_loop.congested_loop().market,
    "two hours": lambda: two_hours.two_hours().market,
}


@cache
def market_of(name):
    return MARKETS[name]()


def answered_apart(market, inner, workers):
    """What answers announcements shard by shard, in this process."""
    shards = balanced_shards(market, workers)
    responds = [inner.compile(shard.home(market)) for shard in shards]

    def respond(announcement):
        trades, costs = np.empty(len(market.good_of_copy)), np.empty(len(market.agents))
        for own, shard in zip(responds, shards, strict=True):
            heard = own(shard.told(announcement))
            trades[shard.copies], costs[shard.members] = heard.trades, heard.costs
        return Responses(trades, costs)

    return respond


def bits(responses, part):
    return getattr(responses, part).tobytes()


def differing(market, name, inner, workers, rounds=ROUNDS):
    """Rounds and certificates in which shards answer something else than all together."""
    mechanism, together, apart = MECHANISMS[name], inner.compile(market), answered_apart(market, inner, workers)
    state, found = mechanism.start(market, cold_opening(market)), []
    for number in range(1, rounds + 1):
        responses = together(state.announcement)
        asked = [("round", state.announcement, responses)]
        state = mechanism.step(state, responses)
        pure = Prices(state.prices, market.surcharges(state.allocation.trades))
        asked.append(("certificate", pure, together(pure)))
        for kind, announcement, expected in asked:
            heard = apart(announcement)
            parts = [part for part in ("trades", "costs") if bits(heard, part) != bits(expected, part)]
            found += [f"{part} of {kind} {number}" for part in parts]
    return found


@pytest.mark.parametrize("inner", [Compiled(), Batched()], ids=lambda inner: inner.name)
@pytest.mark.parametrize("mechanism", ["admm", "tatonnement"])
@pytest.mark.parametrize("name", MARKETS)
def test_agents_alone_answer_as_all_together(name, mechanism, inner):
    market = market_of(name)
    assert differing(market, mechanism, inner, workers=len(market.agents)) == []


@pytest.mark.parametrize("inner", [Compiled(), Batched()], ids=lambda inner: inner.name)
@pytest.mark.parametrize("workers", [1, 2, 3, 5])
def test_however_many_shards_there_are(workers, inner):
    assert differing(market_of("rts24"), "admm", inner, workers, rounds=5) == []


def test_every_agent_is_in_one_shard_and_every_kind_in_all():
    market = market_of("rts24 in six hours")
    for workers in (1, 2, 3, 5):
        shards = balanced_shards(market, workers)
        assert sorted(np.concatenate([shard.members for shard in shards])) == list(range(len(market.agents)))
        assert sorted(np.concatenate([shard.copies for shard in shards])) == list(range(len(market.good_of_copy)))
        for shard in shards:
            assert [market.agents[member] for member in shard.members] == list(shard.agents)
            assert {type(agent).__name__ for agent in shard.agents} >= {"Consumer", "Producer"}
        copies = [len(shard.copies) for shard in shards]
        largest = max(own.stop - own.start for own in market.copies_of_agents)
        assert max(copies) - min(copies) <= largest


def test_no_shard_is_empty():
    market = two_agents.rising_cost().market
    assert [len(shard.agents) for shard in balanced_shards(market, 5)] == [1] * len(market.agents)


def test_a_shard_is_told_of_its_own_goods_alone():
    market = market_of("rts24")
    rho, targets = np.ones(len(market.good_of_copy)), np.arange(len(market.good_of_copy), dtype=float)
    announcement = NearTargets(np.arange(len(market.goods), dtype=float), rho, targets, -targets)
    for shard in balanced_shards(market, 3):
        home, told = shard.home(market), shard.told(announcement)
        assert [market.goods[int(price)] for price in told.prices] == list(home.goods)
        assert [market.goods[good] for good in market.good_of_copy[told.targets.astype(int)]] == [
            home.goods[good] for good in home.good_of_copy
        ]
        assert told.surcharges.tolist() == (-told.targets).tolist()
        assert home.scales == {good: market.scales[good] for good in home.goods}
