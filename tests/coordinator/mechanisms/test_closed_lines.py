"""Slope bids where limits leave no room: closed lines, units that may not ramp, islands that nothing can reach."""

import numpy as np
import pytest
from support.closed_lines import market_on

from walras.agents import Family, contract, wheeling
from walras.coordinator import Batched, Compiled, SlopeBids, Status, run, stop_at

EXECUTORS = pytest.mark.parametrize("executor", [Compiled(), Batched()], ids=lambda executor: executor.name)


def solved(market, executor):
    result = run(market, SlopeBids(), executor, stop=stop_at(1e-6, 60))
    assert result.status == Status.CONVERGED
    assert len(result.records) < 45
    return result


def sold(result, seller, buyer):
    """Of one hour, as the seller sees it."""
    market, trades = result.market, result.best.allocation.trades
    own = market.agent_of_copy == [agent.name for agent in market.agents].index(seller)
    return trades[own & (market.good_of_copy == market.good_index[contract(seller, buyer, 0)])][0]


@EXECUTORS
def test_a_closed_line_parts_the_market(executor):
    """180 - d = 10 at bus 1 and = 50 at bus 2. Who sells across is not unique, but in all nothing passes the line."""
    market = market_on((1, 2), [(1, 2)], [0.0], (1, 2), [(1, 10.0), (2, 50.0)])
    result = solved(market, executor)
    to = {bus: sum(sold(result, f"unit {unit}", f"town {bus}") for unit in (1, 2)) for bus in (1, 2)}
    assert to == pytest.approx({1: 170.0, 2: 130.0}, rel=1e-5)
    assert result.best.prices[market.good_index[wheeling(2, 0)]] == pytest.approx(40.0, rel=1e-5)
    wheeled = market.imbalance(np.abs(result.best.allocation.trades))[market.families[Family.WHEELING]]
    operator = result.best.allocation.trades[market.agent_of_copy == len(market.agents) - 1]
    assert operator == pytest.approx(0.0, abs=1e-9)
    assert np.isfinite(wheeled).all()


@EXECUTORS
def test_a_closed_line_in_a_loop_closes_what_it_balances(executor):
    """Line 1-3 closed keeps buses 1 and 3 at one angle: bus 1 can then only sell to bus 2, where nobody buys."""
    lines = [(1, 2), (2, 3), (1, 3)]
    market = market_on((1, 2, 3), lines, [np.inf, np.inf, 0.0], (3,), [(1, 10.0), (2, 50.0)])
    result = solved(market, executor)
    assert result.best.allocation.trades == pytest.approx(0.0, abs=1e-5)


@EXECUTORS
def test_prices_that_only_deter_rise_no_further_than_they_must(executor):
    """As before, but bus 3 has a unit too, at 100. Wheeling to 3 may cost any p if to 2 it costs p / 2.

    Unit 1 would sell to bus 3 below p = 100 - 10, and unit 2 below p / 2 = 100 - 50.
    """
    lines = [(1, 2), (2, 3), (1, 3)]
    units = [(1, 10.0), (2, 50.0), (3, 100.0)]
    market = market_on((1, 2, 3), lines, [np.inf, np.inf, 0.0], (3,), units)
    result = solved(market, executor)
    assert sold(result, "unit 3", "town 3") == pytest.approx(80.0, rel=1e-5)
    prices = [result.best.prices[market.good_index[wheeling(bus, 0)]] for bus in (2, 3)]
    assert prices == pytest.approx([50.0, 100.0], rel=1e-5)


@EXECUTORS
def test_an_island_without_units_gets_nothing(executor):
    """Buses 2 and 3 are joined, and cut off from the hub; prices of wheeling to both deter."""
    lines = [(1, 2), (2, 3), (1, 3)]
    market = market_on((1, 2, 3), lines, [0.0, 40.0, 0.0], (1, 2), [(1, 10.0)])
    result = solved(market, executor)
    assert sold(result, "unit 1", "town 1") == pytest.approx(170.0, rel=1e-5)
    assert sold(result, "unit 1", "town 2") == pytest.approx(0.0, abs=1e-6)
    assert result.best.prices[market.good_index[wheeling(2, 0)]] >= 170.0 - 1e-3


@EXECUTORS
def test_a_unit_that_may_not_ramp_sells_the_same_in_all_hours(executor):
    """Of towns that value energy at 180 - d and 150 - d: 2 * 10 = 180 - d + 150 - d, d = 155."""
    market = market_on((1, 2), [(1, 2)], [np.inf], (1,), [(1, 10.0)], periods=2, ramp_mw_per_h=0.0)
    result = solved(market, executor)
    own = market.agent_of_copy == 1
    assert result.best.allocation.trades[own][:2] == pytest.approx([155.0, 155.0], rel=1e-5)


@EXECUTORS
@pytest.mark.parametrize("limit_mw", [1e-9, 1e-6, 1e-3])
def test_a_line_of_next_to_nothing_is_no_harder(executor, limit_mw):
    market = market_on((1, 2), [(1, 2)], [limit_mw], (1, 2), [(1, 10.0), (2, 50.0)])
    result = solved(market, executor)
    operator = result.best.allocation.trades[market.agent_of_copy == len(market.agents) - 1]
    assert np.abs(operator).max() <= limit_mw * (1 + 1e-6)
