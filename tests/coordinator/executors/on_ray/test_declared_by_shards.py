"""Workers that declare their own agents: the same rounds bit for bit, and no matrix at the coordinator."""

import os
import signal

import numpy as np
import pytest
from cases import two_agents

from walras.agents import AgentError
from walras.coordinator import ADMM, Batched, Market, MaxRounds, run
from walras.coordinator.executor import UnansweredError, UnavailableError
from walras.coordinator.executors.on_ray.absent_agents import introduced
from walras.coordinator.executors.on_ray.declared_by_shards import declared_by_shards
from walras.coordinator.executors.on_ray.introductions import introduction_of
from walras.coordinator.executors.on_ray.on_ray import OnRay
from walras.coordinator.executors.on_ray.recipe import Recipe
from walras.experiments.bench.problems.rings import ring_agents, ring_market, ring_share

BUSES = 7


@pytest.fixture(scope="module")
def together():
    """The ring in one process, its agents in the order of the shards."""
    agents = ring_agents(BUSES)
    ordered = (*agents[0::2], *agents[1::2])
    return Market(ordered, ring_market(BUSES).scales)


@pytest.fixture(scope="module")
def expected(together):
    return run_of(together, Batched())


def run_of(market, executor, on_round=None):
    return run(market, ADMM(), executor, stop=MaxRounds(8), certify_every=4, on_round=on_round)


def assert_same(outcome, expected):
    for own, other in zip(outcome.records, expected.records, strict=True):
        assert own.dual_residual == other.dual_residual
    assert outcome.best.prices.tobytes() == expected.best.prices.tobytes()
    assert outcome.best.allocation.trades.tobytes() == expected.best.allocation.trades.tobytes()
    found, wanted = outcome.certificate, expected.certificate
    assert found.regrets_usd.tobytes() == wanted.regrets_usd.tobytes()
    assert found.relative_violations == pytest.approx(wanted.relative_violations, abs=1e-12)


def dying_once(marker, share):
    """A share of the ring; the first process that makes it ends."""
    if not marker.exists():
        marker.touch()
        os._exit(1)
    return ring_share(BUSES, share, 2)


@pytest.mark.usefixtures("local_ray")
def test_rounds_and_certificates_are_those_of_one_process(together, expected):
    with declared_by_shards(OnRay(Batched()), [Recipe(ring_share, (BUSES, share, 2)) for share in range(2)]) as there:
        outcome = run_of(there.market, there)
        with pytest.raises(UnansweredError, match="this is another"):
            there.compile(together)
    assert [agent.name for agent in there.market.agents] == [agent.name for agent in together.agents]
    assert there.market.goods == together.goods
    assert outcome.executor_name == "ray"
    assert_same(outcome, expected)


@pytest.mark.usefixtures("local_ray")
def test_who_dies_is_replaced_and_declares_the_same_agents(tmp_path, expected):
    """One while it introduces its agents, one between rounds."""
    recipes = [Recipe(ring_share, (BUSES, 0, 2)), Recipe(dying_once, (tmp_path / "died", 1))]
    with declared_by_shards(OnRay(Batched(), patience_seconds=60.0), recipes) as there:
        first = there.processes()

        def kill(current):
            if current.number == 2:
                os.kill(first[0], signal.SIGKILL)

        outcome = run_of(there.market, there, kill)
        later = there.processes()
    assert (tmp_path / "died").exists()
    assert (first[0] == later[0], first[1] == later[1]) == (False, True)
    assert_same(outcome, expected)


def test_a_market_is_introduced_without_a_matrix(together):
    market, shards = introduced(
        [introduction_of(ring_share(BUSES, share, 2)) for share in range(2)], lambda shards: None
    )
    for name in ("good_of_copy", "agent_of_copy", "price_scale", "volume_scale", "traders", "moves_money"):
        assert np.array_equal(getattr(market, name), getattr(together, name)), name
    assert all(map(np.array_equal, market.sides, together.sides))
    assert all((a != b).nnz == 0 for a, b in zip(market.trade_maps, together.trade_maps, strict=True))
    assert market.goods_of_agents == together.goods_of_agents
    assert sum(len(shard.copies) for shard in shards) == len(together.good_of_copy)
    with pytest.raises(AgentError, match="agent load 0 is declared in its shard alone"):
        _ = market.problems


def test_shards_that_contradict_each_other_are_refused():
    first, second = (introduction_of(Market((agent,))) for agent in two_agents.rising_cost().market.agents)
    second.price_scale[:] = 7.0
    with pytest.raises(AgentError, match="has the price_scale 1 in one shard and 7 in another"):
        introduced([first, second], lambda shards: None)
    with pytest.raises(AgentError, match="appears twice"):
        introduced([first, first], lambda shards: None)


def test_a_ray_that_is_started_has_a_core_for_each_recipe(monkeypatch):
    def refuse(address, cores):
        raise UnavailableError(f"no {cores} cores")

    monkeypatch.setattr("walras.coordinator.executors.on_ray.on_ray.connected", refuse)
    recipes = [Recipe(ring_share, (BUSES, share, 3)) for share in range(3)]
    with pytest.raises(UnavailableError, match="no 3 cores"), declared_by_shards(OnRay(Batched(), workers=1), recipes):
        pass


def test_a_recipe_says_what_it_makes():
    assert str(Recipe(ring_share, (7, 0, 2))) == "ring_share(7, 0, 2)"
