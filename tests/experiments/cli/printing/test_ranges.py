"""Figures that are not unique have their range in the document, in the run folder and in tables."""

from pathlib import Path

import pytest
from support.command import walras_command

from walras.experiments.cli.printing.ranges import (
    LEGEND,
    has_ranges,
    not_found,
    range_at,
    ranged_figures,
    with_range,
)
from walras.experiments.settlement import vicinity

FLAT_COSTS = Path(__file__).parents[3] / "cases" / "flat_costs" / "scenario.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("flat") / "run"
    assert walras_command("run", FLAT_COSTS, "--mechanism", "slope-bids", "--out", out, "--quiet").code == 0
    return out


def test_the_document_has_one_pair_a_period_beside_the_lists(folder):
    result = walras_command("show", folder, "--json").document["result"]
    for name, pairs in result["intervals"]["generation_mwh"].items():
        shown = result["generation_mwh"][name]
        assert len(pairs) == len(shown) == 3
        assert all(low <= value <= high for value, (low, high) in zip(shown, pairs, strict=True))
    low, high = result["intervals"]["generation_mwh"]["G2"][0]
    assert low < 4.83 < 5.5 < high
    # A unit without capacity generates nothing in any equilibrium, and prices are unique.
    assert "G1" not in result["intervals"]["generation_mwh"]
    assert "price_usd_per_mwh" not in result["intervals"]


def test_a_table_shows_ranges_and_says_once_what_they_are(folder):
    brief = " ".join(walras_command("show", folder).out.split())
    assert brief.count(LEGEND) == 1
    assert "more such figures with -v" in brief
    verbose = " ".join(walras_command("show", folder, "-v").out.split())
    assert "more such figures" not in verbose


def test_a_market_without_ranges_has_no_legend():
    answer = walras_command("run", "rts24", "--mechanism", "slope-bids", "--quiet")
    assert answer.code == 0
    assert LEGEND not in " ".join(answer.out.split())


RESULT = {
    "generation_mwh": {"A": [5.0, 7.0], "B": [1.0, 1.0]},
    "intervals": {
        "generation_mwh": {name: [[0.0, 1.0 + size], [0.0, 9.0]] for size, name in enumerate("ABCDE")},
        "co2_t": {"system": [[1.0, 2.0]]},
        "lease": {"m": {"price_usd_per_gpu": [[None, None], [0.0, 1.0]]}},
    },
}


@pytest.mark.parametrize(
    ("keys", "ends"),
    [
        (("generation_mwh", "A", "0"), [0.0, 1.0]),
        (("generation_mwh",), None),
        (("co2_t", "system"), [1.0, 2.0]),
        (("lease", "m", "price_usd_per_gpu", "0"), [None, None]),
        (("lease", "m", "energy_mwh", "0"), None),
        (("welfare_usd",), None),
    ],
)
def test_ranges_stand_where_their_figures_do(keys, ends):
    assert range_at(RESULT, keys) == ends
    assert range_at({"intervals": None}, keys) is None
    assert range_at({}, keys) is None


def test_of_many_figures_the_widest_are_shown_each_in_its_widest_hour():
    shown, left_out = ranged_figures(RESULT, everything=False)
    assert [keys for _, _, keys in shown] == [
        *(("generation_mwh", name, "1") for name in "ABC"),
        ("lease", "m", "price_usd_per_gpu", "0"),
    ]
    assert left_out == 2
    everything, left_out = ranged_figures(RESULT, everything=True)
    assert len(everything) == 5 * 2 + 2
    assert left_out == 0
    assert everything[0] == ("generation of A, hour 1", "MWh", ("generation_mwh", "A", "0"))


UNKNOWN = {
    "generation_mwh": {"A": [5.0, 7.0]},
    "intervals": {
        "demand_mwh": {"1": [None, [0.0, 2.0]], "2": [None, None]},
        "co2_t": {"system": [None]},
        "lease": {"m": {"energy_mwh": [None, None]}},
    },
}


def test_ranges_that_were_not_found_are_counted_and_not_listed():
    assert not_found(UNKNOWN) == 6
    assert not_found(RESULT) == not_found({"intervals": None}) == not_found({}) == 0
    for everything in (False, True):
        listed = [keys for _, _, keys in ranged_figures(UNKNOWN, everything=everything)[0]]
        assert ("demand_mwh", "1", "1") in listed
        assert {keys[:2] for keys in listed} == {("demand_mwh", "1")}
    for keys in (("co2_t", "system"), ("demand_mwh", "2", "0"), ("demand_mwh", "2"), ("lease", "m", "energy_mwh", "1")):
        assert range_at(UNKNOWN, keys) is None
    assert range_at(UNKNOWN, ("demand_mwh", "1", "1")) == [0.0, 2.0]
    assert has_ranges(UNKNOWN["intervals"])
    assert not has_ranges({"co2_t": {"system": [None]}})


def test_a_run_beyond_the_budget_says_so_once_and_is_read_back(monkeypatch, tmp_path):
    for budget in ("_MOST_PIVOTING", "_MOST_PROJECTING"):
        monkeypatch.setattr(vicinity, budget, 0.0)
    answer = walras_command("run", FLAT_COSTS, "--mechanism", "slope-bids", "--out", tmp_path / "run", "--quiet")
    shown = walras_command("show", tmp_path / "run", "-v")
    for code, out in ((answer.code, answer.out), (shown.code, shown.out)):
        assert code == 0
        assert " ".join(out.split()).count("no range of theirs was found within the budget") == 1
        assert ", none]" not in out


def test_a_range_is_printed_with_its_figure():
    assert with_range(10.148347, [4.81999, 115.4]) == "10.1483 [4.82, 115.4]"
    assert with_range(10.148347, None) == "10.1483"
    assert with_range(1.0, [None, 2.0]) == "1.0000 [none, 2]"
