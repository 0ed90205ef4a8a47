"""The decomposed market agrees with the monolith wherever the case study is bent."""

from dataclasses import dataclass

import pytest
from cases.nodal import bought_mwh

from walras import load_scenario
from walras.agents import Producer
from walras.coordinator import Status
from walras.experiments.study import decompose, with_monolith

BATCHES = {"batch1": 75, "batch2": 42, "batch3": 51, "batch4": 48, "batch5": 69}
TOLERANCE = 1e-6
# The largest factor on all batches that can be served.
SERVABLE = 1.8072
MDC4 = "{name: mdc4, bus: 6, capacity_mw: 20, curtailed_mw: 0, batches: [batch2]}"
TWO_HYPERSCALERS = (
    "[{name: east, bus: 24, cost_weight: 0.9, batches_mw: {batch1: 75, batch2: 42, batch3: 51}}, "
    "{name: west, bus: 13, cost_weight: 0.3, batches_mw: {batch4: 48, batch5: 69}}]"
)


def workload(factor: float) -> str:
    batches = ", ".join(f"{batch}: {factor * megawatts:.6f}" for batch, megawatts in BATCHES.items())
    return f"hyperscalers.0.batches_mw={{{batches}}}"


def four_mdcs() -> str:
    sections = load_scenario("rts24").model_dump(mode="json")["modular_datacenters"]
    return f"modular_datacenters=[{', '.join(map(str, sections))}, {MDC4}]"


@dataclass(frozen=True)
class Variation:
    overrides: tuple[str, ...]
    mdcs: int = 3
    workload_mwh: float = 285.0


VARIATIONS = {
    "no hyperscaler": Variation(("hyperscalers=[]",), workload_mwh=0),
    "no modular datacenter": Variation(("modular_datacenters=[]",), mdcs=0),
    "a plain nodal market": Variation(("hyperscalers=[]", "modular_datacenters=[]"), mdcs=0, workload_mwh=0),
    "elasticity -0.1": Variation(("consumers.price_elasticity=-0.1",)),
    "elasticity -0.8": Variation(("consumers.price_elasticity=-0.8",)),
    "line limits 0.6": Variation(("grid.line_limit_scale=0.6",)),
    "line limits 0.75": Variation(("grid.line_limit_scale=0.75",)),
    "line limits 1.0": Variation(("grid.line_limit_scale=1.0",)),
    "two hyperscalers": Variation((f"hyperscalers={TWO_HYPERSCALERS}",)),
    "four modular datacenters": Variation((four_mdcs(),), mdcs=4),
    "no workload": Variation((workload(0),), workload_mwh=0),
    "half the workload": Variation((workload(0.5),), workload_mwh=142.5),
    "1.5 times the workload": Variation((workload(1.5),), workload_mwh=427.5),
    "nearly all that can be served": Variation((workload(0.95 * SERVABLE),), workload_mwh=0.95 * SERVABLE * 285),
}


@pytest.mark.parametrize("name", VARIATIONS)
def test_the_decomposed_market_is_the_monolith(name):
    variation = VARIATIONS[name]
    overrides = [*variation.overrides, f"coordinator.tolerance={TOLERANCE}"]
    study = with_monolith(decompose(load_scenario("rts24", overrides)))
    certificate, difference = study.run.certificate, study.monolith.difference
    assert study.run.status == Status.CONVERGED, study.run.reason
    assert certificate.relative_gap <= TOLERANCE
    assert certificate.max_relative_imbalance <= TOLERANCE
    assert study.monolith.equilibrium.mlcp_residual <= 1e-6
    assert difference.welfare_relative <= 1e-6
    assert difference.price_usd_per_mwh <= 0.01
    assert difference.demand_mwh <= 0.01
    assert difference.generation_mwh <= 0.01
    for result in (study.result, study.monolith.result):
        assert len(result.lease) == variation.mdcs
        assert sum(result.workload_mwh.values()) == pytest.approx(variation.workload_mwh, abs=0.01)


def test_of_two_hyperscalers_at_one_bus_the_one_with_less_weight_on_cost_buys_cleaner():
    twins = TWO_HYPERSCALERS.replace("bus: 13", "bus: 24").replace("cost_weight: 0.9", "cost_weight: 1.0")
    overrides = ["modular_datacenters=[]", "producers.emission_rates=surrogate", f"hyperscalers={twins}"]
    study = with_monolith(decompose(load_scenario("rts24", overrides)))
    assert study.run.status == Status.CONVERGED
    market, allocation = study.market, study.monolith.equilibrium.allocation
    rates = {agent.name: agent.emission_rate_kg_per_mwh for agent in market.agents if isinstance(agent, Producer)}
    mean = {}
    for name, megawatts in (("east", 75 + 42 + 51), ("west", 48 + 69)):
        bought = bought_mwh(market, allocation, name)
        assert sum(bought.values()) == pytest.approx(megawatts, abs=1e-3)
        mean[name] = sum(rates[seller] * quantity for seller, quantity in bought.items()) / megawatts
    assert mean["west"] < mean["east"] - 1
