"""In its own units a market's small agents are held as exactly as its large ones."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from cases import three_bus_loop
from cases.two_agents import MWH, Buyer, Seller

from walras.agents import contract
from walras.coordinator import Market, Scale
from walras.experiments.settlement.own_units import in_own_units
from walras.experiments.settlement.repair import nearest_clearing
from walras.experiments.settlement.stacked_market import stack

SMALL = contract("small", "town", 0)
TRADES = np.array([5000.0, -5001.0, 0.0103, -0.0099])


def over_six_decades():
    """10 GW beside 10 kW."""
    agents = (
        Seller(MWH, capacity_mwh=1e4),
        Buyer(MWH),
        Seller(SMALL, capacity_mwh=0.01, name="small"),
        Buyer(SMALL, name="town"),
    )
    return Market(agents, {MWH: Scale(30.0, 1e4), SMALL: Scale(30.0, 1e4)})


def test_a_good_is_measured_by_the_second_largest_of_its_holders():
    """Their capacities or trades: sellers 10,000 and 0.0103 MWh, buyers 5001 and a millionth of 10 GW."""
    market = over_six_decades()
    own = in_own_units(market, stack(market), TRADES)
    assert own.volume[market.positions([MWH, SMALL])] == pytest.approx([5001.0, 0.01], rel=1e-9)


def test_trades_and_costs_stay_what_they_are():
    market = three_bus_loop.congested_loop().market
    stacked = stack(market)
    x = np.random.default_rng(0).uniform(0, 20, len(stacked.c))
    own = in_own_units(market, stacked, np.ones(len(market.good_of_copy)))
    found, known = own.allocation(x / own.units), stacked.allocation(x)
    np.testing.assert_allclose(found.trades, known.trades, rtol=1e-12)
    np.testing.assert_allclose(found.costs, known.costs, rtol=1e-12)


def test_the_residual_is_that_of_the_worst_row_in_its_unit():
    """The small seller's 0.0101 MWh are 1 % above its capacity; all else is met."""
    market = over_six_decades()
    own = in_own_units(market, stack(market), TRADES)
    x = np.array([5000.0, 5000.0, 0.0101, 0.0101]) / own.units
    assert own.residual(x) == pytest.approx(0.01, rel=1e-6)


def test_repaired_trades_of_small_agents_are_as_exact_as_those_of_large_ones():
    market = over_six_decades()
    own = in_own_units(market, stack(market), TRADES)
    repaired = own.allocation(nearest_clearing(market, own, TRADES)).trades
    assert repaired == pytest.approx([5000.5, -5000.5, 0.01, -0.01], rel=1e-7)
    assert repaired[2] <= 0.01 * (1 + 1e-9)


def test_what_rounding_leaves_of_large_terms_is_no_violation():
    """Of 3e10 less as much, in units of which a row holds a millionth, doubles leave 4e-6; a violation is no less."""
    market = over_six_decades()
    own = in_own_units(market, stack(market), TRADES)
    row = np.zeros((1, len(own.units)))
    row[0, :2] = 705827.59262707, -1e6
    s = replace(own.stacked, G=sp.csc_array(row), h=np.zeros(1), lower=own.stacked.lower - np.inf, upper=np.inf)
    x = np.zeros(len(own.units))
    x[:2] = 30027.64212759, 30027.64212759 * 0.70582759262707
    only_limits = replace(own, stacked=replace(s, A=0 * s.A, b=0 * s.b, K=0 * s.K, k=0 * s.k))
    assert only_limits.residual(x) == 0
    x[0] *= 1 + 1e-12
    assert only_limits.residual(x) == pytest.approx(0.02, rel=0.1)
