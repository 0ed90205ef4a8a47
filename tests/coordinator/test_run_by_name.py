"""Runs of agents and names, as they are typed: they work, or one sentence says what is allowed."""

import pytest
from cases import two_agents

from walras import ADMM, Compiled, run, solve_monolith
from walras.agents import AgentError


@pytest.fixture(scope="module")
def market():
    return two_agents.rising_cost().market


def test_agents_and_names_do_for_a_run(market):
    named = run(market.agents, "admm")
    assert named.status == "converged"
    given = run(market.agents, ADMM(), Compiled())
    assert named.best.prices == pytest.approx(given.best.prices, abs=0)
    assert (named.mechanism_name, named.executor_name) == ("admm", "compiled")
    assert run(market.agents, "slope-bids", "batched").executor_name == "batched"


def test_agents_do_for_a_monolith(market):
    """Supply (p - 10) / 2 meets demand (50 - p) / 2 at 30 $/MWh."""
    assert solve_monolith(market.agents).prices == pytest.approx([30.0])


WRONG = {
    "a mechanism that is none": (["market", "adm"], ValueError, "mechanism is 'adm'; allowed are admm, "),
    "an executor that is none": (["market", "admm", "fast"], ValueError, "executor is 'fast'; allowed are batched, "),
    "a class": (["market", ADMM], TypeError, "mechanism is the class ADMM; needed is one such as ADMM"),
    "a number": (["market", "admm", 3], TypeError, "executor is 3; needed is one such as Compiled"),
    "the wrong way round": ([ADMM(), "admm"], TypeError, "market is ADMM.*; needed is a Market, or its agents"),
    "a name for a market": (["rts24", "admm"], TypeError, "market is 'rts24'; needed is a Market, or its agents"),
    "something else among agents": ([(3,), "admm"], AgentError, "3 is no agent"),
    "nobody": ([(), "admm"], AgentError, "the market has no agents"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_none_of_these_gets_a_sentence(market, case):
    arguments, error, told = WRONG[case]
    with pytest.raises(error, match=told):
        run(*(market if each == "market" else each for each in arguments))


def test_classes_are_no_agents(market):
    with pytest.raises(AgentError, match=r"is a class and no agent; an instance is needed: \w+\(...\)"):
        run([type(agent) for agent in market.agents], "admm")


def test_the_rounds_are_a_table(market):
    outcome = run(market.agents, "admm")
    table = outcome.to_dataframe()
    assert table["round"].tolist() == list(range(1, len(outcome.records) + 1))
    assert table["max_relative_imbalance"].iloc[-1] == outcome.records[-1].max_relative_imbalance
    assert table["relative_gap"].notna().any()
