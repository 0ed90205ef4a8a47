"""Newcomers trade with whom they name, or with everybody who can be on the other side."""

from dataclasses import dataclass, replace
from typing import ClassVar

import cvxpy as cp
import numpy as np
import pytest
from cases.three_bus_loop import congested_loop, pooled_loop

from walras.agents import (
    AgentError,
    Consumer,
    Customer,
    Declaration,
    Hyperscaler,
    Producer,
    contract,
    with_newcomer,
)
from walras.coordinator import ADMM, Compiled, Market, run, stop_at


def loop():
    return congested_loop().market.agents


def named(agents, name):
    (found,) = (agent for agent in agents if agent.name == name)
    return found


def producer(name="C", customers=(), bus=3):
    return Producer(name, bus, 3, customers, 100.0, 5.0, 0.1, 250.0, 1)


def consumer(name="village", sellers=()):
    return Consumer(name, 1, sellers, np.array([60.0]), np.array([1.0]), np.zeros(1))


def test_a_buyer_that_names_nobody_buys_from_everybody():
    agents = with_newcomer(loop(), consumer())
    assert agents[-1].sellers == ("A", "B")
    for seller in "AB":
        assert named(agents, seller).customers == (Customer("town", 3), Customer("village", 1))


def test_a_buyer_that_names_sellers_buys_from_these_alone():
    agents = with_newcomer(loop(), consumer(sellers=("B",)))
    assert agents[-1].sellers == ("B",)
    assert named(agents, "A").customers == (Customer("town", 3),)
    assert named(agents, "B").customers == (Customer("town", 3), Customer("village", 1))


def test_a_seller_gets_all_buyers_and_the_grid_its_power():
    agents = with_newcomer(with_newcomer(loop(), consumer()), producer())
    assert agents[-1].customers == (Customer("town", 3), Customer("village", 1))
    assert named(agents, "town").sellers == named(agents, "village").sellers == ("A", "B", "C")
    assert named(agents, "grid operator").throughput_mw == 400.0


def test_a_seller_that_names_customers_sells_to_these_alone():
    agents = with_newcomer(with_newcomer(loop(), consumer()), producer(customers=(Customer("village", 1),)))
    assert named(agents, "town").sellers == ("A", "B")
    assert named(agents, "village").sellers == ("A", "B", "C")


def test_those_who_mind_emissions_learn_those_of_a_new_seller():
    green = Hyperscaler("h", 2, (), np.array([10.0, 20.0]), 0.5, ("chat",), np.array([[3.0]]), {}, 0.001)
    agents = with_newcomer(with_newcomer(loop(), green), producer())
    assert named(agents, "h").sellers == ("A", "B", "C")
    assert named(agents, "h").emission_rates_kg_per_mwh.tolist() == [10.0, 20.0, 250.0]


def test_agents_that_are_given_stay_as_they_are():
    before = loop()
    with_newcomer(before, consumer())
    assert named(before, "A").customers == (Customer("town", 3),)


def test_the_market_with_a_newcomer_clears():
    """At bus 3 unit C is the cheapest, with 5 + 0.1 s; the line then binds no longer for what A and B still sell."""
    market = Market(with_newcomer(loop(), producer()))
    outcome = run(market, ADMM(), Compiled(), stop=stop_at(1e-7, 3000))
    assert outcome.status == "converged"
    sold = outcome.best.allocation.trades[market.copies_of_agents[-1]]
    assert sold[0] == pytest.approx(100.0, abs=1e-3)


def test_a_name_that_leads_nowhere_is_refused():
    with pytest.raises(AgentError, match="agent village: X is no seller here; allowed are A, B"):
        with_newcomer(loop(), consumer(sellers=("X",)))
    with pytest.raises(AgentError, match="agent C: nobody is no customer here; allowed are town"):
        with_newcomer(loop(), producer(customers=(Customer("nobody", 1),)))


def test_what_is_no_agent_is_refused():
    with pytest.raises(AgentError, match="is no agent"):
        with_newcomer(loop(), "village")
    with pytest.raises(AgentError, match="is no agent"):
        with_newcomer(loop(), Consumer)


class Stall:
    """A buyer that is no dataclass."""

    name, bus, moves_money = "stall", 1, True
    sellers: tuple[str, ...] = ()

    def declare(self):
        raise NotImplementedError


def test_a_buyer_that_cannot_be_told_its_sellers_is_refused():
    with pytest.raises(AgentError, match="agent stall: its sellers must change; make Stall a dataclass"):
        with_newcomer(loop(), Stall())


@dataclass(frozen=True)
class Idle:
    """Somebody who trades with the town alone, and says so."""

    name: ClassVar[str] = "idle"
    moves_money: ClassVar[bool] = True

    def declare(self):
        sold = cp.Variable(1, nonneg=True)
        return Declaration(cp.sum(sold), sold, (contract("idle", "town", 0),), [sold <= 1])


def test_others_join_as_they_are():
    agents = with_newcomer(loop(), Idle())
    assert agents[-1] == Idle()
    assert named(agents, "town").sellers == ("A", "B")


def test_in_a_pool_newcomers_have_no_contracts_with_consumers():
    market = pooled_loop().market
    unit = replace(market.agents[1], name="C", customers=())
    joined = with_newcomer(market.agents, unit)
    assert joined[-1].customers == ()
    village = replace(market.agents[0], name="village")
    assert {agent.customers for agent in with_newcomer(joined, village) if hasattr(agent, "customers")} == {()}
