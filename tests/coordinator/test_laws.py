"""Laws that hold in every market, whatever its numbers."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from cases.random.market import costs_on_paper, least_cost, random_markets, with_line_limits
from hypothesis import given, settings
from hypothesis import strategies as st

from walras.coordinator import (
    ADMM,
    Anderson,
    Averaged,
    Compiled,
    Converged,
    DiminishingStep,
    Market,
    MaxRounds,
    Responses,
    Status,
    Tatonnement,
    certify,
    iterate,
    profits,
    run,
)
from walras.experiments.monolith.equilibrium import solve_monolith

MARKETS = random_markets()
SEEDS = st.integers(0, 2**16)


def some(max_examples):
    return settings(max_examples=max_examples)


def tolerance(market, *costs):
    return 1e-5 * max(1.0, *(float(np.abs(cost).sum()) for cost in costs))


def certified_round(market, mechanism, number):
    rounds = iterate(market, mechanism, Compiled().compile(market), certify_every=number)
    return next(islice(rounds, number - 1, None))


MECHANISMS = st.sampled_from([ADMM(), Tatonnement(DiminishingStep()), Averaged(Tatonnement(DiminishingStep()))])


@given(market=MARKETS, mechanism=MECHANISMS, number=st.integers(1, 20))
@some(30)
def test_regrets_are_never_negative_and_bound_the_distance_from_the_optimum(market, mechanism, number):
    """An allocation is optimal up to its regrets in the market whose supplies differ by its imbalance."""
    current = certified_round(market, mechanism, number)
    assert (current.certificate.regrets_usd >= 0).all()
    optimum = least_cost(market, market.imbalance(current.allocation.trades))
    slack = tolerance(market, current.allocation.costs, optimum.allocation.costs)
    missed = current.allocation.costs.sum() - optimum.cost_usd
    assert -slack <= missed <= current.certificate.total_regret_usd + slack


@given(market=MARKETS, seed=SEEDS)
@some(20)
def test_where_trades_clear_regrets_bound_the_true_gap_at_any_prices(market, seed):
    """The allocation clears, for it is the optimum of a market in which values and costs are others."""
    rng = np.random.default_rng(seed)
    distorted = Market(tuple(_distorted(agent, rng) for agent in market.agents), market.scales)
    other = least_cost(distorted)
    allocation = Responses(other.allocation.trades, costs_on_paper(market, other.allocation))
    gap = allocation.costs.sum() - least_cost(market).cost_usd
    respond = Compiled().compile(market)
    for prices in (solve_monolith(distorted).prices, rng.uniform(0, 100, len(market.goods))):
        certificate = certify(market, prices, allocation, respond)
        slack = tolerance(market, allocation.costs, prices[market.good_of_copy] * allocation.trades)
        assert -slack <= gap <= certificate.total_regret_usd + slack


@given(market=MARKETS, seed=SEEDS)
@some(15)
def test_the_monolith_at_wrong_prices_is_regretted_though_no_gap_is_left(market, seed):
    equilibrium = solve_monolith(market)
    gap = equilibrium.allocation.costs.sum() - least_cost(market).cost_usd
    assert abs(gap) <= tolerance(market, equilibrium.allocation.costs)
    wrong = equilibrium.prices + np.random.default_rng(seed).choice([-25.0, 25.0], len(market.goods))
    respond = Compiled().compile(market)
    regret = certify(market, wrong, equilibrium.allocation, respond).total_regret_usd
    right = certify(market, equilibrium.prices, equilibrium.allocation, respond).total_regret_usd
    assert right <= tolerance(market, equilibrium.allocation.costs)
    assert regret >= gap - tolerance(market, equilibrium.allocation.costs)


@given(market=MARKETS)
@some(20)
def test_the_monolith_finds_the_least_cost_of_the_declarations(market):
    equilibrium = solve_monolith(market)
    optimum = least_cost(market)
    slack = tolerance(market, optimum.allocation.costs)
    assert equilibrium.allocation.costs.sum() == pytest.approx(optimum.cost_usd, abs=slack)
    np.testing.assert_allclose(market.imbalance(equilibrium.allocation.trades), 0, atol=1e-6)
    np.testing.assert_allclose(equilibrium.allocation.costs, costs_on_paper(market, equilibrium.allocation), atol=slack)


@given(market=MARKETS, factor=st.sampled_from([1.05, 1.5, 4.0]))
@some(20)
def test_more_line_capacity_never_lowers_welfare(market, factor):
    narrow = solve_monolith(market).allocation.costs
    wide = solve_monolith(with_line_limits(market, factor)).allocation.costs
    assert wide.sum() <= narrow.sum() + tolerance(market, narrow)


@given(market=MARKETS, mechanism=MECHANISMS, number=st.integers(1, 10))
@some(20)
def test_profits_sum_to_welfare_and_the_value_of_the_imbalance(market, mechanism, number):
    """What buyers pay is what sellers and the grid operator receive, but for what does not clear."""
    current = certified_round(market, mechanism, number)
    prices = dict(zip(market.goods, current.prices, strict=True))
    excess = dict.fromkeys(market.goods, 0.0)
    for agent, copies in zip(market.agents, market.copies_of_agents, strict=True):
        for good, quantity in zip(agent.declare().goods, current.allocation.trades[copies], strict=True):
            excess[good] += quantity
    value = sum(prices[good] * excess[good] for good in market.goods)
    welfare = -current.allocation.costs.sum()
    total = profits(market, current.prices, current.allocation).sum()
    scale = np.abs(current.prices[market.good_of_copy] * current.allocation.trades).sum() + 1
    assert total == pytest.approx(welfare + value, abs=1e-10 * scale)
    assert current.certificate.imbalance_value_usd == pytest.approx(value, abs=1e-10 * scale)


@pytest.mark.parametrize(
    "mechanism", [ADMM(), Anderson(ADMM(relaxation=1.9, opening_price=1.0))], ids=lambda mechanism: mechanism.name
)
@given(market=MARKETS)
@some(15)
def test_admm_ends_where_the_monolith_does(mechanism, market):
    result = run(market, mechanism, Compiled(), stop=Converged(1e-6) | MaxRounds(4000))
    assert result.status == Status.CONVERGED
    optimum = least_cost(market)
    turnover = np.abs(optimum.allocation.costs).sum()
    assert result.best.allocation.costs.sum() == pytest.approx(optimum.cost_usd, abs=1e-4 * turnover + 1e-4)


def _distorted(agent, rng):
    if hasattr(agent, "willingness_usd_per_mwh"):
        return replace(agent, willingness_usd_per_mwh=agent.willingness_usd_per_mwh * rng.uniform(0.6, 1.5))
    if hasattr(agent, "cost_usd_per_mwh"):
        return replace(agent, cost_usd_per_mwh=agent.cost_usd_per_mwh * rng.uniform(0.3, 2))
    return agent
