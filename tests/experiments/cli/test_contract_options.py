"""Options of run and compare: they override the scenario, appear in the document, and set the exit code."""

import pytest
import yaml
from support.command import settings, walras_command, walras_process
from support.small_grid import small_document, write_case

from walras.agents import AgentError
from walras.coordinator import MECHANISMS


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    datacenter = {"name": "h", "bus": 2, "cost_weight": 0.9, "batches_mw": {"chat": 4, "code": 2}}
    lender = {"name": "m", "bus": 1, "capacity_mw": 3, "curtailed_mw": 1, "batches": ["chat"]}
    document = small_document(
        write_case(folder / "case"), hyperscalers=[datacenter], modular_datacenters=[lender], seed=5
    )
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def without_seconds(document):
    """The document without what depends on the machine."""
    return {key: value for key, value in document.items() if key != "seconds"}


def test_exit_code_0_means_converged(small):
    answer = walras_command("run", small, "--json")
    assert answer.code == 0
    assert answer.document["status"] == "converged"


def test_exit_code_3_means_not_converged_and_the_document_is_complete(small):
    answer = walras_command("run", small, "--json", "--max-rounds", 3)
    assert answer.code == 3
    document = answer.document
    assert document["status"] == "not_converged"
    assert "3 rounds" in document["reason"]
    assert document["rounds"] == 3
    assert document["best_round"] <= 3
    assert document["diagnosis"]["summary"]
    assert document["result"]["price_usd_per_mwh"].keys() == {"1", "2"}


def test_exit_code_1_means_that_an_agent_failed(small, monkeypatch):
    def fail(*_, **__):
        raise AgentError("agent G has no best response")

    monkeypatch.setattr("walras.experiments.cli.solve.decompose", fail)
    answer = walras_command("run", small, "--json")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "error: agent G has no best response\n"


def test_a_wider_tolerance_takes_fewer_rounds(small):
    wide = walras_command("run", small, "--json", "--tolerance", "1e-3").document
    narrow = walras_command("run", small, "--json", "--tolerance", "1e-8").document
    assert wide["status"] == narrow["status"] == "converged"
    assert wide["rounds"] < narrow["rounds"]
    for document, tolerance in ((wide, 1e-3), (narrow, 1e-8)):
        worst = max(document["certificate"]["relative_gap"], document["certificate"]["max_relative_imbalance"])
        assert worst <= tolerance
        assert f"{tolerance:g}" in document["reason"]


# Prices alone clear nothing here: where costs are linear, as those of leases and transport are, best responses jump
# from nothing to all there is. All others announce more or remember all answers, and converge within 9 to 224 rounds.
NEVER_CLEARS = {"subgradient", *(name for name in MECHANISMS if name.startswith("tatonnement"))}


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_every_mechanism_runs_by_its_name(small, mechanism):
    answer = walras_command("run", small, "--json", "--mechanism", mechanism, "--max-rounds", 300)
    assert answer.code == (3 if mechanism in NEVER_CLEARS else 0)
    assert answer.document["mechanism"] == mechanism


def test_the_serial_executor_gives_the_same_rounds(small):
    options = ("run", small, "--json", "--max-rounds", 40)
    serial = walras_command(*options, "--executor", "serial").document
    compiled = walras_command(*options).document
    assert (serial["executor"], compiled["executor"]) == ("serial", "compiled")
    assert serial["rounds"] == compiled["rounds"]
    for bus, price in compiled["result"]["price_usd_per_mwh"].items():
        assert serial["result"]["price_usd_per_mwh"][bus] == pytest.approx(price, rel=1e-6)


def test_the_seed_of_the_file_is_kept_and_the_option_overrides_it(small):
    assert walras_command("run", small, "--json", "--max-rounds", 1).document["seed"] == 5
    assert walras_command("run", small, "--json", "--max-rounds", 1, "--seed", 11).document["seed"] == 11


def test_set_overrides_by_position_and_by_name_and_the_last_one_counts(small):
    by_name = settings("hyperscalers.h.batches_mw.chat=9", "hyperscalers.0.batches_mw.chat=3", "name=other")
    document = walras_command("run", small, "--json", *by_name).document
    assert document["scenario"] == "other"
    workload = document["result"]["workload_mwh"]
    assert workload["local"] + workload["mdc"] == pytest.approx(3 + 2, abs=1e-3)


def test_set_reaches_into_sections_that_the_file_leaves_out(small):
    document = walras_command("run", small, "--json", *settings("coordinator.max_rounds=7")).document
    assert document["rounds"] == 7


def test_options_count_more_than_set(small):
    options = settings("coordinator.max_rounds=7", "seed=3")
    document = walras_command("run", small, "--json", *options, "--max-rounds", 4, "--seed", 8).document
    assert (document["rounds"], document["seed"]) == (4, 8)


def test_the_same_seed_gives_the_same_numbers():
    options = ("run", "rts24", "--json", "--tolerance", "1e-4", "--seed", 3)
    first, second = walras_process(*options), walras_command(*options)
    assert first.code == second.code == 0
    assert without_seconds(first.document) == without_seconds(second.document)


def test_without_json_the_figures_are_a_table_with_units(small):
    answer = walras_command("compare", small, "--verbose")
    assert answer.code == 0
    assert "small: converged after" in answer.out
    for words in ("welfare", "nodal price at bus 2", "surplus of grid operator", "$/MWh", "MLCP residual"):
        assert words in answer.out


def test_quiet_and_verbose_leave_the_json_alone(small):
    plain = walras_command("run", small, "--json").document
    for flag in ("--quiet", "--verbose"):
        assert without_seconds(walras_command("run", small, "--json", flag).document) == without_seconds(plain)


def test_a_run_that_did_not_converge_says_why_in_words(small):
    answer = walras_command("run", small, "--mechanism", "tatonnement-fixed", "--max-rounds", 30)
    assert answer.code == 3
    assert "small: not converged after 30 rounds" in answer.out
    assert "why: the market" in answer.out


def test_slope_bids_and_the_serial_executor_do_not_go_together(small, tmp_path):
    out = tmp_path / "out"
    answer = walras_command("run", small, "--mechanism", "slope-bids", "--executor", "serial", "--out", out)
    assert answer.code == 2
    assert "coordinator.mechanism" in answer.err
    assert "compiled and batched" in answer.err
    assert not out.exists()
