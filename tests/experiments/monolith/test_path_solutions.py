"""PATH's solutions of the case study are met, by the monolith and by the decomposed market.

Ex post disclosure leaves contracts open and nothing else that is compared here. Ex ante disclosure has many equilibria,
one for each purchase mix that contracts can have: with PATH's mix imposed its solution must come out, and it must lie
in the intervals that are reported without.
"""

import json
from functools import cache
from pathlib import Path

import pytest

from walras import load_scenario
from walras.agents import Producer
from walras.coordinator import Status
from walras.experiments.study import decompose, with_monolith

SOLUTIONS = json.loads((Path(__file__).parent / "data" / "path_solutions.json").read_text())["solutions"]
MDCS = ("mdc1", "mdc2", "mdc3")
EX_POST, EX_ANTE = (
    {f"{s['emissions']} {s['alpha']}": s for s in SOLUTIONS if s["scheme"] == scheme}
    for scheme in ("ex_post", "ex_ante")
)


def overrides(solution) -> list[str]:
    return [
        f"producers.emission_rates={solution['emissions']}",
        f"hyperscalers.hyperscaler.cost_weight={solution['alpha']}",
        f"disclosure={solution['scheme']}",
    ]


def purchase_mix(solution) -> dict[str, float]:
    """Per purchased MWh; PATH's intensity counts curtailed energy."""
    rows = zip(MDCS, solution["E"], solution["purchases"], solution["v"], strict=True)
    return {mdc: intensity * (bought + free) / bought for mdc, intensity, bought, free in rows if bought > 1e-6}


@cache
def ex_post(name):
    return with_monolith(decompose(load_scenario("rts24", overrides(EX_POST[name]))))


@cache
def with_paths_mix(name):
    solution = EX_ANTE[name]
    imposed = f"purchase_mix_kg_per_mwh={json.dumps(purchase_mix(solution))}"
    return with_monolith(decompose(load_scenario("rts24", [*overrides(solution), imposed])))


def sides(study):
    assert study.run.status == Status.CONVERGED, study.run.reason
    assert study.monolith.equilibrium.selection == "least_norm"
    return study.result, study.monolith.result


def assert_prices_and_quantities(study, solution):
    rising = {
        agent.name for agent in study.market.agents if isinstance(agent, Producer) and agent.cost_slope_usd_per_mwh2 > 0
    }
    assert len(rising) == 11
    for result in sides(study):
        price = [result.price_usd_per_mwh[str(bus)][0] for bus in range(1, 25)]
        assert price == pytest.approx(solution["lmp"], abs=0.01)
        demand = [result.demand_mwh[bus][0] for bus in sorted(result.demand_mwh, key=int)]
        assert demand == pytest.approx(solution["demand"], abs=0.01)
        for (unit, output), expected in zip(result.generation_mwh.items(), solution["generation"], strict=True):
            if unit in rising:
                assert output[0] == pytest.approx(expected, abs=0.01), unit


def assert_leases(study, solution):
    for result in sides(study):
        for mdc, usd, mwh in zip(MDCS, solution["lease_usd_per_gpu"], solution["lease_mwh"], strict=True):
            assert result.lease[mdc].price_usd_per_gpu[0] == pytest.approx(usd, rel=0.01)
            assert result.lease[mdc].energy_mwh[0] == pytest.approx(mwh, abs=0.01)
        price = result.workload_price_usd_per_mwh["hyperscaler"][0]
        assert price == pytest.approx(solution["mu"][0], abs=0.01)


@pytest.mark.parametrize("name", EX_POST)
def test_ex_post_prices_and_quantities_are_paths(name):
    assert_prices_and_quantities(ex_post(name), EX_POST[name])


@pytest.mark.parametrize("name", EX_POST)
def test_ex_post_leases_are_paths(name):
    assert_leases(ex_post(name), EX_POST[name])


@pytest.mark.parametrize("name", EX_ANTE)
def test_ex_ante_with_paths_purchase_mix_prices_and_quantities_are_paths(name):
    assert_prices_and_quantities(with_paths_mix(name), EX_ANTE[name])


@pytest.mark.parametrize("name", EX_ANTE)
def test_ex_ante_with_paths_purchase_mix_leases_and_footprints_are_paths(name):
    study, solution = with_paths_mix(name), EX_ANTE[name]
    assert_leases(study, solution)
    for result in sides(study):
        for mdc, expected, bought in zip(MDCS, solution["E"], solution["purchases"], strict=True):
            assert result.lease[mdc].intensity_kg_per_mwh[0] == pytest.approx(expected, rel=1e-4, abs=1e-5)
            assert result.lease[mdc].purchases_mwh[0] == pytest.approx(bought, abs=1e-4)
        for kind in ("system", "local", "mdc"):
            assert result.co2_t[kind] == pytest.approx(solution[f"{kind}_co2_t"], abs=0.001)


@pytest.mark.parametrize("name", ["rts96 0.1", "surrogate 0.1", "surrogate 0.9"])
def test_ex_ante_paths_solution_lies_in_the_intervals(name):
    solution = EX_ANTE[name]
    # The intervals are the monolith's alone.
    study = with_monolith(decompose(load_scenario("rts24", [*overrides(solution), "coordinator.max_rounds=1"])))
    found = study.monolith.intervals.figures
    expected = {f"price_usd_per_mwh.{bus}.0": (price, 0.01) for bus, price in enumerate(solution["lmp"], start=1)}
    for mdc, usd, mwh in zip(MDCS, solution["lease_usd_per_gpu"], solution["lease_mwh"], strict=True):
        expected[f"lease.{mdc}.price_usd_per_gpu.0"] = (usd, 0.01 * usd)
        expected[f"lease.{mdc}.energy_mwh.0"] = (mwh, 0.01)
    for unit, output in zip(study.result.generation_mwh, solution["generation"], strict=True):
        expected[f"generation_mwh.{unit}.0"] = (output, 0.01)
    for kind in ("system", "local", "mdc"):
        expected[f"co2_t.{kind}"] = (solution[f"{kind}_co2_t"], 0.001)
    for mdc, mix in purchase_mix(solution).items():
        expected[f"lease.{mdc}.mix_kg_per_mwh.0"] = (mix, 0.1)
    for path, (value, slack) in expected.items():
        least, largest = found[path]
        assert least - slack <= value <= largest + slack, path
