"""Goods that several agents offer and nobody could take are refused by name; goods with two sides never."""

import pytest
from cases import two_agents

from walras.agents import AgentError
from walras.coordinator import ADMM, Compiled, LevelBundle, Market, Scale, SlopeBids, Status, run, stop_at

GOOD = two_agents.MWH
SCALES = {GOOD: Scale(30.0, 10.0)}
TWO_SELLERS = (two_agents.Seller(GOOD, name="Alice"), two_agents.Seller(GOOD, name="Bob"))


@pytest.mark.parametrize("mechanism", [ADMM(), SlopeBids(), LevelBundle()], ids=lambda mechanism: mechanism.name)
def test_two_sellers_without_a_buyer_are_refused_by_name(mechanism):
    with pytest.raises(AgentError, match=r"contract seller -> buyer.*no taker: Alice, Bob can only supply it"):
        run(Market(TWO_SELLERS, SCALES), mechanism, Compiled(), stop=stop_at(1e-6, 60))


def test_two_buyers_without_a_seller_are_refused_by_name():
    buyers = (two_agents.Buyer(GOOD, name="Carol"), two_agents.Buyer(GOOD, name="Dave"))
    with pytest.raises(AgentError, match=r"no supplier: Carol, Dave can only take it"):
        run(Market(buyers, SCALES), ADMM(), Compiled(), stop=stop_at(1e-6, 60))


@pytest.mark.parametrize("mechanism", [ADMM(), SlopeBids()], ids=lambda mechanism: mechanism.name)
def test_a_seller_without_capacity_is_a_seller(mechanism):
    idle = two_agents.Seller(GOOD, capacity_mwh=0.0)
    result = run(Market((idle, two_agents.Buyer(GOOD)), SCALES), mechanism, Compiled(), stop=stop_at(1e-6, 500))
    assert result.status == Status.CONVERGED
    assert result.best.allocation.trades == pytest.approx([0.0, 0.0], abs=1e-6)


def test_a_good_that_one_agent_holds_is_not_traded():
    result = run(Market(TWO_SELLERS[:1], SCALES), ADMM(), Compiled(), stop=stop_at(1e-6, 500))
    assert result.status == Status.CONVERGED
    assert result.best.allocation.trades == pytest.approx([0.0], abs=1e-6)
