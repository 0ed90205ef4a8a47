"""Mechanisms find the prices that are known on paper."""

import pytest
from cases import three_bus_loop, two_agents, two_buses
from cases.all_known import ALL_KNOWN
from cases.known import assert_solves

from walras.coordinator import (
    ADMM,
    AdaptiveStep,
    Anderson,
    Averaged,
    BalanceResiduals,
    Compiled,
    Converged,
    DiminishingStep,
    FixedStep,
    KeepRho,
    MaxRounds,
    Settled,
    Status,
    Tatonnement,
    run,
)

# Regrets vanish with the square of what trades are off.
SETTLED = Converged(1e-9) & Settled(1e-8)


@pytest.mark.parametrize("name", ALL_KNOWN)
def test_admm_converges_to_the_prices_on_paper(executor, name):
    known = ALL_KNOWN[name]()
    result = run(known.market, ADMM(), executor, stop=SETTLED | MaxRounds(1500))
    assert result.status == Status.CONVERGED
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-6)


@pytest.mark.parametrize("name", ALL_KNOWN)
@pytest.mark.parametrize("memory", [1, 5, 100])
def test_accelerated_admm_converges_to_the_prices_on_paper(name, memory):
    known = ALL_KNOWN[name]()
    result = run(known.market, Anderson(ADMM(), memory), Compiled(), stop=SETTLED | MaxRounds(1000))
    assert result.status == Status.CONVERGED
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-6)


@pytest.mark.parametrize("mechanism", [ADMM(relaxation=1.0), ADMM(relaxation=1.9), ADMM(weight=0.2), ADMM(weight=5.0)])
def test_admm_settings_change_the_way_and_not_the_prices(mechanism):
    known = three_bus_loop.congested_loop()
    result = run(known.market, mechanism, Compiled(), stop=SETTLED | MaxRounds(3000))
    assert result.status == Status.CONVERGED
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-6)


@pytest.mark.parametrize("weight", [1e-3, 1e3])
def test_rules_mend_a_bad_weight(weight):
    known = three_bus_loop.congested_loop()
    balanced = ADMM(weight=weight, rho_rule=BalanceResiduals())
    rules = {
        "kept": ADMM(weight=weight, rho_rule=KeepRho()),
        "balanced": balanced,
        "accelerated": Anderson(balanced),
        "primal weight": ADMM(weight=weight),
    }
    runs = {
        name: run(known.market, mechanism, Compiled(), stop=Converged(1e-7) | MaxRounds(1000))
        for name, mechanism in rules.items()
    }
    assert runs["kept"].status == Status.NOT_CONVERGED
    for name in ("balanced", "accelerated", "primal weight"):
        assert runs[name].status == Status.CONVERGED
        assert_solves(known, runs[name].best.prices, runs[name].best.allocation, rel=1e-4)


STEPS = [FixedStep(0.2), DiminishingStep(0.5, 0.6), AdaptiveStep(0.05, largest=0.3)]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_tatonnement_converges_where_marginal_costs_rise(executor, step):
    known = two_agents.rising_cost()
    result = run(known.market, Tatonnement(step), executor, stop=Converged(1e-6) | MaxRounds(400))
    assert result.status == Status.CONVERGED
    assert_solves(known, result.best.prices, result.best.allocation, rel=1e-5)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_tatonnement_never_clears_where_marginal_cost_is_constant(step):
    """At 30 $/MWh the seller jumps between 0 and 100 MWh, while the buyer wants 10."""
    known = two_agents.constant_cost()
    result = run(known.market, Tatonnement(step), Compiled(), stop=Converged(1e-3) | MaxRounds(200))
    assert result.status == Status.NOT_CONVERGED
    assert result.certificate.max_relative_imbalance > 0.5


@pytest.mark.parametrize(
    "known",
    [two_agents.constant_cost, two_buses.congested_line, three_bus_loop.congested_loop],
    ids=["constant cost", "congested line", "congested loop"],
)
def test_means_over_tatonnement_approach_the_prices_where_single_rounds_jump(known):
    answer = known()
    mechanism = Averaged(Tatonnement(DiminishingStep(0.3)))
    result = run(answer.market, mechanism, Compiled(), stop=MaxRounds(4000), certify_every=500)
    assert_solves(answer, result.best.prices, result.best.allocation, rel=0.02)
    single = run(answer.market, Tatonnement(DiminishingStep(0.3)), Compiled(), stop=MaxRounds(400))
    assert result.certificate.worst < 0.1 * single.certificate.worst
