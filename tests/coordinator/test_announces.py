"""Mechanisms say beforehand what they announce, and executors what they can answer."""

from itertools import islice

import numpy as np
import pytest
from cases import leases, three_bus_loop

from walras.agents import AgentError, Family
from walras.coordinator import (
    EXECUTORS,
    MECHANISMS,
    Averaged,
    BidRequest,
    Disclosure,
    NearTargets,
    Prices,
    SlopeBids,
    cold_opening,
    run,
)
from walras.coordinator.catalogue import EX_POST_ONLY
from walras.coordinator.executor import UnansweredError, answering

MARKET = three_bus_loop.congested_loop().market


def disclosed_market():
    market = leases.saturated().market
    good = next(good for good in market.goods if good.family == Family.LEASE)
    taker = next(a.name for a, goods in zip(market.agents, market.goods_of_agents, strict=True) if good in goods)
    return market.with_disclosures({good: Disclosure(100.0, 1.0, {taker: 0.1})})


def announcements(mechanism, market, respond):
    state = mechanism.start(market, cold_opening(market))
    while True:
        yield state.announcement
        state = mechanism.step(state, respond(state.announcement))


@pytest.mark.parametrize("name", MECHANISMS)
def test_every_announcement_is_of_the_type_that_the_mechanism_says(name):
    mechanism = MECHANISMS[name]
    made = islice(announcements(mechanism, MARKET, EXECUTORS["compiled"].compile(MARKET)), 12)
    assert {type(announcement) for announcement in made} == {mechanism.announces}


@pytest.mark.parametrize("name", MECHANISMS)
def test_disclosed_markets_are_taken_with_surcharges_or_refused_at_the_start(name):
    mechanism, market = MECHANISMS[name], disclosed_market()
    if name in EX_POST_ONLY:
        with pytest.raises(AgentError, match="disclosure"):
            mechanism.start(market, cold_opening(market))
    else:
        made = islice(announcements(mechanism, market, EXECUTORS["compiled"].compile(market)), 30)
        assert any(announcement.surcharges.any() for announcement in made)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("name", MECHANISMS)
def test_executors_answer_what_they_say(name, executor):
    mechanism = MECHANISMS[name]
    announcement = mechanism.start(MARKET, cold_opening(MARKET)).announcement
    with answering(EXECUTORS[executor], MARKET) as respond:
        if mechanism.announces in EXECUTORS[executor].answers:
            assert np.isfinite(respond(announcement).trades).all()
        else:
            with pytest.raises((AgentError, UnansweredError), match=r"slopes|does not answer BidRequest"):
                respond(announcement)


class NeverCompiled:
    """Answers all but one type of announcements."""

    name = "never compiled"

    def __init__(self, unanswered):
        self.answers = frozenset({Prices, NearTargets, BidRequest}) - {unanswered}

    def compile(self, market):
        pytest.fail("it is compiled though it cannot answer")


@pytest.mark.parametrize("name", MECHANISMS)
def test_an_executor_that_does_not_answer_is_refused_before_it_compiles_anything(name):
    mechanism = MECHANISMS[name]
    executor = NeverCompiled(mechanism.announces)
    with pytest.raises(ValueError, match="does not answer") as caught:
        run(MARKET, mechanism, executor)
    words = str(caught.value)
    assert f"{mechanism.name} announces {mechanism.announces.__name__}" in words
    assert f"executor {executor.name}" in words
    for answered in executor.answers:
        assert answered.__name__ in words.split("it answers")[1]


@pytest.mark.parametrize("mechanism", [SlopeBids(), *map(MECHANISMS.get, ("admm", "tatonnement"))])
def test_means_of_rounds_announce_what_the_rounds_do(mechanism):
    assert Averaged(mechanism).announces is mechanism.announces
