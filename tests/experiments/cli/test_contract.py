"""The contract with users and scripts: the scenario sample, the JSON of run and compare, the commands."""

import json
from importlib.metadata import entry_points

import pytest
from support.command import Answer, settings, walras_command, walras_process

from walras import load_scenario
from walras.experiments.scenario.schema import Scenario

SAMPLE = """
name: rts24
grid: {source: rts24, line_limit_scale: 0.6}     # built-in name, MATPOWER .m file, or folder of CSV files
periods: 1                                        # hours
load_profile: null                                # or one factor per period
producers: {emission_rates: rts96}                # rts96 | surrogate | {unit or fuel: kg_per_mwh}
consumers:
  price_elasticity: -0.2
  forward_position: 0.0                           # phi of Section IV-E
  forward_basis: generator                        # generator | consumer | contract; the obligation is the producer's
hyperscalers:
  - name: hyperscaler
    bus: 24
    cost_weight: 0.9                              # alpha
    batches_mw: {batch1: 75, batch2: 42, batch3: 51, batch4: 48, batch5: 69}
modular_datacenters:
  - {name: mdc1, bus: 12, capacity_mw: 12, curtailed_mw: 2, batches: [batch1, batch2, batch3, batch4, batch5]}
  - {name: mdc2, bus: 11, capacity_mw: 10, curtailed_mw: 4, batches: [batch1, batch2, batch3]}
  - {name: mdc3, bus: 17, capacity_mw: 2, curtailed_mw: 5, batches: [batch4, batch5]}
gpu_rating_kw: 0.5882352941176471
disclosure: ex_post                               # ex_post | ex_ante
purchase_mix_kg_per_mwh: null                     # ex ante: impose e_m, {mdc1: 612.0, ...}, instead of the selection rule
selection: least_norm                             # least_norm | cleanest | dirtiest
coordinator: {mechanism: admm, tolerance: 1.0e-6, max_rounds: 5000}
seed: 0
"""
BUSES = [str(bus) for bus in range(1, 25)]
CERTIFICATE = ("relative_gap", "max_relative_imbalance", "total_regret_usd")
SERIES = ("price_usd_per_mwh", "demand_mwh", "generation_mwh", "flow_mw", "line_price_usd_per_mw")


def is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def assert_numbers(table, *keys) -> None:
    for key in keys:
        assert is_number(table[key]), key


def assert_result(result, mdcs=("mdc1", "mdc2", "mdc3")) -> None:
    assert_numbers(result, "welfare_usd", "congestion_rent_usd")
    for key in SERIES:
        for name, series in result[key].items():
            assert isinstance(name, str)
            assert isinstance(series, list), (key, name)
            assert len(series) == 1
            assert all(map(is_number, series)), (key, name)
    assert list(result["price_usd_per_mwh"]) == BUSES
    assert set(result["demand_mwh"]) < set(BUSES)
    assert "U76@1" in result["generation_mwh"]
    assert not any(unit.startswith("U50@22") for unit in result["generation_mwh"])
    assert result["flow_mw"].keys() == result["line_price_usd_per_mw"].keys()
    assert tuple(result["lease"]) == mdcs
    for lease in result["lease"].values():
        assert [len(lease[key]) for key in ("price_usd_per_gpu", "energy_mwh")] == [1, 1]
        assert all(map(is_number, lease["price_usd_per_gpu"] + lease["energy_mwh"]))
    assert_numbers(result["co2_t"], "system", "local", "mdc")
    assert_numbers(result["workload_cost_usd"], "local", "mdc")
    assert all(map(is_number, result["surplus_usd"].values()))
    assert {"hyperscaler", "mdc1", "grid operator", "U76@1"} < set(result["surplus_usd"])
    assert isinstance(result["unique"], bool)


@pytest.fixture(scope="module")
def comparison() -> Answer:
    return walras_process("compare", "rts24", "--json")


@pytest.fixture(scope="module")
def document(comparison):
    return comparison.document


def test_the_sample_of_the_contract_is_the_built_in_scenario(tmp_path):
    path = tmp_path / "sample.yaml"
    path.write_text(SAMPLE)
    assert load_scenario(path) == load_scenario("rts24")
    answer = walras_command("validate", path)
    assert (answer.code, answer.err) == (0, "")


def test_stdout_is_one_json_document_and_stderr_is_silent_where_it_is_no_terminal(comparison):
    assert comparison.code == 0
    assert comparison.out.count("\n") == 1
    assert comparison.out.startswith("{")
    assert comparison.out.endswith("}\n")
    assert comparison.err == ""
    json.loads(comparison.out, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_the_head_of_the_document_says_how_the_run_went(document):
    assert (document["scenario"], document["mechanism"], document["executor"]) == ("rts24", "admm", "compiled")
    assert document["status"] == "converged"
    assert isinstance(document["reason"], str)
    assert document["reason"]
    assert isinstance(document["rounds"], int)
    assert document["rounds"] > 0
    assert document["seed"] == 0
    assert_numbers(document["seconds"], "build", "compile", "iterate", "certify")
    assert_numbers(document["certificate"], *CERTIFICATE)


def test_converged_means_gap_and_imbalance_within_tolerance(document):
    certificate = document["certificate"]
    assert 0 <= certificate["relative_gap"] <= 1e-6
    assert 0 <= certificate["max_relative_imbalance"] <= 1e-6
    assert certificate["max_relative_imbalance"] == max(certificate["relative_imbalance"].values())
    gap_usd = certificate["total_regret_usd"] + abs(certificate["imbalance_value_usd"])
    assert certificate["relative_gap"] == pytest.approx(gap_usd / certificate["turnover_usd"])


def test_the_result_has_all_keys_of_the_contract(document):
    assert_result(document["result"])


def test_the_monolith_has_the_same_keys_beside_its_own(document):
    equilibrium = document["equilibrium"]
    assert isinstance(equilibrium["solver"], str)
    assert_numbers(equilibrium, "seconds", "mlcp_residual")
    assert equilibrium["mlcp_residual"] <= 1e-6
    assert_result(equilibrium["result"])
    assert equilibrium["result"].keys() == document["result"].keys()


def test_the_differences_are_those_of_the_two_results(document):
    ours, theirs, difference = document["result"], document["equilibrium"]["result"], document["difference"]
    assert_numbers(difference, "welfare_relative", "price_usd_per_mwh", "demand_mwh", "generation_mwh")
    for key in ("price_usd_per_mwh", "demand_mwh"):
        largest = max(abs(ours[key][name][0] - theirs[key][name][0]) for name in ours[key])
        assert difference[key] == pytest.approx(largest)
    turnover = theirs["turnover_usd"]
    gap = abs(ours["welfare_usd"] - theirs["welfare_usd"])
    assert difference["welfare_relative"] == pytest.approx(gap / turnover)


def test_surpluses_add_up_to_welfare(document):
    """What is shown of a converged run clears, whatever is owed in its best round."""
    result, monolith = document["result"], document["equilibrium"]["result"]
    assert sum(result["surplus_usd"].values()) == pytest.approx(result["welfare_usd"], abs=1e-6)
    assert sum(monolith["surplus_usd"].values()) == pytest.approx(monolith["welfare_usd"], abs=1e-3)


def test_congestion_rent_is_what_the_binding_lines_earn(document):
    result = document["result"]
    prices, flows = result["line_price_usd_per_mw"], result["flow_mw"]
    earned = sum(prices[line][0] * abs(flows[line][0]) for line in prices)
    assert result["congestion_rent_usd"] == pytest.approx(earned, rel=1e-4)
    assert result["congestion_rent_usd"] > 0


def test_equilibrium_and_difference_come_with_compare_alone(document):
    run = walras_command("run", "rts24", "--json").document
    assert document.keys() - run.keys() == {"equilibrium", "difference"}
    assert run["result"] == document["result"]
    assert run["rounds"] == document["rounds"]


def test_a_plain_market_without_datacenters_has_empty_leases():
    overrides = settings("hyperscalers=[]", "modular_datacenters=[]")
    result = walras_command("run", "rts24", "--json", *overrides).document["result"]
    assert result["lease"] == {}
    assert result["co2_t"]["local"] == result["co2_t"]["mdc"] == 0
    assert result["workload_cost_usd"] == {"local": 0, "mdc": 0}


def test_the_schema_is_that_of_the_sample():
    answer = walras_command("schema")
    assert answer.code == 0
    assert set(answer.document["properties"]) == set(Scenario.model_fields)
    assert answer.document["additionalProperties"] is False


def test_list_names_scenarios_mechanisms_and_executors():
    names = walras_command("list", "--json").document
    assert "rts24" in names["scenarios"]
    assert names["instances"] == ["microgrid10", "microgrid4"]
    assert {"admm", "tatonnement"} <= set(names["mechanisms"])
    assert {"serial", "compiled"} <= set(names["executors"])
    answer = walras_command("list")
    assert answer.code == 0
    for name in ("rts24", "admm", "tatonnement", "serial", "compiled"):
        assert name in answer.out


def test_the_console_script_is_called_walras():
    (script,) = entry_points(group="console_scripts", name="walras")
    assert script.value == "walras.experiments.cli:main"
    assert callable(script.load())
