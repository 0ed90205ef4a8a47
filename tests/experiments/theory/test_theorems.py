"""Theorems 1 and 2: a solution where one can be served, and two equilibria that differ in contracts alone."""

import json
from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from cases.one_bus import on_one_bus
from scipy.optimize import linprog

from walras import build_market, load_scenario
from walras.agents import Consumer, Customer, Hyperscaler, Producer
from walras.coordinator import Market
from walras.experiments.errors import InfeasibleError
from walras.experiments.settlement import feasibility
from walras.experiments.settlement.stacked_market import stack
from walras.experiments.theory.contracts import datacenter_emissions, reshuffled
from walras.experiments.theory.paper_mlcp import QUANTITIES, RENTS, paper_mlcp
from walras.experiments.theory.solution import solve_paper_mlcp
from walras.experiments.theory.theorems import check_theorems


@pytest.fixture(scope="module")
def findings(case_study):
    return check_theorems(case_study)


def with_workload(market: Market, factor: float) -> Market:
    agents = [
        replace(agent, workload_mwh=factor * agent.workload_mwh) if isinstance(agent, Hyperscaler) else agent
        for agent in market.agents
    ]
    return Market(tuple(agents), market.scales)


def largest_workload(market: Market) -> float:
    """Assumption 2 in the paper's own rows: most workload under all balances, limits and capacities."""
    mlcp = paper_mlcp(market, 0)
    places = [np.arange(len(mlcp.constant))[mlcp.families[name]] for name in (*QUANTITIES, "withdrawal")]
    x = np.concatenate(places)
    rents = np.concatenate([np.arange(len(mlcp.constant))[mlcp.families[name]] for name in RENTS])
    balances = np.setdiff1d(np.arange(len(mlcp.constant)), np.concatenate([x, rents]))
    workload = np.zeros(len(mlcp.constant))
    workload[mlcp.families["work_value"]] = mlcp.constant[mlcp.families["work_value"]]
    solution = linprog(
        np.append(np.zeros(len(x)), -1.0),
        A_ub=sp.hstack([-mlcp.matrix[rents][:, x], np.zeros((len(rents), 1))]),
        b_ub=mlcp.constant[rents],
        A_eq=sp.hstack([mlcp.matrix[balances][:, x], workload[balances][:, None]]),
        b_eq=(workload - mlcp.constant)[balances],
        bounds=[(0, None) if place < mlcp.nonnegative else (None, None) for place in x] + [(0, None)],
    )
    return solution.x[-1]


def test_assumption_2_says_the_same_in_the_rows_of_the_paper(rts24):
    assert largest_workload(rts24) == pytest.approx(1.807, abs=5e-4)
    assert feasibility.largest_workload(rts24, stack(rts24)).factor == pytest.approx(largest_workload(rts24), rel=1e-6)


def test_a_solution_is_exhibited(findings):
    existence = findings.existence
    assert existence.servable_factor == pytest.approx(1.807, abs=5e-4)
    assert existence.residual <= 1e-6
    assert existence.monolith_residual <= 1e-6
    assert existence.least_eigenvalue >= -1e-9
    assert existence.holds


def test_just_within_assumption_2_there_is_a_solution_and_just_beyond_there_is_none(rts24):
    factor = largest_workload(rts24)
    assert check_theorems(with_workload(rts24, 0.999 * factor)).existence.holds
    with pytest.raises(InfeasibleError, match=r"Assumption 2 fails: .*0\.999 of the workload"):
        check_theorems(with_workload(rts24, 1.001 * factor))


def test_two_equilibria_share_demand_and_generation_and_differ_in_contracts(findings):
    uniqueness = findings.uniqueness
    assert max(uniqueness.residuals) <= 1e-6
    assert uniqueness.demand_difference_mwh <= 1e-6
    assert uniqueness.generation_difference_mwh <= 1e-6
    assert uniqueness.contract_difference_mwh >= 5
    assert uniqueness.holds
    assert uniqueness.contracts_differ


def test_modular_datacenters_emit_what_the_cleanest_or_the_dirtiest_running_unit_does(case_study, findings):
    """All 16 MWh that they buy can come from either, for each of the two sells more than that to consumers."""
    mlcp = paper_mlcp(case_study, 0)
    output = mlcp.hour.sales @ solve_paper_mlcp(mlcp)["sold"]
    units = zip(mlcp.hour.producers, output, strict=True)
    running = [unit.emission_rate_kg_per_mwh for unit, mwh in units if mwh > 1]
    least, most = findings.uniqueness.datacenter_emissions_t
    assert least == pytest.approx(0.016 * min(running), abs=1e-4)
    assert most == pytest.approx(0.016 * max(running), abs=1e-4)


def rates(hour) -> np.ndarray:
    rate = {unit.name: unit.emission_rate_kg_per_mwh for unit in hour.producers}
    return np.array([rate[good.seller] for good in hour.contracts])


@pytest.mark.parametrize("weighed", ["datacenters", "hyperscaler"])
def test_a_reshuffled_contract_matrix_keeps_all_totals(case_study, weighed):
    """Even if the weight asks for dirty contracts of the hyperscaler, it keeps its emissions."""
    mlcp = paper_mlcp(case_study, 0)
    hour = mlcp.hour
    values = solve_paper_mlcp(mlcp)
    of_hyperscaler = rates(hour) * [good.buyer == "hyperscaler" for good in hour.contracts]
    weight = {"datacenters": datacenter_emissions(hour), "hyperscaler": -of_hyperscaler}[weighed]
    after = reshuffled(mlcp, values, weight)
    moved = after["bought"] - values["bought"]
    assert np.abs(moved).max() > 1
    assert after["bought"].min() >= 0
    assert np.abs(hour.sales @ moved).max() <= 1e-6
    assert np.abs(hour.purchases(hour.buyers) @ moved).max() <= 1e-6
    assert of_hyperscaler @ moved == pytest.approx(0, abs=1e-4)
    assert mlcp.residual(after) <= 1e-6


def test_without_care_for_emissions_the_hyperscaler_may_buy_dirtier_energy():
    market = build_market(load_scenario("rts24", ["hyperscalers.hyperscaler.cost_weight=1.0"]))
    mlcp = paper_mlcp(market, 0)
    values = solve_paper_mlcp(mlcp)
    kg = rates(mlcp.hour) * [good.buyer == "hyperscaler" for good in mlcp.hour.contracts]
    after = reshuffled(mlcp, values, -kg)
    assert kg @ after["bought"] > kg @ values["bought"] + 1000
    assert mlcp.residual(after) <= 1e-6


def test_a_matrix_that_changes_a_total_is_no_equilibrium(case_study):
    mlcp = paper_mlcp(case_study, 0)
    values = solve_paper_mlcp(mlcp)
    largest = np.arange(len(values["bought"])) == np.argmax(values["bought"])
    less = {**values, "bought": values["bought"] - largest, "sold": values["sold"] - largest}
    assert mlcp.residual(less) >= 0.1


def test_the_document_holds_the_numbers_and_the_verdicts(findings):
    document = json.loads(json.dumps(findings.document()))
    assert document["theorem_1"]["residual"] == findings.existence.residual
    assert document["theorem_2"]["contracts_differ"] is True
    for finding in document.values():
        assert finding["holds"] is True
        assert "is borne out" in finding["verdict"]


def test_verdicts_follow_the_numbers(findings):
    assert "is not borne out" in replace(findings.existence, residual=1e-3).verdict
    assert "is not borne out" in replace(findings.existence, monolith_residual=float("nan")).verdict
    assert "is not borne out" in replace(findings.existence, least_eigenvalue=-1.0).verdict
    assert "is not borne out" in replace(findings.uniqueness, residuals=(0.0, 1.0)).verdict
    assert "is not borne out" in replace(findings.uniqueness, demand_difference_mwh=1.0).verdict
    assert "is not borne out" in replace(findings.uniqueness, generation_difference_mwh=1.0).verdict
    assert "no other contracts" in replace(findings.uniqueness, contract_difference_mwh=0.0).verdict


def test_with_one_seller_and_one_buyer_there_is_no_other_contract():
    town = Consumer("town", 1, ("plant",), np.array([100.0]), np.array([1.0]), np.zeros(1))
    plant = Producer("plant", 1, 1, (Customer("town", 1),), 200.0, 10.0, 0.5, 0.0, 1)
    findings = check_theorems(on_one_bus(Market((town, plant))))
    assert findings.existence.servable_factor >= 1e4
    assert "at least 1e+04 times" in findings.existence.verdict
    assert findings.uniqueness.holds
    assert not findings.uniqueness.contracts_differ
