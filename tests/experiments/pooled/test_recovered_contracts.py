"""Contracts of a pooled run are those of the bilateral market."""

import json

import pandas as pd
import pytest
from support.command import assert_refused, walras_command

from walras import load_scenario
from walras.experiments.study import decompose

SETTINGS = {
    "the case study": ("coordinator.tolerance=1e-9",),
    "two hours": ("periods=2", "load_profile=[0.7, 1.0]", "coordinator.tolerance=1e-9"),
    "forward contracts": ("consumers.forward_position=0.6", "coordinator.tolerance=1e-9"),
}


def study(trade, *overrides):
    scenario = load_scenario("rts24", ["coordinator.mechanism=slope-bids", f"trade={trade}", *overrides])
    return decompose(scenario, executor="batched")


@pytest.mark.parametrize("setting", SETTINGS)
def test_contracts_of_a_pool_are_the_bilateral_ones(setting):
    pooled, bilateral = (study(trade, *SETTINGS[setting]).contracts() for trade in ("pooled", "bilateral"))
    keys = ["period", "seller", "buyer"]
    both = bilateral.merge(pooled, "left", keys, suffixes=("", "_pooled")).fillna({"quantity_pooled": 0.0})
    assert (both["quantity"] - both["quantity_pooled"]).abs().max() < 1e-4
    assert pooled["quantity"].sum() == pytest.approx(bilateral["quantity"].sum(), rel=1e-9)
    traded = both[both["quantity"] > 1e-3]
    assert (traded["price"] - traded["price_pooled"]).abs().max() < 1e-4


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    found = {}
    for trade in ("pooled", "bilateral"):
        found[trade] = tmp_path_factory.mktemp(trade) / "run"
        options = ("--mechanism", "slope-bids", "--executor", "batched", "--set", f"trade={trade}", "-q")
        assert walras_command("run", "rts24", *options, "--out", found[trade]).code == 0
    return found


@pytest.mark.parametrize("trade", ["pooled", "bilateral"])
def test_they_are_shown_on_demand(folders, trade):
    rows = pd.DataFrame(walras_command("show", folders[trade], "--contracts", "--json").document["contracts"])
    assert list(rows) == ["period", "seller", "buyer", "quantity_mwh", "price_usd_per_mwh"]
    answer = walras_command("show", folders[trade], "--contracts")
    assert answer.out.startswith("contracts of hour 1: ")
    assert "the 20 largest (-v: all)" in answer.out
    largest = rows.sort_values("quantity_mwh").iloc[-1]
    assert f"{largest['quantity_mwh']:,.4f}" in answer.out
    assert len(answer.out.splitlines()) == 22
    everything = walras_command("show", folders[trade], "--contracts", "-v").out
    assert len(everything.splitlines()) == 2 + (rows["quantity_mwh"] > 1e-6).sum()


def test_what_does_not_clear_has_no_contracts(folders, tmp_path):
    copy = tmp_path / "run"
    copy.mkdir()
    for name in ("run.json", "rounds.parquet", "prices.parquet"):
        (copy / name).write_bytes((folders["pooled"] / name).read_bytes())
    trades = pd.read_parquet(folders["pooled"] / "trades.parquet")
    trades.loc[trades["buyer"] == "load@1", "quantity"] += 1.0
    trades.to_parquet(copy / "trades.parquet")
    assert_refused(walras_command("show", copy, "--contracts"), "no contracts can be recovered in hour 1")
    assert json.loads((copy / "run.json").read_text())["status"] == "converged"
