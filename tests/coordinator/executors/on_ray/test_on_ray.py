"""Agents on Ray make the rounds of the executor that answers in each worker, bit for bit."""

import os
import random

import pytest
from cases import ex_ante

from walras import build_market, decompose, load_scenario
from walras.coordinator import ADMM, MECHANISMS, Batched, Compiled, SlopeBids, iterate
from walras.coordinator.executor import answering
from walras.coordinator.executors.on_ray.on_ray import OnRay

pytestmark = pytest.mark.usefixtures("local_ray")


def bits_of_rounds(market, mechanism, respond, count, before_round=lambda number: None):
    """Prices, trades, costs and certificates of some rounds."""
    rounds, found = iterate(market, mechanism, respond, certify_every=4), []
    for number in range(1, count + 1):
        before_round(number)
        current = next(rounds)
        certified = current.certificate and current.certificate.regrets_usd.tobytes()
        allocation = current.allocation
        found.append((current.prices.tobytes(), allocation.trades.tobytes(), allocation.costs.tobytes(), certified))
    return found


@pytest.mark.parametrize("name", ["admm", "admm-anderson", "tatonnement"])
def test_the_rounds_of_rts24_are_the_same(rts24, rts24_on_ray, name):
    mechanism = MECHANISMS[name]
    expected = bits_of_rounds(rts24, mechanism, Compiled().compile(rts24), 9)
    assert bits_of_rounds(rts24, mechanism, rts24_on_ray, 9) == expected


def test_rounds_with_surcharges_are_the_same_by_the_batched_executor():
    market = ex_ante.full().market
    expected = bits_of_rounds(market, ADMM(), Batched().compile(market), 12)
    with answering(OnRay(Batched(), workers=2), market) as respond:
        assert bits_of_rounds(market, ADMM(), respond, 12) == expected


@pytest.fixture(scope="module")
def six_hours():
    """More than is solved as one."""
    return build_market(load_scenario("rts24", ["periods=6", "load_profile=[1.0, 0.9, 0.8, 0.7, 0.8, 0.9]"]))


@pytest.mark.parametrize(("inner", "workers"), [(Compiled(), 2), (Batched(), 1)], ids=["compiled", "batched"])
def test_rounds_of_slope_bids_are_the_same_whoever_is_killed(six_hours, inner, workers):
    """One worker before the books are open, one when they are."""
    import ray

    expected = bits_of_rounds(six_hours, SlopeBids(), inner.compile(six_hours), 9)
    with answering(OnRay(inner, workers=workers, patience_seconds=60.0), six_hours) as respond:
        drawn = random.Random(workers)
        doomed = {1: drawn.randrange(workers), drawn.randrange(2, 9): drawn.randrange(workers)}
        before = list(respond.workers)

        def kill(number):
            if number in doomed:
                ray.kill(respond.workers[doomed[number]], no_restart=True)

        assert bits_of_rounds(six_hours, SlopeBids(), respond, 9, kill) == expected
        assert {respond.workers[shard] is not before[shard] for shard in doomed.values()} == {True}


def test_slope_bids_that_are_solved_as_one_are_the_same(rts24, rts24_on_ray):
    expected = bits_of_rounds(rts24, SlopeBids(), Compiled().compile(rts24), 9)
    assert bits_of_rounds(rts24, SlopeBids(), rts24_on_ray, 9) == expected


@pytest.mark.parametrize("seed", range(2))
def test_a_worker_that_is_killed_before_a_round_is_replaced(rts24, rts24_on_ray, seed):
    import ray

    drawn = random.Random(seed)
    doomed, victim = drawn.randrange(2, 9), drawn.randrange(2)
    killed = []

    def kill(number):
        if number == doomed:
            killed.append(rts24_on_ray.workers[victim])
            ray.kill(killed[0], no_restart=True)

    expected = bits_of_rounds(rts24, ADMM(), Compiled().compile(rts24), 9)
    assert bits_of_rounds(rts24, ADMM(), rts24_on_ray, 9, kill) == expected
    assert killed
    assert killed[0] is not rts24_on_ray.workers[victim]


def test_workers_compute_at_the_priority_of_who_waits_for_them(rts24_on_ray):
    import ray

    processes = ray.get([worker.process.remote() for worker in rts24_on_ray.workers])
    assert {os.getpriority(os.PRIO_PROCESS, process) for process in processes} == {os.getpriority(os.PRIO_PROCESS, 0)}


def test_a_study_is_the_same_and_ray_stays(monkeypatch):
    """A Ray that is there is used and stays, whatever the environment names."""
    import ray

    monkeypatch.setenv("RAY_ADDRESS", "127.0.0.1:1")
    scenario = load_scenario("rts24", ["coordinator.mechanism=admm-anderson", "coordinator.max_rounds=12"])
    here, there = (decompose(scenario, executor=executor) for executor in ("compiled", OnRay(workers=2)))
    assert there.run.executor_name == "ray"
    assert there.run.best.prices.tobytes() == here.run.best.prices.tobytes()
    assert there.run.certificate.regrets_usd.tobytes() == here.run.certificate.regrets_usd.tobytes()
    assert ray.is_initialized()
