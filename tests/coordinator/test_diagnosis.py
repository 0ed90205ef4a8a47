"""A run that does not converge says where it fails."""

from dataclasses import replace

import numpy as np
import pytest
from cases import three_bus_loop, two_agents

from walras.agents import contract
from walras.coordinator import (
    ADMM,
    Compiled,
    Converged,
    DiminishingStep,
    FixedStep,
    MaxRounds,
    Pattern,
    Responses,
    Tatonnement,
    diagnose,
    run,
)
from walras.coordinator.certificate import certify


def test_tatonnement_on_rts24_names_the_goods_that_oscillate(rts24):
    result = run(rts24, Tatonnement(), Compiled(), stop=MaxRounds(100))
    diagnosis = diagnose(result)
    assert "oscillates" in diagnosis.summary
    assert str(diagnosis.symptoms[0].good) in diagnosis.summary
    assert len(diagnosis.symptoms) == 5
    for symptom in diagnosis.symptoms:
        assert symptom.pattern == Pattern.OSCILLATES
        assert symptom.imbalances[0] < 0 < symptom.imbalances[1]
        assert symptom.prices[0] < symptom.prices[1]
        assert str(symptom.good) in str(symptom)
    shares = [symptom.share for symptom in diagnosis.symptoms]
    assert shares == sorted(shares, reverse=True)


def test_the_goods_named_are_those_that_clear_worst(rts24):
    seen = []
    result = run(rts24, Tatonnement(), Compiled(), stop=MaxRounds(80), on_round=seen.append)
    squares = dict.fromkeys(rts24.goods, 0.0)
    for current in seen[-len(result.tail) :]:
        excess = dict.fromkeys(rts24.goods, 0.0)
        for position, quantity in zip(rts24.good_of_copy, current.allocation.trades, strict=True):
            excess[rts24.goods[position]] += quantity
        for good in rts24.goods:
            squares[good] += (excess[good] / rts24.scales[good].volume) ** 2
    worst = sorted(squares, key=lambda good: -squares[good])[:5]
    symptoms = diagnose(result).symptoms
    assert [symptom.good for symptom in symptoms] == worst
    total = sum(squares.values())
    assert [s.share for s in symptoms] == pytest.approx([squares[good] / total for good in worst])


def test_a_single_good_that_jumps_bears_all_the_imbalance():
    # Constant cost 30: near 30 the seller offers 0 or 100, the buyer takes about 10.
    result = run(two_agents.constant_cost().market, Tatonnement(FixedStep(0.05)), Compiled(), stop=MaxRounds(200))
    (symptom,) = diagnose(result).symptoms
    assert symptom.good == contract("seller", "buyer", 0)
    assert symptom.pattern == Pattern.OSCILLATES
    assert symptom.share == 1
    assert symptom.prices[0] < 30 < symptom.prices[1]


def test_prices_that_creep_one_way_drift():
    result = run(two_agents.rising_cost().market, Tatonnement(FixedStep(1e-4)), Compiled(), stop=MaxRounds(60))
    diagnosis = diagnose(result)
    assert diagnosis.symptoms[0].pattern == Pattern.DRIFTS
    assert "drifts" in diagnosis.summary


class NoStep:
    name = "no"

    def start(self, goods):
        return np.zeros(goods)

    def adapt(self, steps, old, new, round_number):
        return steps


def test_prices_that_stop_short_of_clearing_stall():
    result = run(two_agents.rising_cost().market, Tatonnement(NoStep()), Compiled(), stop=MaxRounds(20))
    assert diagnose(result).symptoms[0].pattern == Pattern.STALLS


def test_one_round_shows_only_that_goods_do_not_clear(rts24):
    diagnosis = diagnose(run(rts24, Tatonnement(), Compiled(), stop=MaxRounds(1)))
    assert {symptom.pattern for symptom in diagnosis.symptoms} == {Pattern.NOT_CLEARED}
    assert diagnosis.summary.startswith("the market does not clear in its last round, foremost on ")


def test_agents_are_ranked_by_their_regret_at_the_best_round():
    result = run(three_bus_loop.congested_loop().market, ADMM(), Compiled(), stop=MaxRounds(3))
    diagnosis = diagnose(result, top=2)
    regrets = dict(zip([agent.name for agent in result.market.agents], result.certificate.regrets_usd, strict=True))
    assert list(diagnosis.regrets_usd) == sorted(regrets.items(), key=lambda item: -item[1])[:2]
    assert len(diagnosis.symptoms) == 2


def test_a_converged_run_has_only_traces_of_imbalance_left():
    result = run(two_agents.rising_cost().market, ADMM(), Compiled(), stop=Converged(1e-9))
    for symptom in diagnose(result).symptoms:
        assert max(map(abs, result.best.allocation.trades)) > 1
        assert symptom.share <= 1


def test_the_number_of_rounds_looked_at_is_said():
    result = run(two_agents.rising_cost().market, Tatonnement(DiminishingStep()), Compiled(), stop=MaxRounds(7))
    diagnosis = diagnose(result)
    assert diagnosis.rounds == 7
    assert "7 rounds" in diagnosis.summary


def test_where_the_market_clears_and_somebody_regrets_it_the_agent_is_named():
    """At 40 $/MWh the unit of constant cost 30 sells all that it can, and would; it sells what the buyer takes."""
    market = two_agents.constant_cost().market
    ended = run(market, Tatonnement(FixedStep(1e-4)), Compiled(), stop=MaxRounds(2))
    clears = np.array([10.0, -10.0])
    best = replace(ended.best, prices=np.array([40.0]), allocation=Responses(clears, np.array([300.0, 0.0])))
    certified = certify(market, best.prices, best.allocation, Compiled().compile(market))
    diagnosis = diagnose(replace(ended, best=replace(best, certificate=certified)))
    name, regret = diagnosis.regrets_usd[0]
    assert diagnosis.all_but_clears
    assert diagnosis.summary == (f"the market all but clears, and at its prices {name} could still gain {regret:.2g} $")
