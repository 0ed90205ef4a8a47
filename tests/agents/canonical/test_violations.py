"""Violations of trades, as computed by hand, whatever of the variables trades tell."""

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import pytest
from cases.feasible import EVERY_KIND
from cases.three_bus_loop import pooled_loop
from cases.two_agents import MWH, Buyer, Seller

from walras.agents import Declaration, Hyperscaler, contract, lease
from walras.coordinator import Compiled, Market, Prices, Serial
from walras.coordinator.measures.own_scale import volumes_mwh

GOODS = tuple(contract("seller", name, 0) for name in "ab")


def violations(market, trades):
    return market.constraints.relative_violations(trades, volumes_mwh(market, trades))


def test_a_capacity_that_is_exceeded_and_a_sale_below_zero():
    """100 MWh are allowed, 100.9 are sold. A purchase of minus one MWh is all of the buyer's volume."""
    market = Market((Seller(MWH), Buyer(MWH)))
    assert violations(market, np.array([100.9, 1.0])) == pytest.approx([0.9 / 100.9, 1.0])
    assert violations(market, np.array([99.0, -99.0])) == pytest.approx([0.0, 0.0])


@dataclass(frozen=True)
class Joined:
    """What it sells to a and to b is one quantity, made in two plants of 3 and 5 MW that trades do not tell apart."""

    name: str = "joined"
    moves_money = True

    def declare(self):
        plants = cp.Variable(2, nonneg=True)
        made = cp.sum(plants)
        return Declaration(made, cp.hstack([made, made]), GOODS, [plants <= np.array([3.0, 5.0])])


def test_angles_that_only_all_deliveries_together_tell_take_no_linear_programme(monkeypatch):
    known = pooled_loop()
    monkeypatch.setattr("walras.agents.canonical.open_variables.linprog", None)
    trades = np.array([-100.0, 80.0, 20.0, -80.0, -20.0, 100.0])
    assert violations(known.market, trades) == pytest.approx(np.zeros(4), abs=1e-9)


def test_deliveries_that_no_angles_make_are_violations():
    """81 MWh are delivered of 78 that are taken: 1 too much at each bus. No line is at its limit."""
    trades = np.array([-81.0, 59.0, 19.0, -59.0, -19.0, 81.0])
    assert violations(pooled_loop().market, trades)[3] == pytest.approx(1 / 81, rel=1e-6)


@dataclass(frozen=True)
class RoundPair:
    """No quadratic programme: its sales to a and b lie in a disc of 5 MWh."""

    name: str = "round"
    moves_money = True

    def declare(self):
        sales = cp.Variable(2)
        return Declaration(cp.sum(sales), sales, GOODS, [cp.norm(sales) <= 5.0])


def test_where_trades_do_not_tell_all_variables_the_best_ones_count():
    market = Market((Joined(),))
    assert violations(market, np.array([7.0, 7.0])) == pytest.approx([0.0], abs=1e-9)
    # 9 MWh of 8: both plants can make a third of a MWh too much, and a third is sold that nobody makes.
    assert violations(market, np.array([9.0, 9.0])) == pytest.approx([1 / 27], rel=1e-6)


def test_trades_that_belie_each_other_are_a_violation():
    found = violations(Market((Joined(),)), np.array([4.0, 6.0]))
    # 5 MWh are 1 off both.
    assert found == pytest.approx([1 / 6], rel=1e-6)


def test_what_is_no_quadratic_programme_is_judged_by_the_nearest_trades():
    market = Market((RoundPair(),))
    assert violations(market, np.array([3.0, 4.0])) == pytest.approx([0.0], abs=1e-7)
    # The disc has (6 - d, 8 - d) for the least d where (6 - d)^2 + (8 - d)^2 = 25.
    d = 7 - np.sqrt(49 - 37.5)
    assert violations(market, np.array([6.0, 8.0])) == pytest.approx([d / 8], rel=1e-6)


def test_which_batch_runs_where_is_not_in_the_trades():
    """50 MWh of work, of which the lender takes what of a and b it can; 20 rented leave 30 to buy."""
    agent = Hyperscaler("h", 1, ("plant",), np.ones(1), 1.0, ("a", "b"), np.array([[30.0], [20.0]]), {"m": ("a",)}, 0.5)
    market = Market((agent,))
    assert agent.contracts + agent.leases == (contract("plant", "h", 0), lease("m", 0, 0.5))
    assert violations(market, np.array([-30.0, -40.0])) == pytest.approx([0.0], abs=1e-9)
    assert violations(market, np.array([-18.0, -64.0]))[0] > 0.01


@pytest.mark.parametrize("executor", [Serial(), Compiled()], ids=["serial", "compiled"])
@pytest.mark.parametrize("kind", EVERY_KIND)
def test_best_responses_violate_nothing(kind, executor):
    agent = EVERY_KIND[kind].agent
    market = Market((agent,))
    prices = np.random.default_rng(1).uniform(5, 50, len(market.goods))
    answer = executor.compile(market)(Prices(prices))
    assert violations(market, answer.trades).max(initial=0.0) <= 1e-7
