"""`--selection none` leaves the selection of contracts out, and the result says so; the rest is the same."""

import pytest
from support.command import assert_refused, settings, walras_command

from walras.experiments.settlement import settlement

MARKET = ("rts24", "--mechanism", "slope-bids", "--quiet")


@pytest.fixture(scope="module")
def selected():
    return walras_command("run", *MARKET, "--json").document


def test_contracts_are_not_selected_and_all_else_is_the_same(selected, monkeypatch):
    for costly in ("joint_optimum", "footprints", "optimal_face", "select_contracts"):
        monkeypatch.delattr(settlement, costly)
    answer = walras_command("run", *MARKET, "--json", "--selection", "none")
    assert answer.code == 0, answer.err
    document = answer.document
    assert (document["selection"], selected["selection"]) == ("none", "least_norm")
    assert document["result"]["intervals"] is None
    assert document["certificate"]["repaired_gap"] <= 1e-6
    for key in ("price_usd_per_mwh", "demand_mwh"):
        for bus, hours in selected["result"][key].items():
            assert document["result"][key][bus] == pytest.approx(hours, abs=1e-3)
    assert document["result"]["welfare_usd"] == pytest.approx(selected["result"]["welfare_usd"], rel=1e-6)


def test_the_table_of_compare_says_so_of_both_sides_which_agree():
    answer = walras_command("compare", *MARKET, "--selection", "none")
    assert answer.code == 0, answer.err
    text = " ".join(answer.out.split())
    assert "its contracts are one of many: none were selected, nor ranges looked for" in text
    assert "in all equilibria" not in text
    assert "contracts: none" in text
    assert "Decomposed and monolith agree to" in text


def test_a_rule_is_an_option_too():
    document = walras_command("run", *MARKET, "--json", "--selection", "cleanest").document
    assert document["selection"] == "cleanest"


@pytest.mark.parametrize("arguments", [["--selection", "none"], settings("selection=none")])
def test_ex_ante_the_selected_contracts_are_what_is_disclosed(arguments):
    answer = walras_command("run", "rts24", *settings("disclosure=ex_ante"), *arguments)
    assert_refused(answer, "selection: 'none' is for disclosure ex_post alone", "disclosed", "least_norm")


def test_other_rules_are_refused():
    assert_refused(walras_command("run", "rts24", "--selection", "random"), "'random'", "least_norm", "none")


def test_in_very_large_markets_nothing_is_selected(monkeypatch):
    monkeypatch.setattr(settlement, "_MOST_GOODS", 10)
    document = walras_command("run", *MARKET, "--json").document
    assert (document["status"], document["selection"]) == ("converged", "none")
    assert document["certificate"]["repaired_gap"] <= 1e-6


@pytest.mark.parametrize("lost", ["joint_optimum", "nearest_clearing"])
def test_where_nothing_tells_which_figures_are_unique_the_table_says_so(lost, monkeypatch):
    """Neither without a proof of the optimum nor without an allocation that clears."""
    monkeypatch.setattr(settlement, lost, lambda *_: None)
    answer = walras_command("run", *MARKET)
    assert answer.code == 0, answer.err
    assert "which figures are unique was not found out" in " ".join(answer.out.split())
