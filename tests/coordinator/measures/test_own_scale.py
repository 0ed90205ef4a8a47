"""A small agent's figures are held against what it trades itself."""

import numpy as np
import pytest
from cases.two_agents import MWH, Buyer, Seller

from walras.agents import contract
from walras.coordinator import Compiled, Market, Responses, Scale, certify
from walras.coordinator.measures.own_scale import relative_imbalances_of_agents, turnovers_usd, volumes_mwh

SMALL = contract("small", "town", 0)
LARGE_AND_SMALL = Market(
    (
        Seller(MWH, capacity_mwh=1e4),
        Buyer(MWH, willingness=50.0, slope=2e-3),
        Seller(SMALL, cost=30.0, slope=0.0, capacity_mwh=0.01, name="small"),
        Buyer(SMALL, willingness=50.0, slope=2e3, name="town"),
    ),
    {MWH: Scale(30.0, 1e4), SMALL: Scale(30.0, 0.01)},
)


def test_each_imbalance_is_shared_by_those_who_trade_the_good():
    """3 MWh of sales and 1 of purchases: 2 MWh are left over, 1.5 the seller's and 0.5 the buyer's."""
    market = Market((Seller(MWH), Buyer(MWH)))
    assert relative_imbalances_of_agents(market, np.array([3.0, -1.0])) == pytest.approx([0.5, 0.5])


def test_what_a_small_agent_is_off_shows():
    """Of 10 kWh the town gets 0.25 kWh too few: nothing for the market, 2.5 % for the town."""
    market = LARGE_AND_SMALL
    trades = np.array([5000.0, -5000.0, 0.01, -0.00975])
    certificate = certify(market, np.array([30.0, 30.0]), Responses(trades, np.zeros(4)), Compiled().compile(market))
    assert certificate.max_relative_imbalance <= 1e-7
    assert certificate.max_relative_imbalance_of_agent == pytest.approx(0.0127, rel=0.02)
    assert certificate.worst >= 0.0127


def test_regrets_are_relative_to_the_agents_own_turnover():
    """The town could have 0.01 MWh at 30 $/MWh and has 0.00975: it regrets 2000 / 2 * 0.00025**2 $."""
    market = LARGE_AND_SMALL
    town = Buyer(SMALL, willingness=50.0, slope=2e3)
    held = 0.00975
    costs = np.array([0.0, 0.0, 0.0, -(town.willingness * held - town.slope / 2 * held**2)])
    found = certify(
        market,
        np.array([30.0, 30.0]),
        Responses(np.array([0.0, 0.0, 0.01, -held]), costs),
        Compiled().compile(market),
    )
    assert found.regrets_usd[3] == pytest.approx(1e3 * 0.00025**2, rel=1e-6)
    assert found.relative_regrets_of_agents[3] == pytest.approx(found.regrets_usd[3] / 0.3, rel=1e-6)


def test_who_hardly_trades_is_held_against_its_goods():
    market = LARGE_AND_SMALL
    nothing = np.zeros(4)
    assert turnovers_usd(market, np.zeros(4), nothing, nothing) == pytest.approx([300, 300, 3e-4, 3e-4])
    assert volumes_mwh(market, nothing) == pytest.approx([1e-2, 1e-2, 1e-8, 1e-8])
    assert relative_imbalances_of_agents(market, nothing).tolist() == [0.0] * 4
