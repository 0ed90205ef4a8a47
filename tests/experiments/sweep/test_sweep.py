"""Sweeps: every run is there once, with the numbers that it has alone."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from support.command import settings, walras_command
from support.small_sweep import (
    CALM,
    CUT_SHORT,
    ELASTICITIES,
    FIXED,
    UNSERVABLE,
    stamps,
    tables,
    write_mixed_sweep,
    write_sweep,
)

from walras.experiments.archive.run_folder import read_run_folder


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return write_mixed_sweep(tmp_path_factory.mktemp("sweep"))


@pytest.fixture(scope="module")
def swept(source):
    """The answer of the command, and the folder."""
    out = source.parent / "out"
    return walras_command("sweep", source, "--workers", 2, "--json", "--out", out), out


def points():
    return [
        {**listed, "consumers.price_elasticity": e} for listed in (CUT_SHORT, CALM, UNSERVABLE) for e in ELASTICITIES
    ]


def test_there_is_a_row_for_every_run_in_the_order_of_the_file(swept):
    runs, _ = tables(swept[1])
    assert runs["run"].tolist() == [1, 2, 3, 4, 5, 6]
    assert runs["key"].is_unique
    assert runs["status"].tolist() == ["not_converged"] * 2 + ["converged"] * 2 + ["failed"] * 2
    assert runs["consumers.price_elasticity"].tolist() == ELASTICITIES * 3


def test_parameters_that_a_run_leaves_out_have_the_value_of_the_scenario(swept):
    runs, _ = tables(swept[1])
    assert runs["coordinator.max_rounds"].tolist() == [3, 3, 5000, 5000, 5000, 5000]
    assert runs["hyperscalers.h.batches_mw.chat"].tolist() == [4, 4, 4, 4, 1000, 1000]
    assert set(runs["seed"]) == {5}
    assert set(runs["tolerance"]) == {1e-4}
    assert set(runs["executor"]) == {"compiled"}


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_run_of_a_sweep_has_the_numbers_that_compare_gives_with_the_same_overrides(source, swept, number):
    overrides = {**FIXED, **points()[number - 1]}
    options = settings(*(f"{key}={value}" for key, value in overrides.items()))
    alone = walras_command("compare", source.parent / "small.yaml", "--json", *options).document
    runs, iterations = tables(swept[1])
    row = runs.set_index("run").loc[number]
    for name in ("status", "reason", "rounds", "best_round", "mechanism", "seed"):
        assert row[name] == alone[name]
    for name in ("relative_gap", "max_relative_imbalance", "total_regret_usd"):
        assert row[name] == alone["certificate"][name]
    assert row["mlcp_residual"] == alone["equilibrium"]["mlcp_residual"]
    for name, value in alone["difference"].items():
        assert row[f"difference.{name}"] == value
    result = alone["result"]
    assert row["welfare_usd"] == result["welfare_usd"]
    assert row["co2_t.system"] == result["co2_t"]["system"]
    assert row["workload_cost_usd.mdc"] == result["workload_cost_usd"]["mdc"]
    assert [row["lease.m.price_usd_per_gpu"]] == result["lease"]["m"]["price_usd_per_gpu"]
    assert {bus: [row[f"price_usd_per_mwh.{bus}"]] for bus in "12"} == result["price_usd_per_mwh"]
    rounds = iterations[iterations["run"] == number]
    assert rounds["round"].tolist() == list(range(1, alone["rounds"] + 1))
    assert set(rounds["key"]) == {row["key"]}


def test_a_run_that_failed_has_its_reason_and_no_figures(swept):
    runs, iterations = tables(swept[1])
    failed = runs[runs["status"] == "failed"]
    assert failed["reason"].str.contains("cannot be served").all()
    assert failed[["rounds", "welfare_usd", "relative_gap"]].isna().all(axis=None)
    assert not set(failed["run"]) & set(iterations["run"])


def test_a_failure_gives_exit_code_1_and_the_document_has_counts_and_rows(source, swept):
    answer, out = swept
    assert answer.code == 1
    assert answer.document["counts"] == {"runs": 6, "converged": 2, "not_converged": 2, "failed": 2}
    assert answer.document["out"] == str(out)
    runs = pd.read_parquet(out / "runs.parquet")
    for row, (_, kept) in zip(answer.document["runs"], runs.iterrows(), strict=True):
        assert row.keys() == set(runs.columns)
        assert {name for name, value in row.items() if value is not None} == set(kept.dropna().index)
        assert all(row[name] == value for name, value in kept.dropna().items())


def test_every_finished_run_is_a_run_folder(swept):
    _, out = swept
    runs, iterations = tables(out)
    kept = read_run_folder(out / "runs" / runs["key"][2])
    assert kept.document["result"]["welfare_usd"] == runs["welfare_usd"][2]
    np.testing.assert_array_equal(kept.rounds["round"], iterations.loc[iterations["run"] == 3, "round"])
    assert walras_command("show", kept.path).code == 0


def test_a_finished_sweep_called_again_computes_nothing_and_gives_the_same_document(source, swept, monkeypatch):
    monkeypatch.setattr(
        "walras.experiments.workers.local_workers.ProcessPoolExecutor", lambda *_: pytest.fail("it computed")
    )
    answer, out = swept
    before = stamps(out)
    assert walras_command("sweep", source, "--json", "--out", out) == answer
    assert stamps(out) == before
    assert len(before) == 4 * 4 + 2


def test_the_terminal_shows_counts_rows_and_reasons(source, swept):
    answer = walras_command("sweep", source, "--out", swept[1])
    assert answer.err == f"written to {swept[1]}\n"
    assert "6 runs: 2 converged, 2 not converged, 2 failed" in answer.out
    assert "consumers.price_elasticity" in answer.out
    assert "run 6 failed: " in answer.out


def test_of_many_runs_those_that_converged_are_shown_with_v_alone(source, swept, monkeypatch):
    monkeypatch.setattr("walras.experiments.cli.printing.sweep_tables.MANY_RUNS", 5)
    lines = {len(walras_command("sweep", source, "--out", swept[1], *flag).out.splitlines()) for flag in ([], ["-v"])}
    assert len(lines) == 2
    assert "2 runs that converged are not shown" in walras_command("sweep", source, "--out", swept[1]).out


@pytest.mark.parametrize(("rounds", "code"), [([2, 5000], 3), ([4000, 5000], 0)])
def test_exit_code_3_means_that_some_did_not_converge_and_nothing_is_left_without_out(
    tmp_path, monkeypatch, rounds, code
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    source = write_sweep(tmp_path, set=FIXED, grid={"coordinator.max_rounds": rounds})
    answer = walras_command("sweep", source, "--json", "--workers", 1, "--mechanism", "admm", "--seed", 7)
    assert (answer.code, answer.err) == (code, "")
    document = answer.document
    assert document["out"] is None
    assert {row["seed"] for row in document["runs"]} == {7}
    assert "mlcp_residual" not in document["runs"][0]
    assert json.dumps(document, allow_nan=False)
    assert sorted(os.listdir(tmp_path)) == ["case", "small.yaml", "sweep.yaml"]
