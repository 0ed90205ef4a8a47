"""The pool is what an independent optimal power flow finds, and bilateral prices are its prices at alpha = 1."""

import numpy as np
import pytest
from cases.dc_opf import Rts24Pool

from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.paper.pool import pool
from walras.experiments.results.ledger import Ledger
from walras.experiments.results.result import summarise
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario


@pytest.fixture(scope="module")
def market():
    return build_market(load_scenario("rts24", ["hyperscalers.hyperscaler.cost_weight=1"]))


@pytest.fixture(scope="module")
def cleared(market):
    return pool(market)


@pytest.fixture(scope="module")
def contracts(market):
    equilibrium = solve_monolith(market)
    ledger = Ledger(equilibrium.market, equilibrium.prices, equilibrium.allocation)
    return summarise(ledger)


def test_contracts_have_the_prices_of_the_pool(cleared, contracts):
    found = {int(bus): hours[0] for bus, hours in contracts.price_usd_per_mwh.items()}
    assert found == pytest.approx(cleared.price_usd_per_mwh, abs=1e-6)
    assert np.ptp(list(found.values())) > 100
    work = contracts.workload_price_usd_per_mwh["hyperscaler"][0]
    assert work == pytest.approx(cleared.workload_price_usd_per_mwh["hyperscaler"], abs=1e-6)
    assert contracts.co2_t["system"] == pytest.approx(cleared.co2_t, abs=1e-5)


def test_without_datacenters_it_is_the_power_flow_of_the_raw_case_data():
    model = Rts24Pool()
    expected = model.elastic(model.fixed_load_prices())
    overrides = ["hyperscalers=[]", "modular_datacenters=[]"]
    found = pool(build_market(load_scenario("rts24", overrides)))
    assert list(found.price_usd_per_mwh.values()) == pytest.approx(expected.nodal_prices.tolist(), abs=1e-5)
    assert found.workload_price_usd_per_mwh == {}
