"""The certificate: regrets, what does not clear, and what that says about an allocation."""

from itertools import islice

import numpy as np
import pytest
from cases import leases, three_bus_loop, two_agents, two_buses
from cases.all_known import ALL_KNOWN

from walras.agents import AgentError, Family
from walras.coordinator import ADMM, Certificate, Compiled, Prices, Responses, certify, iterate, profits
from walras.experiments.monolith.equilibrium import solve_monolith


def test_regret_is_profit_missed_as_computed_by_hand(executor):
    # At 30 $/MWh each wants 10 MWh; with 6, the seller misses 20*4 - (100 - 36) = 16, the buyer as much.
    market = two_agents.rising_cost().market
    held = Responses(np.array([6.0, -6.0]), np.array([10 * 6 + 36.0, -(50 * 6 - 36.0)]))
    certificate = certify(market, np.array([30.0]), held, executor.compile(market))
    assert certificate.regrets_usd == pytest.approx([16.0, 16.0], abs=1e-5)
    assert certificate.imbalance_value_usd == 0
    assert certificate.turnover_usd == pytest.approx(96 + 264)
    assert certificate.relative_gap == pytest.approx(32 / 360, abs=1e-7)
    assert certificate.max_relative_imbalance == 0


def test_what_does_not_clear_is_valued_at_its_price(executor):
    # Seller 8, buyer 10 at 30: 2 MWh short.
    market = two_agents.rising_cost().market
    held = Responses(np.array([8.0, -10.0]), np.array([80 + 64.0, -400.0]))
    certificate = certify(market, np.array([30.0]), held, executor.compile(market))
    assert certificate.imbalance_value_usd == pytest.approx(-60.0)
    assert certificate.regrets_usd == pytest.approx([4.0, 0.0], abs=1e-5)
    assert certificate.relative_imbalances == {Family.CONTRACT: pytest.approx(2 / np.hypot(8, 10))}
    assert certificate.relative_gap == pytest.approx(64 / 544, abs=1e-7)
    assert certificate.worst == certificate.max_relative_imbalance


def test_at_zero_prices_nobody_regrets_a_best_response_and_nothing_clears(executor, rts24):
    for market in (two_buses.congested_line().market, rts24):
        respond = executor.compile(market)
        zero = np.zeros(len(market.goods))
        certificate = certify(market, zero, respond(Prices(zero)), respond)
        assert certificate.total_regret_usd <= 1e-6 * certificate.turnover_usd
        assert certificate.relative_gap <= 1e-6
        assert certificate.max_relative_imbalance > 0.5
        assert certificate.worst > 0.5


@pytest.mark.parametrize("name", ALL_KNOWN)
def test_an_equilibrium_has_neither_regret_nor_imbalance(executor, name):
    market = ALL_KNOWN[name]().market
    equilibrium = solve_monolith(market)
    certificate = certify(market, equilibrium.prices, equilibrium.allocation, executor.compile(market))
    assert certificate.worst <= 1e-7


def test_the_right_trades_at_wrong_prices_are_regretted(executor):
    market = two_agents.rising_cost().market
    allocation = solve_monolith(market).allocation
    certificate = certify(market, np.array([20.0]), allocation, executor.compile(market))
    # At 20 the seller would make 5 MWh: it misses 5*10 - 25 - (10*10 - 100) = 25; the buyer would take 15: 25.
    assert certificate.regrets_usd == pytest.approx([25.0, 25.0], abs=1e-4)
    assert certificate.max_relative_imbalance <= 1e-7


def test_regrets_are_never_negative_on_the_way(executor):
    for name in ALL_KNOWN:
        market = ALL_KNOWN[name]().market
        for current in islice(iterate(market, ADMM(), executor.compile(market), certify_every=1), 15):
            assert (current.certificate.regrets_usd >= 0).all()


def test_who_seems_to_do_better_than_best_counts_with_the_difference(executor):
    """The seller is said to have made its 10 MWh, worth 300 $, for 190 $ and not for 200."""
    market = two_agents.rising_cost().market
    held = Responses(np.array([10.0, -10.0]), np.array([190.0, -400.0]))
    certificate = certify(market, np.array([30.0]), held, executor.compile(market))
    assert certificate.regrets_usd == pytest.approx([10.0, 0.0], abs=1e-5)


def test_profit_is_income_less_cost_agent_by_agent():
    market = two_buses.congested_line().market
    # town takes 40 at 60; plant sells 40 at 60, takes 40 of wheeling at 46; the grid operator supplies it.
    allocation = Responses(np.array([-40.0, 40.0, -40.0, 40.0]), np.array([-3200.0, 480.0, 0.0]))
    assert profits(market, np.array([60.0, 46.0]), allocation).tolist() == [800.0, 80.0, 1840.0]


def test_valuations_that_move_no_money_stay_out_of_turnover(executor):
    known = leases.saturated()
    equilibrium = solve_monolith(known.market)
    certificate = certify(known.market, equilibrium.prices, equilibrium.allocation, executor.compile(known.market))
    # The plant's cost alone, not the 800 $ that the hyperscaler's emissions are worth to it.
    assert certificate.turnover_usd == pytest.approx(814.2, rel=1e-6)


@pytest.mark.parametrize(
    ("regret", "value", "turnover", "gap"),
    [
        (3.0, -1.0, 8.0, 0.5),
        (0.0, 0.0, 0.0, 0.0),
        (1.0, 0.0, 0.0, float("inf")),
        (0.0, 2.0, 4.0, 0.5),
        (0.125, 0.125, 0.25, 1.0),
    ],
)
def test_the_gap_is_relative_to_turnover(regret, value, turnover, gap):
    two = np.array([regret / 3, 2 * regret / 3])
    nothing = np.zeros(2)
    certificate = Certificate(two, value, turnover, 0.0, {}, nothing, nothing, nothing, 0.0)
    assert certificate.total_regret_usd == pytest.approx(regret)
    assert certificate.relative_gap == pytest.approx(gap)
    assert certificate.max_relative_imbalance == 0
    assert certificate.worst == certificate.relative_gap


@pytest.mark.parametrize("error", [AgentError("agent A is indifferent"), FloatingPointError("costs overflow")])
def test_a_certificate_that_cannot_be_had_does_not_end_the_run(error):
    """Pure best responses fail for a while, answers near targets do not."""
    market = three_bus_loop.congested_loop().market
    compiled = Compiled().compile(market)
    pure = []

    def respond(announcement):
        if isinstance(announcement, Prices):
            pure.append(announcement)
            if len(pure) < 3:
                raise error
        return compiled(announcement)

    rounds = list(islice(iterate(market, ADMM(), respond, certify_every=10), 30))
    gaps = [rounds[i].certificate.relative_gap for i in (9, 19, 29)]
    assert gaps[:2] == [float("inf")] * 2
    assert gaps[2] < 1
