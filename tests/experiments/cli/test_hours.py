"""`--hour` on run, compare, show and plot: which hour is shown is said, and JSON has them all."""

import json
import shutil

import pytest
from support.command import assert_refused, walras_command
from support.three_hours import write_three_hours


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return write_three_hours(tmp_path_factory.mktemp("hours"))


@pytest.fixture(scope="module")
def folder(scenario, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    assert walras_command("run", scenario, "-q", "--out", out).code == 0
    return out


def test_the_widest_hour_is_shown_and_named(folder):
    answer = walras_command("show", folder)
    prices = walras_command("show", folder, "--json").document["result"]["price_usd_per_mwh"]
    assert abs(prices["1"][1] - prices["2"][1]) > 1 > abs(prices["1"][0] - prices["2"][0])
    assert "hour 2 of 3, the largest price spread" in answer.out
    row = next(line for line in answer.out.splitlines() if line.startswith("nodal price at bus 2, hour 2"))
    assert row.split()[-1] == f"{prices['2'][1]:,.4f}"
    assert "hour 1" not in answer.out


def test_another_hour_is_shown_where_it_is_named(folder, scenario):
    prices = walras_command("show", folder, "--json", "--hour", 3).document["result"]["price_usd_per_mwh"]
    assert {len(series) for series in prices.values()} == {3}
    for answer in (walras_command("show", folder, "--hour", 3), walras_command("run", scenario, "-q", "--hour", 3)):
        assert answer.code == 0
        assert "leases and prices of hour 3 of 3 (" in answer.out
        assert "nodal price at bus 2, hour 3" in answer.out
        assert "lease of m, hour 3" in answer.out


def test_the_monolith_stands_beside_the_same_hour(scenario):
    answer = walras_command("compare", scenario, "-q", "--hour", 1)
    assert answer.code == 0
    row = next(line for line in answer.out.splitlines() if line.startswith("nodal price at bus 1, hour 1"))
    *_, ours, theirs, _ = row.split()
    assert float(ours) == pytest.approx(float(theirs), abs=1e-3)


def test_one_hour_alone_needs_no_words(scenario):
    answer = walras_command("run", "rts24", "-q", "--mechanism", "slope-bids", "--hour", 1)
    assert answer.code == 0
    assert "totals of" not in answer.out


@pytest.mark.parametrize("hour", [0, 4, -1, 10**30])
@pytest.mark.parametrize("command", ["run", "compare", "show", "plot"])
def test_an_hour_that_there_is_not_is_refused_before_anything_is_computed(
    command, hour, scenario, folder, monkeypatch, tmp_path
):
    for computing in ("solve.decompose", "tables.print_document"):
        monkeypatch.delattr(f"walras.experiments.cli.{computing}")
    out = ["--out", tmp_path / "new"] if command != "show" else []
    answer = walras_command(command, folder if command in ("show", "plot") else scenario, "--hour", hour, *out)
    assert_refused(answer, f"--hour is {hour}; allowed are 1 to 3")
    assert answer.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_lists_of_other_lengths_are_refused(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "copy")
    document = json.loads((copy / "run.json").read_text())
    document["result"]["lease"]["m"]["energy_mwh"].pop()
    (copy / "run.json").write_text(json.dumps(document))
    assert_refused(walras_command("show", copy), "result.lease.m.energy_mwh: has 2 items; the prices have 3")
