"""The purchase mix that is disclosed is that of the contracts, also of a lender that comes and goes."""

import numpy as np
import pytest
from cases import ex_ante
from cases.ex_ante import EX_ANTE, LEASE
from cases.known import assert_solves

from walras.experiments.decomposition import decompose_market
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.scenario.schema import CoordinatorSection
from walras.experiments.settlement.scheme import MAX_MIXES, DisclosureScheme, disclose_consistently
from walras.experiments.settlement.selection import Selection
from walras.experiments.settlement.stacked_market import stack


def scheme_of(known, rule, **imposed) -> DisclosureScheme:
    """The scheme with the curtailed energy that the market's own disclosure counts."""
    curtailed = {good: told.curtailed_mwh for good, told in known.market.disclosures.items()}
    return DisclosureScheme(rule, curtailed, imposed.get("imposed", {}))


# Where cost alone counts the purchases are open, and with them the mix.
@pytest.mark.parametrize("name", [name for name in EX_ANTE if name not in ("cost alone", "curtailed for all")])
@pytest.mark.parametrize("rule", Selection)
def test_every_rule_comes_to_the_outcome_on_paper_whatever_mix_it_begins_with(name, rule):
    """Where dirty energy makes the lender stand idle, clean energy would bring it back, to buy dirty."""
    known = EX_ANTE[name]()
    equilibrium = solve_monolith(known.market, scheme_of(known, rule))
    assert equilibrium.mlcp_residual <= 1e-6
    assert equilibrium.mixes < MAX_MIXES
    assert equilibrium.mix_kg_per_mwh[LEASE] == pytest.approx(900.0, abs=1e-3)
    assert_solves(known, equilibrium.prices, equilibrium.allocation, rel=1e-5)


@pytest.mark.parametrize("name", ["some bought", "nothing curtailed"])
def test_the_decomposed_market_comes_to_it_too(name):
    known = EX_ANTE[name]()
    outcome = decompose_market(
        known.market,
        stack(known.market),
        scheme_of(known, Selection.LEAST_NORM),
        CoordinatorSection(),
        executor="compiled",
    )
    assert outcome.run.status == "converged", outcome.run.reason
    assert outcome.disclosed.mix_kg_per_mwh[LEASE] == pytest.approx(900.0, abs=1e-3)
    assert_solves(known, outcome.run.best.prices, outcome.run.best.allocation, rel=1e-4)


def test_first_mixes_are_the_cleanest_the_dirtiest_and_the_mean_rate_by_capacity():
    """500 MW at 900 kg/MWh and 500 without."""
    known = ex_ante.some_bought()
    first = {rule: scheme_of(known, rule).first_mix(known.market)[LEASE] for rule in Selection}
    assert first == {Selection.CLEANEST: 0.0, Selection.LEAST_NORM: 450.0, Selection.DIRTIEST: 900.0}
    imposed = scheme_of(known, Selection.CLEANEST, imposed={LEASE: 7.0})
    assert imposed.first_mix(known.market) == {LEASE: 7.0}


def search(rule_of_contracts, tolerance=1e-6):
    """Mixes that are tried where contracts answer each mix as a rule says."""
    known = ex_ante.some_bought()
    tried = []

    def solve(market):
        tried.append(market.disclosures[LEASE].mix_kg_per_mwh)
        return tried[-1]

    def contracts_of(mix):
        answer = rule_of_contracts(mix)
        return None if answer == "none" else (np.zeros(len(known.market.good_of_copy)), {LEASE: answer})

    scheme = scheme_of(known, Selection.DIRTIEST)
    return disclose_consistently(known.market, scheme, solve, contracts_of, tolerance), tried


def test_a_map_that_overshoots_is_solved_in_a_few_mixes():
    """``f(m) = 600 - 0.9 (m - 600)`` has the fixed point 600; alone, 0.9^20 of the first error were left."""
    found, tried = search(lambda mix: 600 - 0.9 * (mix - 600))
    assert found.is_consistent
    assert tried[-1] == pytest.approx(600.0, abs=1e-6)
    assert found.mixes == len(tried) <= 4


def test_even_a_map_that_would_run_away_is_solved():
    found, tried = search(lambda mix: 600 - 1.5 * (mix - 600))
    assert found.is_consistent
    assert tried[-1] == pytest.approx(600.0, abs=1e-6)


def test_a_map_without_a_fixed_point_is_told_to_have_none():
    found, tried = search(lambda mix: 100.0 if mix > 500 else 800.0)
    assert not found.is_consistent
    assert found.inconsistency_kg_per_mwh >= 100
    assert len(tried) == MAX_MIXES


def test_a_search_whose_contracts_are_lost_ends():
    found, tried = search(lambda mix: "none")
    assert not found.is_consistent
    assert found.inconsistency_kg_per_mwh == float("inf")
    assert len(tried) == 1


def test_a_lender_that_stops_buying_keeps_the_mix_that_it_had():
    """At 900 it stands idle; at the mix of nobody, 0, it buys at 700; at 700 it stands idle."""
    found, tried = search(lambda mix: None if mix > 500 else 700.0)
    assert found.is_consistent
    assert tried[:2] == [900.0, 0.0]
    assert tried[-1] == pytest.approx(700.0)
