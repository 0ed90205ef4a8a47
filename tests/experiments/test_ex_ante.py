"""Ex ante disclosure: both worlds agree, and what is disclosed is true of the contracts that are shown."""

from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import pairwise

import cvxpy as cp
import numpy as np
import pandas as pd
import pytest

from walras import load_scenario
from walras.agents import Declaration, Family, Hyperscaler, Producer
from walras.coordinator import Compiled, Market, Responses, Status, certify
from walras.experiments.archive.frames import trades_frame
from walras.experiments.monolith.equilibrium import Equilibrium, assemble_monolith, solve_monolith
from walras.experiments.results.comparison import Difference, compare
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import NO_TRADE_MWH, Result, summarise
from walras.experiments.scenario.disclosures import disclosure_scheme
from walras.experiments.study import Study, decompose

TABLES = ("surrogate", "rts96")
RULES = ("cleanest", "least_norm", "dirtiest")
# PATH's points are at 0.1, 0.5 and 0.9.
ALPHAS = (0.3, 0.97)
CASES = [(table, rule, alpha) for table in TABLES for rule in RULES for alpha in ALPHAS]


@dataclass(frozen=True)
class BothWorlds:
    study: Study
    equilibrium: Equilibrium
    result: Result
    difference: Difference


@cache
def solved(table, rule, alpha) -> BothWorlds:
    overrides = [
        f"producers.emission_rates={table}",
        f"selection={rule}",
        f"hyperscalers.hyperscaler.cost_weight={alpha}",
        "disclosure=ex_ante",
    ]
    study = decompose(load_scenario("rts24", overrides))
    monolith = assemble_monolith(study.market, study.built.stacked)
    equilibrium = monolith.equilibrium(disclosure_scheme(study.scenario, study.market))
    ledger = Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation)
    result = summarise(ledger)
    return BothWorlds(study, equilibrium, result, compare(study.market, study.result, result))


def contracts_of(trades: pd.DataFrame, mdc: str) -> pd.DataFrame:
    return trades[(trades.kind == "contract") & (trades.buyer == mdc)]


@pytest.mark.parametrize("case", CASES)
def test_the_decomposed_market_is_the_monolith(case):
    both = solved(*case)
    assert both.study.run.status == Status.CONVERGED, both.study.run.reason
    assert both.equilibrium.selection == both.study.decomposition.settlement.selection == case[1]
    assert both.equilibrium.mlcp_residual <= 1e-6
    assert both.difference.price_usd_per_mwh <= 0.01
    assert both.difference.demand_mwh <= 0.01
    assert both.difference.welfare_relative <= 1e-6
    for mdc, lease in both.study.result.lease.items():
        other = both.result.lease[mdc]
        assert lease.price_usd_per_gpu[0] == pytest.approx(other.price_usd_per_gpu[0], rel=1e-4)
        assert lease.energy_mwh[0] == pytest.approx(other.energy_mwh[0], abs=1e-3)


@pytest.mark.parametrize("case", CASES)
def test_reported_intensities_are_those_of_the_contracts_in_the_trades_table(case):
    study = solved(*case).study
    trades = trades_frame(study.run, study.decomposition.settlement.allocation)
    rates = {agent.name: agent.emission_rate_kg_per_mwh for agent in study.market.agents if isinstance(agent, Producer)}
    for mdc, lease in study.result.lease.items():
        bought = contracts_of(trades, mdc)
        leased_mwh = trades[(trades.kind == "lease") & (trades.seller == mdc)].quantity.sum() / 1700
        buys = bought.quantity.sum() > NO_TRADE_MWH
        emissions = (bought.quantity * bought.seller.map(rates)).sum() if buys else 0.0
        assert leased_mwh == pytest.approx(lease.energy_mwh[0], rel=1e-6)
        assert lease.intensity_kg_per_mwh[0] == pytest.approx(emissions / leased_mwh, rel=1e-6, abs=1e-7)
        if lease.mix_kg_per_mwh[0] is not None:
            assert lease.mix_kg_per_mwh[0] == pytest.approx(emissions / bought.quantity.sum(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
def test_a_lender_that_buys_nothing_has_no_contracts_in_the_trades_table(case):
    """Mdc3 has more curtailed energy than GPUs."""
    study = solved(*case).study
    trades = trades_frame(study.run, study.decomposition.settlement.allocation)
    assert contracts_of(trades, "mdc3").quantity.abs().sum() <= 1e-9
    assert study.result.lease["mdc3"].mix_kg_per_mwh == [None]
    assert study.result.lease["mdc3"].intensity_kg_per_mwh == [0.0]


@pytest.mark.parametrize("case", CASES)
def test_disclosed_mixes_are_those_of_the_contracts(case):
    both = solved(*case)
    tolerance = both.study.scenario.coordinator.tolerance * 1000
    for mixes, result in (
        (both.study.decomposition.disclosed.mix_kg_per_mwh, both.study.result),
        (both.equilibrium.mix_kg_per_mwh, both.result),
    ):
        assert {good.seller for good in mixes} == {"mdc1", "mdc2"}
        for good, mix in mixes.items():
            assert result.lease[good.seller].mix_kg_per_mwh[0] == pytest.approx(mix, abs=tolerance)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("alpha", ALPHAS)
def test_rules_mean_what_they_say_of_the_mixes(table, alpha):
    for side in (lambda both: both.study.result, lambda both: both.result):
        mixes = [
            [side(solved(table, rule, alpha)).lease[mdc].mix_kg_per_mwh[0] for mdc in ("mdc1", "mdc2")]
            for rule in RULES
        ]
        for one, other in pairwise(mixes):
            assert np.all(np.array(other) >= np.array(one) - 1e-3)


@dataclass(frozen=True, eq=False)
class Charged(Hyperscaler):
    """A hyperscaler ex post that pays a given sum for each GPU on top of its price, and so states a QP."""

    usd_per_gpu: dict | None = None

    def declare(self) -> Declaration:
        stated = super().declare()
        charges = np.array([self.usd_per_gpu.get(good, 0.0) for good in stated.goods])
        return Declaration(
            stated.cost - cp.sum(cp.multiply(charges, stated.trades)), stated.trades, stated.goods, stated.constraints
        )


@pytest.mark.parametrize("case", [case for case in CASES if case[2] == ALPHAS[0]])
@pytest.mark.parametrize("side", ["decomposed", "monolith"])
def test_with_the_reported_intensities_frozen_the_outcome_is_an_equilibrium(case, side):
    """Intensities become constants of the hyperscaler's cost: the ex post problem, built apart."""
    both = solved(*case)
    result = both.study.result if side == "decomposed" else both.result
    market = both.study.market
    (hyperscaler,) = (agent for agent in market.agents if isinstance(agent, Hyperscaler))
    charges = {
        good: hyperscaler.emission_price_usd_per_kg
        * result.lease[good.seller].intensity_kg_per_mwh[0]
        * good.mwh_per_unit
        for good in hyperscaler.leases
    }
    charged = Charged(
        **{field.name: getattr(hyperscaler, field.name) for field in fields(hyperscaler)}, usd_per_gpu=charges
    )
    agents = tuple(charged if agent is hyperscaler else agent for agent in market.agents)
    frozen = Market(agents, market.scales)
    if side == "decomposed":
        prices, allocation = both.study.run.best.prices, both.study.run.best.allocation
    else:
        prices, allocation = both.equilibrium.prices, both.equilibrium.allocation
    position = agents.index(charged)
    trades = dict(
        zip(frozen.goods_of_agents[position], allocation.trades[frozen.copies_of_agents[position]], strict=True)
    )
    costs = allocation.costs.copy()
    costs[position] -= sum(charge * trades[good] for good, charge in charges.items())
    certificate = certify(frozen, prices, Responses(allocation.trades, costs), Compiled().compile(frozen))
    assert certificate.relative_gap <= 1e-6
    qp = solve_monolith(frozen)
    # At frozen intensities leases are open, and the solver ends less sharply than else.
    assert qp.mlcp_residual <= 1e-5
    assert qp.allocation.costs.sum() == pytest.approx(costs.sum(), rel=1e-6)
    is_wheeling = np.array([good.family == Family.WHEELING for good in market.goods])
    assert prices[is_wheeling] == pytest.approx(qp.prices[is_wheeling], abs=0.01)


@pytest.fixture(scope="module")
def default():
    return solved("surrogate", "least_norm", 0.1)


def test_by_default_leases_and_footprint_are_within_5_percent_of_the_case_study(default):
    for result in (default.study.result, default.result):
        leases = [result.lease[mdc].price_usd_per_gpu[0] for mdc in ("mdc1", "mdc2", "mdc3")]
        assert leases == pytest.approx([0.034, 0.031, 0.901], rel=0.05)
        assert result.co2_t["mdc"] == pytest.approx(1.34, rel=0.05)


def test_the_lender_without_emissions_gets_the_highest_price_and_ex_post_all_get_the_same(default):
    prices = {mdc: lease.price_usd_per_gpu[0] for mdc, lease in default.study.result.lease.items()}
    assert max(prices, key=prices.__getitem__) == "mdc3"
    ex_post = decompose(load_scenario("rts24", ["producers.emission_rates=surrogate"])).result
    same = [lease.price_usd_per_gpu[0] for lease in ex_post.lease.values()]
    assert same == pytest.approx([same[0]] * 3, rel=1e-5)


def test_what_a_repaired_allocation_proves_is_as_sharp_as_the_run(default):
    gap = default.study.decomposition.settlement.repaired_gap
    assert -1e-9 <= gap <= 10 * default.study.scenario.coordinator.tolerance


def test_mixes_settle_where_the_map_from_mix_to_mix_turns_back_and_forth():
    """At alpha 0.68 each mix overshoots: the contracts answer a dirtier mix with a cleaner one."""
    both = solved("surrogate", "least_norm", 0.68)
    assert both.study.run.status == Status.CONVERGED, both.study.run.reason
    assert both.equilibrium.mlcp_residual <= 1e-6
    assert both.difference.price_usd_per_mwh <= 0.01


def test_agents_are_told_the_intensities_of_the_market_they_are_in(default):
    """The market of the run has the disclosures of the last mix."""
    disclosures = default.study.market.disclosures
    assert {good: told.mix_kg_per_mwh for good, told in disclosures.items()} == dict(
        default.study.decomposition.disclosed.mix_kg_per_mwh
    )
    assert replace(default.study.market).disclosures == disclosures
