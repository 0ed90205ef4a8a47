"""Price rules on Scarf's plants as Hogan and Ring modify them: prices, uplift and penalties against enumeration."""

from itertools import product

import numpy as np
import pytest
from cases.choices.lumpy_plants import SCARF, plant_and_block, scarf

from walras.coordinator.announcement import Prices
from walras.coordinator.executors.mixed_integer import MixedInteger
from walras.coordinator.price_rules.deviations import Deviations
from walras.coordinator.price_rules.exact_penalty import exact_penalty
from walras.coordinator.price_rules.hull_prices import hull_rounds
from walras.coordinator.price_rules.lost_opportunity import lost_at
from walras.coordinator.programmes.integer_searches import Search

SEARCH = Search(gap=0.0)
SMOKESTACK, HIGH_TECH, MED_TECH = 101 / 16, 44 / 7, 7.0


def hull(market):
    respond = MixedInteger(SEARCH).compile(market)
    return next(one for one in hull_rounds(market, respond, np.zeros(1)) if one.residual <= 1e-9)


def marginal(known, near=0.0):
    return known.programme.marginal_prices(np.array([near]), known.market.volume_scale)


def lost(known, prices):
    respond = MixedInteger(SEARCH).compile(known.market)
    return lost_at(known.market, known.plan, prices, respond(Prices(prices)))


def least_cost(demand_mwh):
    """Over all numbers of plants of each kind that run, cheap output first."""
    costs = []
    for running in product(*(range(count + 1) for count, *_ in SCARF.values())):
        kinds = list(zip(running, SCARF.values(), strict=True))
        left = demand_mwh - sum(n * least for n, (_, _, _, least, _) in kinds)
        cost = sum(n * (fixed + marginal * least) for n, (_, fixed, marginal, least, _) in kinds)
        for n, (_, _, marginal, least, most) in sorted(kinds, key=lambda kind: kind[1][2]):
            more = min(max(left, 0.0), n * (most - least))
            cost, left = cost + marginal * more, left - more
        if left == 0:
            costs.append(cost)
    return min(costs)


def hull_cost(demand_mwh):
    """The largest dual value, which is at one of the prices where some plant becomes worth running."""

    def dual(price):
        profits = (n * max(0.0, (price - marginal) * most - fixed) for n, fixed, marginal, _, most in SCARF.values())
        return price * demand_mwh - sum(profits)

    return max(map(dual, (SMOKESTACK, HIGH_TECH, MED_TECH)))


def best_profit(numbers, price):
    fixed, marginal, least, most = numbers
    return max(0.0, *((price - marginal) * output - fixed for output in (least, most)))


def ratios(numbers, price, trade, cost):
    """Gain per MWh of every deviation to where output may end; the others gain less for each MWh."""
    fixed, marginal, least, most = numbers
    own = price * trade - cost
    ends = [(0.0, 0.0), *((output, fixed + marginal * output) for output in (least, most))]
    for output, costs in ends:
        if abs(output - trade) > 1e-6:
            yield (price * output - costs - own) / abs(output - trade)


@pytest.mark.parametrize(
    ("demand_mwh", "price"), [(20, HIGH_TECH), (55, SMOKESTACK), (56, SMOKESTACK), (130, SMOKESTACK), (140, MED_TECH)]
)
def test_hull_prices_step_through_the_average_costs_of_full_plants(demand_mwh, price):
    known = scarf(demand_mwh)
    found = hull(known.market)
    assert found.prices == pytest.approx([price], rel=1e-7)
    cost = known.plan.costs.sum()
    assert cost == pytest.approx(least_cost(demand_mwh), rel=1e-9)
    assert -found.bound_usd == pytest.approx(hull_cost(demand_mwh), rel=1e-9)
    figures = lost_at(known.market, known.plan, found.prices, found.responses)
    assert figures.total_usd == pytest.approx(cost - hull_cost(demand_mwh), abs=1e-6 * cost)
    assert figures.paid_usd.sum() == pytest.approx(0.0, abs=1e-9 * cost)


def test_costs_at_55_and_56_mwh_on_paper():
    # Three Smokestacks and a High Tech, all full: 3 x 101 + 44. One MWh more takes none of the full plants alone.
    assert scarf(55).plan.costs.sum() == pytest.approx(347.0)
    assert scarf(56).plan.costs.sum() == pytest.approx(355.0)


@pytest.mark.parametrize("demand_mwh", [55, 56, 100])
def test_everybody_loses_what_enumeration_says_at_marginal_and_hull_prices(demand_mwh):
    known = scarf(demand_mwh)
    kinds = {name: numbers for name, (_, *numbers) in SCARF.items()}
    deviations = Deviations(known.market, known.plan, SEARCH)
    for prices in (marginal(known), hull(known.market).prices):
        price, largest = float(prices[0]), 0.0
        figures = lost(known, prices)
        for n, agent in enumerate(known.market.agents[:-1]):
            numbers = kinds[agent.name.rpartition(" ")[0]]
            trade, cost = known.plan.trades[n], known.plan.costs[n]
            expected = best_profit(numbers, price) - (price * trade - cost)
            assert figures.lost_usd[n] == pytest.approx(expected, abs=1e-6)
            assert figures.deviates[n] == (expected > 1e-5)
            largest = max(largest, *ratios(numbers, price, trade, cost))
        assert figures.lost_usd[-1] == pytest.approx(0.0, abs=1e-9)
        assert exact_penalty(deviations, prices).usd_per_unit == pytest.approx(largest, abs=1e-5)


def test_a_plant_and_a_block_as_quoted_and_by_hand():
    known = plant_and_block()
    assert known.plan.costs.sum() == pytest.approx(1750.0)
    found = hull(known.market)
    assert found.prices == pytest.approx([10.0], rel=1e-7)
    assert lost(known, found.prices).total_usd == pytest.approx(1000.0, rel=1e-7)
    deviations = Deviations(known.market, known.plan, SEARCH)
    penalty = exact_penalty(deviations, found.prices)
    assert (penalty.usd_per_unit, penalty.agent) == (pytest.approx(40.0, rel=1e-6), 0)
    prices = marginal(known)
    assert prices == pytest.approx([50.0])
    at_the_margin = lost(known, prices)
    assert at_the_margin.lost_usd == pytest.approx([0.0, 2000.0, 0.0], abs=1e-6)
    assert exact_penalty(deviations, prices).usd_per_unit == pytest.approx(40.0)


def test_marginal_prices_are_the_nearest_where_full_plants_leave_them_open():
    # At 55 MWh all that run are full: nobody can give a MWh more, and one less saves 3 $.
    known = scarf(55)
    assert [float(marginal(known, near)[0]) for near in (0.0, 5.0)] == pytest.approx([3.0, 5.0])
    # At 56 MWh a Med Tech is neither full nor at its least.
    assert [float(marginal(scarf(56), near)[0]) for near in (0.0, 9.0)] == pytest.approx([7.0, 7.0])
