"""Intervals hold the least and the largest of every figure over all equilibria."""

from dataclasses import replace

import numpy as np
import pytest

from walras import load_scenario
from walras.experiments.intervals import intervals
from walras.experiments.monolith.equilibrium import assemble_monolith
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.scenario.disclosures import disclosure_scheme
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.settlement.selection import Selection
from walras.experiments.settlement.stacked_market import stack


class Between:
    def __init__(self, *overrides):
        scenario = load_scenario("rts24", ["producers.emission_rates=surrogate", *overrides])
        self.market = build_market(scenario)
        self.scheme = disclosure_scheme(scenario, self.market)
        self.monolith = assemble_monolith(self.market, stack(self.market))
        self.selected = self.monolith.equilibrium(self.scheme)
        self.found = intervals(self.monolith, self.scheme, self.selected)

    def result(self, **changes):
        equilibrium = self.monolith.equilibrium(replace(self.scheme, **changes))
        ledger = Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation)
        return summarise(ledger)

    def assert_holds(self, path, value, slack=1e-4):
        least, largest = self.found.figures[path]
        assert least - slack <= value <= largest + slack, path


@pytest.fixture(scope="module")
def ex_post():
    return Between()


@pytest.fixture(scope="module")
def ex_ante():
    return Between("disclosure=ex_ante", "hyperscalers.hyperscaler.cost_weight=0.5")


def assert_rules_within(between, slack):
    for rule in Selection:
        result = between.result(selection=rule)
        for kind, tonnes in result.co2_t.items():
            between.assert_holds(f"co2_t.{kind}", tonnes, slack)
        for mdc, lease in result.lease.items():
            between.assert_holds(f"lease.{mdc}.price_usd_per_gpu.0", lease.price_usd_per_gpu[0], slack)
            between.assert_holds(f"lease.{mdc}.energy_mwh.0", lease.energy_mwh[0], slack)
        for bus, prices in result.price_usd_per_mwh.items():
            between.assert_holds(f"price_usd_per_mwh.{bus}.0", prices[0], slack)


def test_ex_post_footprints_are_intervals_and_prices_are_not(ex_post):
    assert ex_post.found.mixes == 1
    assert_rules_within(ex_post, 1e-4)
    # 16 MWh at the cleanest and at the dirtiest rate of a unit that runs.
    assert ex_post.found.figures["co2_t.mdc"] == pytest.approx((16 * 0.145, 16 * 0.739), abs=1e-3)
    assert ex_post.found.figures["lease.mdc1.mix_kg_per_mwh.0"] == pytest.approx((145, 739), abs=1e-2)
    for path, (least, largest) in ex_post.found.figures.items():
        if path.startswith(("price_usd", "demand", "flow")):
            assert largest - least <= 1e-4, path


def test_ex_ante_prices_are_intervals_too(ex_ante):
    assert ex_ante.found.mixes > 3
    assert_rules_within(ex_ante, 1e-3)
    least, largest = ex_ante.found.figures["lease.mdc1.price_usd_per_gpu.0"]
    assert largest > 2 * least


def test_ends_are_the_right_way_round_and_numbers(ex_ante, ex_post):
    for between in (ex_ante, ex_post):
        ends = np.array(list(between.found.figures.values()))
        assert np.isfinite(ends).all()
        assert (ends[:, 0] <= ends[:, 1]).all()


def test_an_imposed_mix_leaves_its_own_lease_no_interval(ex_ante):
    goods = list(ex_ante.scheme.curtailed_mwh)
    scheme = replace(ex_ante.scheme, imposed_kg_per_mwh=dict.fromkeys(goods, 600.0))
    selected = ex_ante.monolith.equilibrium(scheme)
    found = intervals(ex_ante.monolith, scheme, selected)
    assert found.mixes == 1
    assert found.figures["lease.mdc1.price_usd_per_gpu.0"][0] == pytest.approx(
        found.figures["lease.mdc1.price_usd_per_gpu.0"][1], abs=1e-9
    )
