"""Answers depend on the announcement alone: not on what was announced before, nor on who asked for certificates."""

from dataclasses import replace

import numpy as np
import pytest
from cases import ex_ante, leases, three_bus_loop
from support.bits import bits

from walras import build_market, load_scenario
from walras.agents import GridOperator
from walras.coordinator import MECHANISMS, Batched, Compiled, Market, Prices, Serial, cold_opening

ROUNDS = 12
# The weights of ADMM change for the first time at round 20.
ROUNDS_WITH_OTHER_WEIGHTS = 24
PAIRS = [
    pytest.param(name, executor, id=f"{name} {executor.name}")
    for name in ("admm", "admm-anderson", "pdhg", "tatonnement", "level-bundle", "slope-bids")
    for executor in (Serial(), Compiled(), Batched())
    if MECHANISMS[name].announces in executor.answers
]


def asked_and_answered(market, mechanism, respond, count):
    """Announcements with the answers of one executor, round by round, and those of a certificate after each."""
    rounds, certificates = [], []
    state = mechanism.start(market, cold_opening(market))
    for _ in range(count):
        announcement = state.announcement
        responses = respond(announcement)
        rounds.append((announcement, responses, bits(responses)))
        state = mechanism.step(state, responses)
        pure = Prices(state.prices, market.surcharges(state.allocation.trades))
        certificates.append((pure, best := respond(pure), bits(best)))
    return {"round": rounds, "certificate": certificates}


def assert_as_if_asked_first(market, name, executor, count=ROUNDS):
    kinds = asked_and_answered(market, MECHANISMS[name], executor.compile(market), count)
    changed = []
    for kind, asked in kinds.items():
        for number in (1, count // 2, count):
            announcement, responses, expected = asked[number - 1]
            if bits(executor.compile(market)(announcement)) != expected:
                changed.append(f"{kind} {number}")
            # What was answered is nobody's workspace.
            assert bits(responses) == expected
    assert not changed


@pytest.mark.parametrize(("name", "executor"), PAIRS)
def test_a_fresh_executor_gives_the_same_bits_on_rts24(rts24, name, executor):
    assert_as_if_asked_first(rts24, name, executor)


@pytest.mark.parametrize(("name", "executor"), PAIRS)
def test_a_fresh_executor_gives_the_same_bits_in_a_small_market(name, executor):
    assert_as_if_asked_first(leases.saturated().market, name, executor)


# What is answered in other ways: polytopes and totals of many hours, purchases that must be made, surcharges.
OTHER_MARKETS = {
    "six hours": lambda: build_market(load_scenario("rts24", ["periods=6"])),
    "obliged loads": lambda: build_market(
        load_scenario("rts24", ["consumers.forward_position=0.8", "consumers.forward_basis=consumer"])
    ),
    "disclosed": lambda: ex_ante.full().market,
}


@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
@pytest.mark.parametrize("market", OTHER_MARKETS)
def test_a_fresh_executor_gives_the_same_bits_after_other_weights(market, executor):
    assert_as_if_asked_first(OTHER_MARKETS[market](), "admm", executor, ROUNDS_WITH_OTHER_WEIGHTS)


@pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)
def test_a_fresh_executor_restates_who_has_no_room(executor):
    """A closed line in a loop leaves the grid operator less room than it has variables."""
    loop = three_bus_loop.congested_loop().market
    closed = replace(three_bus_loop.loop_grid(), limit_mw=np.array([0.0, 60.0, np.inf]))
    agents = (replace(agent, grid=closed) if isinstance(agent, GridOperator) else agent for agent in loop.agents)
    assert_as_if_asked_first(Market(tuple(agents), loop.scales), "slope-bids", executor)
