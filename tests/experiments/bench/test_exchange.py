"""The exchange problem against its exact solution, which takes one equation in one number."""

import numpy as np
import pytest

from walras.coordinator import ADMM, Compiled, Converged, MaxRounds, Status, run
from walras.experiments.bench.problems.exchange import Exchange
from walras.experiments.bench.rows.verdict import verdict


@pytest.fixture(scope="module")
def by_hand():
    """One seller of marginal cost 10 + s, one buyer of willingness 40 - 2 d: s = d = 10 at 20 $/MWh."""
    one = {"cost_usd_per_mwh": 10, "slope_usd_per_mwh2": 1, "capacity_mwh": 50}
    other = {"willingness_usd_per_mwh": 40, "steepness_usd_per_mwh2": 2}
    return Exchange(**{key: np.array([float(value)]) for key, value in (one | other).items()})


def test_price_and_quantities_are_those_on_paper(by_hand):
    assert by_hand.price_usd_per_mwh == pytest.approx(20, abs=1e-10)
    assert by_hand.supply_mwh(20.0) == pytest.approx([10])
    assert by_hand.demand_mwh(20.0) == pytest.approx([10])


def test_capacity_makes_the_price_what_buyers_give_for_it(by_hand):
    tight = Exchange(**{**vars(by_hand), "capacity_mwh": np.array([4.0])})
    assert tight.price_usd_per_mwh == pytest.approx(32, abs=1e-10)


def test_agents_find_the_exact_price_and_totals(small):
    outcome = run(small.market, ADMM(), Compiled(), stop=Converged(1e-8) | MaxRounds(2000))
    assert outcome.status == Status.CONVERGED
    price = small.exchange.price_usd_per_mwh
    assert outcome.best.prices == pytest.approx(np.full(9, price), abs=1e-3)
    sold = small.market.by_agent(outcome.best.allocation.trades)[3:]
    assert sold == pytest.approx(small.exchange.supply_mwh(price), abs=1e-2)


def test_the_exact_solution_is_certified(small):
    exchange = small.exchange
    price = exchange.price_usd_per_mwh
    sold, bought = exchange.supply_mwh(price), exchange.demand_mwh(price)
    quantities = np.outer(sold, bought) / bought.sum()
    allocation = exchange.allocation(quantities, quantities)
    violated = exchange.infeasibility(quantities, quantities)
    judged = verdict(small.market, np.full(9, price), allocation, small.judge, violated)
    assert judged.reaches(1e-9)


def test_half_the_trade_is_not_certified(small):
    exchange = small.exchange
    price = exchange.price_usd_per_mwh
    quantities = np.outer(exchange.supply_mwh(price), exchange.demand_mwh(price))
    quantities *= 0.5 / exchange.demand_mwh(price).sum()
    allocation = exchange.allocation(quantities, quantities)
    judged = verdict(small.market, np.full(9, price), allocation, small.judge, 0.0)
    assert not judged.reaches(1e-3)
    # What welfare lacks is what all agents together regret.
    exact = exchange.allocation(2 * quantities, 2 * quantities)
    turnover = np.abs(allocation.costs).sum()
    assert judged.relative_gap == pytest.approx((allocation.costs.sum() - exact.costs.sum()) / turnover, rel=1e-6)


def test_selling_beyond_capacity_or_below_zero_is_infeasible(by_hand):
    assert by_hand.infeasibility(np.array([[50.0]]), np.array([[50.0]])) == 0
    assert by_hand.infeasibility(np.array([[80.0]]), np.array([[60.0]])) == pytest.approx(0.3)
    assert by_hand.infeasibility(np.array([[40.0]]), np.array([[-30.0]])) == pytest.approx(0.6)


def test_peers_get_the_same_problem_in_units_of_its_scales(small):
    numbers, scale = small.exchange.in_own_units(), small.exchange.scale
    names = ("cost_usd_per_mwh", "slope_usd_per_mwh2", "capacity_mwh")
    others = ("willingness_usd_per_mwh", "steepness_usd_per_mwh2")
    scaled = Exchange(**dict(zip((*names, *others), numbers.values(), strict=True)))
    price = small.exchange.price_usd_per_mwh
    assert scaled.price_usd_per_mwh == pytest.approx(price / scale.price)
    assert scaled.supply_mwh(price / scale.price) * scale.volume == pytest.approx(small.exchange.supply_mwh(price))


def test_a_seed_names_the_numbers():
    assert (
        vars(Exchange.generated(2, 4, 7))["capacity_mwh"].tolist() == Exchange.generated(2, 4, 7).capacity_mwh.tolist()
    )
    assert Exchange.generated(2, 4, 7).capacity_mwh.tolist() != Exchange.generated(2, 4, 8).capacity_mwh.tolist()
