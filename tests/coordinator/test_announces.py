"""Mechanisms say beforehand what their announcements hold, and executors what they can answer."""

from itertools import islice

import numpy as np
import pytest
from cases import leases, three_bus_loop

from walras.agents import AgentError, Family
from walras.coordinator import EXECUTORS, MECHANISMS, Averaged, Disclosure, Part, SlopeBids

MARKET = three_bus_loop.congested_loop().market


def disclosed_market():
    market = leases.saturated().market
    good = next(good for good in market.goods if good.family == Family.LEASE)
    taker = next(a.name for a, goods in zip(market.agents, market.goods_of_agents, strict=True) if good in goods)
    return market.with_disclosures({good: Disclosure(100.0, 1.0, {taker: 0.1})})


def parts_of(announcement):
    used = {Part.TARGETS: announcement.rho.any(), Part.SURCHARGES: announcement.surcharges.any()}
    return {part for part, is_used in used.items() if is_used} | ({Part.SLOPES} if announcement.request else set())


def announcements(mechanism, market, respond, count=4):
    state = mechanism.start(market, None)
    for _ in range(count):
        yield state.announcement
        state = mechanism.step(state, respond(state.announcement))


@pytest.mark.parametrize("name", MECHANISMS)
def test_announcements_hold_what_the_mechanism_says(name):
    mechanism = MECHANISMS[name]
    made = list(announcements(mechanism, MARKET, EXECUTORS["compiled"].compile(MARKET)))
    assert set().union(*map(parts_of, made)) == mechanism.announces - {Part.SURCHARGES}


@pytest.mark.parametrize("name", MECHANISMS)
def test_who_announces_surcharges_takes_disclosed_markets_and_nobody_else(name):
    mechanism, market = MECHANISMS[name], disclosed_market()
    if Part.SURCHARGES in mechanism.announces:
        respond = EXECUTORS["compiled"].compile(market)
        made = islice(announcements(mechanism, market, respond, 30), 30)
        assert any(Part.SURCHARGES in parts_of(announcement) for announcement in made)
    else:
        with pytest.raises(AgentError, match="disclosure"):
            mechanism.start(market, None)


@pytest.mark.parametrize("executor", EXECUTORS)
@pytest.mark.parametrize("name", MECHANISMS)
def test_executors_answer_what_they_say(name, executor):
    mechanism, respond = MECHANISMS[name], EXECUTORS[executor].compile(MARKET)
    announcement = mechanism.start(MARKET, None).announcement
    if mechanism.announces <= EXECUTORS[executor].answers:
        assert np.isfinite(respond(announcement).trades).all()
    else:
        with pytest.raises(AgentError, match="slopes"):
            respond(announcement)


def test_means_of_rounds_announce_what_the_rounds_do():
    assert Averaged(SlopeBids()).announces == {Part.SLOPES}
