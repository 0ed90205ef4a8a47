"""The case study of arXiv 2602.19310 against the numbers of three independent implementations."""

import pytest
from cases.known import trades_of
from cases.nodal import bought_mwh, nodal_prices, output_mwh

from walras.agents import Family, Hyperscaler, Producer
from walras.coordinator import ADMM, Compiled, Converged, MaxRounds, Status, run
from walras.experiments.monolith.equilibrium import solve_monolith
from walras.experiments.scenario.market_builder import build_market
from walras.experiments.scenario.reading import load_scenario

HUB = 13
GPU_MW = 1 / 1700
NODAL_PRICES = {11: 52.31, 12: 57.70, 17: 10.47, 24: 221.94}
LEASED_MWH = {"mdc1": 12.0, "mdc2": 10.0, "mdc3": 2.0}
PURCHASED_MWH = {"mdc1": 10.0, "mdc2": 6.0, "mdc3": 0.0}
# Emission table, alpha: marginal cost of local processing [$/MWh], lease price [$/GPU], CO2 of the system [t].
REFERENCES = {
    ("rts96", 0.1): (221.94, 0.1306, 1612.19),
    ("rts96", 0.9): (221.94, 0.1306, 1612.19),
    ("surrogate", 0.1): (1526.94, 0.8982, 1375.99),
    ("surrogate", 0.9): (238.05, 0.1400, 1375.99),
}


def scenario(table, alpha):
    return load_scenario(
        "rts24", [f"producers.emission_rates={table}", f"hyperscalers.hyperscaler.cost_weight={alpha}"]
    )


@pytest.fixture(scope="module", params=REFERENCES, ids=lambda key: f"{key[0]} {key[1]}")
def key(request):
    return request.param


@pytest.fixture(scope="module")
def reference(key):
    return REFERENCES[key]


@pytest.fixture(scope="module")
def equilibrium(key):
    return solve_monolith(build_market(scenario(*key)))


def leases(equilibrium):
    market = equilibrium.market
    prices = dict(zip(market.goods, equilibrium.prices, strict=True))
    return {good.seller: (good, prices[good]) for good in market.goods if good.family == Family.LEASE}


def test_every_lease_costs_what_local_processing_costs_per_gpu(equilibrium, reference):
    local, lease, _ = reference
    assert lease == pytest.approx(local * GPU_MW, abs=5e-5)
    for _, price in leases(equilibrium).values():
        assert price == pytest.approx(lease, abs=5e-5)


def test_local_processing_costs_price_and_emissions_of_the_sellers_that_are_used(equilibrium, reference):
    market = equilibrium.market
    agent = next(agent for agent in market.agents if isinstance(agent, Hyperscaler))
    rates = dict(zip(agent.sellers, agent.emission_rates_kg_per_mwh, strict=True))
    kappa = (1 - agent.cost_weight) / agent.cost_weight
    prices = dict(zip(market.goods, equilibrium.prices, strict=True))
    used = {
        good.seller: prices[good] + kappa * rates[good.seller]
        for good in agent.contracts
        if bought_mwh(market, equilibrium.allocation, agent.name)[good.seller] > 0.1
    }
    assert used
    for cost in used.values():
        assert cost == pytest.approx(reference[0], abs=0.01)


def test_nodal_prices_where_datacenters_stand(equilibrium):
    found = nodal_prices(equilibrium.market, equilibrium.prices, equilibrium.allocation, HUB)
    assert {bus: found[bus] for bus in NODAL_PRICES} == pytest.approx(NODAL_PRICES, abs=0.006)


def test_leases_and_purchases_of_the_modular_datacenters(equilibrium):
    held = trades_of(equilibrium.market, equilibrium.allocation)
    leased = {mdc: held[mdc, good] * GPU_MW for mdc, (good, _) in leases(equilibrium).items()}
    bought = {mdc: sum(bought_mwh(equilibrium.market, equilibrium.allocation, mdc).values()) for mdc in PURCHASED_MWH}
    assert leased == pytest.approx(LEASED_MWH, abs=1e-4)
    assert bought == pytest.approx(PURCHASED_MWH, abs=1e-4)


def test_261_of_285_mwh_are_processed_locally(equilibrium):
    bought = bought_mwh(equilibrium.market, equilibrium.allocation, "hyperscaler")
    assert sum(bought.values()) == pytest.approx(261.0, abs=1e-4)
    assert sum(LEASED_MWH.values()) == 285 - 261


def test_co2_of_the_system(equilibrium, reference):
    output = output_mwh(equilibrium.market, equilibrium.allocation)
    rates = {
        agent.name: agent.emission_rate_kg_per_mwh for agent in equilibrium.market.agents if isinstance(agent, Producer)
    }
    assert sum(output[unit] * rates[unit] for unit in output) / 1000 == pytest.approx(reference[2], abs=0.006)


def test_the_mlcp_holds(equilibrium):
    assert equilibrium.mlcp_residual <= 1e-6


def test_the_decomposed_market_arrives_at_the_same_numbers(key, reference, equilibrium):
    result = run(equilibrium.market, ADMM(), Compiled(), stop=Converged(1e-6) | MaxRounds(5000))
    assert result.status == Status.CONVERGED
    prices = nodal_prices(result.market, result.best.prices, result.best.allocation, HUB)
    assert {bus: prices[bus] for bus in NODAL_PRICES} == pytest.approx(NODAL_PRICES, abs=0.02)
    found = dict(zip(result.market.goods, result.best.prices, strict=True))
    for good, _ in leases(equilibrium).values():
        assert found[good] == pytest.approx(reference[1], rel=2e-3)
