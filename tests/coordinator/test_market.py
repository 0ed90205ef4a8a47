"""A market knows who trades what, and in which order copies of goods are stacked."""

import numpy as np
import pytest
from cases import leases, two_buses
from cases.two_agents import MWH, Buyer, Seller

from walras.agents import AgentError, Family, contract, wheeling
from walras.coordinator import Market, Scale, relative_imbalances


@pytest.fixture
def market():
    return two_buses.congested_line().market


def test_goods_are_those_of_all_agents_sorted_and_once_each(market):
    assert market.goods == (contract("plant", "town", 0), wheeling(2, 0))


def test_copies_are_stacked_agent_by_agent(market):
    # town: energy; plant: energy, wheeling; grid operator: wheeling.
    assert market.good_of_copy.tolist() == [0, 0, 1, 1]
    assert market.agent_of_copy.tolist() == [0, 1, 1, 2]
    assert market.copies_of_agents == (slice(0, 1), slice(1, 3), slice(3, 4))


def test_imbalance_sums_the_trades_of_a_good(market):
    assert market.imbalance(np.array([-30.0, 32.0, -5.0, 4.0])).tolist() == [2.0, -1.0]


def test_values_of_copies_are_summed_by_agent(market):
    assert market.by_agent(np.array([1.0, 2.0, 4.0, 8.0])).tolist() == [1.0, 6.0, 8.0]


def test_traders_are_counted_good_by_good(market):
    assert market.traders.tolist() == [2.0, 2.0]
    assert Market((Seller(MWH),)).traders.tolist() == [1.0]


def test_positions_follow_the_goods_asked_for(market):
    assert market.positions([wheeling(2, 0), contract("plant", "town", 0)]).tolist() == [1, 0]


def test_an_unknown_good_has_no_position(market):
    with pytest.raises(KeyError):
        market.positions([wheeling(9, 0)])


def test_families_list_their_goods_and_leave_out_what_is_not_traded(market):
    assert {family: members.tolist() for family, members in market.families.items()} == {
        Family.CONTRACT: [0],
        Family.WHEELING: [1],
    }
    assert set(leases.saturated().market.families) == {Family.CONTRACT, Family.LEASE}


def test_goods_without_a_scale_have_scale_one(market):
    scaled = Market(market.agents, {wheeling(2, 0): Scale(price=7.0, volume=3.0)})
    assert scaled.price_scale.tolist() == [1.0, 7.0]
    assert scaled.volume_scale.tolist() == [1.0, 3.0]


@pytest.mark.parametrize("value", [0.0, -1.0, float("inf"), float("nan")])
@pytest.mark.parametrize("key", ["price", "volume"])
def test_a_scale_that_weighs_nothing_is_refused(key, value):
    with pytest.raises(ValueError, match=f"{key} scale is {value}"):
        Scale(**{key: value})


def test_two_agents_of_one_name_are_refused():
    with pytest.raises(AgentError, match=r"Alice.*twice"):
        Market((Seller(MWH, name="Alice"), Buyer(MWH, name="Alice")))


def test_a_market_without_grid_and_with_one_agent_is_legal():
    assert Market((Buyer(MWH),)).goods == (MWH,)


def test_relative_imbalance_is_norm_over_norm_in_each_family(market):
    found = relative_imbalances(market, np.array([-30.0, 40.0, -6.0, 8.0]))
    assert found == {Family.CONTRACT: pytest.approx(10 / 50), Family.WHEELING: pytest.approx(2 / 10)}


def test_without_any_trade_nothing_is_out_of_balance(market):
    assert set(relative_imbalances(market, np.zeros(4)).values()) == {0.0}


def test_traces_of_trade_do_not_count_as_imbalance(market):
    """A family that all but does not trade is measured by its volume scale, 40 MWh."""
    found = relative_imbalances(market, np.array([-30.0, 30.0, 4e-12, 0.0]))
    assert found[Family.WHEELING] == pytest.approx(4e-12 / 40e-3)
