"""What the benchmark writes and prints: JSON, Parquet, the figure, the table."""

import json
import signal

import numpy as np
import pandas as pd
import pytest
from support.command import assert_refused, walras_command
from support.fake_peer import solving_peer

from walras.experiments.bench.bench_document import bench_document, row_documents
from walras.experiments.bench.rows.memory import peak_memory
from walras.experiments.figures.growth import growth_figure
from walras.experiments.figures.scaling import scaling_figure

SMALL = ("bench", "--problem", "exchange", "--exchange", "2", "--executor", "compiled", "--mechanism", "admm", "-q")
KEYS = {
    "problem",
    "goods",
    "agents",
    "kind",
    "method",
    "executor",
    "tolerance",
    "reached",
    "outcome",
    "rounds",
    "canonicalise_seconds",
    "compile_seconds",
    "iterate_seconds",
    "certify_seconds",
    "cpu_seconds",
    "seconds",
    "end_to_end_seconds",
    "round_milliseconds",
    "bytes_per_round",
    "messages_per_round",
    "peak_memory_mib",
    "buses",
    "is_pooled",
    "relative_gap",
    "max_relative_imbalance",
    "infeasibility",
    "times_fastest_qp",
}


def test_the_document_is_plain_json_with_these_keys(measured):
    document = json.loads(json.dumps(bench_document(measured), allow_nan=False))
    assert set(document) == {
        "rows",
        "ratios",
        "commands",
        "canonicalise_seconds",
        "skipped",
        "cores",
        "versions",
    }
    assert all(set(row) == KEYS for row in document["rows"])
    assert {row["kind"] for row in document["rows"]} == {
        "decomposition",
        "monolith, QP",
        "monolith, complementarity",
        "peer",
    }
    assert {ratio["other"] for ratio in document["ratios"]} >= {"admm plain loop"}


def test_a_command_with_a_peer_writes_its_folder_and_prints_ratios_first(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    environment = solving_peer(tmp_path, [0.5, 1.0])
    out = tmp_path / "results" / "bench"
    answer = walras_command(*SMALL, "--peer-env", f"dede={environment.python}", "--out", out)
    assert answer.code == 0, answer.err
    first, *_ = answer.out.splitlines()
    assert first.startswith("exchange to 0.001: admm, compiled")
    assert "dede (peer)" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
    assert {path.name for path in out.iterdir()} == {"bench.json", "bench.parquet", "growth.png", "growth.svg"}
    rows = json.loads((out / "bench.json").read_text())["rows"]
    table = pd.read_parquet(out / "bench.parquet")
    assert table["method"].tolist() == [row["method"] for row in rows]
    assert table["seconds"].tolist() == pytest.approx([row["seconds"] for row in rows])


def test_json_is_one_document_and_budgets_that_are_too_small_show(tmp_path):
    answer = walras_command(*SMALL, "--json", "--row-seconds", "1e-9")
    assert answer.code == 0
    (row,) = (row for row in answer.document["rows"] if row["kind"] == "decomposition")
    assert not row["reached"]
    assert row["outcome"] == "1e-09 s are spent"
    assert row["times_fastest_qp"] is None
    table = walras_command(*SMALL, "--row-seconds", "1e-9").out
    assert "admm, compiled, 1e-03: 1e-09 s are spent" in table


def test_an_interrupted_command_prints_and_writes_what_it_has(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "walras.experiments.bench.measurements.newton_rows", lambda *_: signal.raise_signal(signal.SIGTERM)
    )
    out = tmp_path / "bench"
    answer = walras_command(*SMALL, "--out", out)
    assert answer.code == 143, answer.err
    assert "interrupted at semismooth newton on exchange" in answer.out
    document = json.loads((out / "bench.json").read_text())
    assert {row["kind"] for row in document["rows"]} == {"decomposition", "monolith, QP"}


def test_before_the_first_row_there_is_nothing_to_print_or_keep(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "walras.experiments.bench.measurements.decomposition_rows", lambda *_: signal.raise_signal(signal.SIGTERM)
    )
    answer = walras_command(*SMALL, "--out", tmp_path / "bench")
    assert (answer.code, answer.out) == (143, "")
    assert answer.err == "error: interrupted before there was anything to keep\n"
    assert list(tmp_path.iterdir()) == []


def test_a_figure_that_is_broken_off_is_left_out_with_a_word(tmp_path, monkeypatch):
    monkeypatch.setattr("matplotlib.figure.Figure.draw", lambda *_, **__: signal.raise_signal(signal.SIGTERM))
    answer = walras_command(*SMALL, "--out", tmp_path / "bench")
    assert (answer.code, answer.err) == (143, "warning: interrupted; the figure is missing\n")
    assert {path.name for path in (tmp_path / "bench").iterdir()} == {"bench.json", "bench.parquet"}


def test_without_a_row_there_is_a_document_and_no_figure(tmp_path):
    answer = walras_command(*SMALL, "--minutes", "1e-9", "--json", "--out", tmp_path / "bench")
    assert (answer.code, answer.document["rows"]) == (0, [])
    assert {path.name for path in (tmp_path / "bench").iterdir()} == {"bench.json", "bench.parquet"}


@pytest.mark.parametrize(
    ("option", "value", "why"),
    [
        ("--peer-env", "dede", "must read NAME=PYTHON"),
        ("--peer-env", "dede=/no/such/python", "/no/such/python is no program"),
        ("--peer-env", "gurobi=/usr/bin/env", "'gurobi' is no peer"),
        ("--problem", "case9", "case9"),
        ("--row-seconds", "0", "0"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_measured(option, value, why):
    assert_refused(walras_command("bench", option, value, "-q"), why)


def test_a_taken_folder_is_refused_before_anything_is_measured(tmp_path):
    (tmp_path / "old").write_text("kept")
    assert_refused(walras_command(*SMALL, "--out", tmp_path), "is not an empty folder")
    assert (tmp_path / "old").read_text() == "kept"


def test_growth_is_drawn_over_goods_for_grids_that_were_reached(measured):
    rows = [row for row in row_documents(measured.rows) if row["kind"] in ("decomposition", "monolith, QP")]
    grids = [
        {**row, "problem": name, "goods": goods, "rounds": goods // 10, "seconds": seconds, "reached": name != "late"}
        for row in rows
        for name, goods in (("small", 100), ("large", 1000), ("late", 5000))
        for seconds in (goods / 50, goods / 100)
        if row["kind"] != "decomposition" or seconds == goods / 50
    ]
    figure = growth_figure(pd.DataFrame(grids))
    left, middle, right = figure.axes
    (line,) = left.get_lines()
    assert line.get_xydata().tolist() == [[100, 10], [1000, 100]]
    ours, monolith = right.get_lines()
    assert ours.get_xydata().tolist() == [[100, 2], [1000, 20]]
    assert monolith.get_xydata().tolist() == [[100, 1], [1000, 10]]
    scales = {axes.get_xscale() for axes in figure.axes} | {axes.get_yscale() for axes in figure.axes}
    assert scales == {"log"}
    (names,) = (axes for axes in middle.child_axes)
    figure.draw_without_rendering()
    assert {label.get_text() for label in names.get_xticklabels()} == {"small", "large"}


def test_growth_without_grids_has_dots_for_the_exchange(measured):
    table = pd.DataFrame(row_documents(measured.rows))
    figure = growth_figure(table)
    ours = table[(table["kind"] == "decomposition") & table["reached"]]
    ours = ours[ours["tolerance"] == ours["tolerance"].mode().max()]
    assert len(ours)
    for axes, column in zip(figure.axes, ("rounds", "round_milliseconds", "seconds"), strict=True):
        assert sorted(axes.lines[0].get_xdata()) == pytest.approx(sorted(ours[column]))
        # Bars, which lines from the left end would be too, begin nowhere on a logarithmic axis.
        assert axes.get_xscale() == "log"
        assert not axes.collections
        assert not axes.patches
    assert figure.axes[0].get_title(loc="left").startswith("exchange: ")
    figure.draw_without_rendering()


def test_growth_of_nothing_that_was_reached_says_so(measured):
    table = pd.DataFrame(row_documents(measured.rows)).assign(reached=False)
    figure = growth_figure(table)
    assert not figure.axes
    assert "no mechanism reached its tolerance" in figure.texts[0].get_text()


def test_scaling_is_drawn_over_buses_once_with_contracts_and_once_in_a_pool(measured):
    (row,) = (
        row for row in row_documents(measured.rows) if row["kind"] == "decomposition" and row["tolerance"] == 1e-4
    )
    grids = [
        {**row, "problem": f"{buses} {is_pooled}", "buses": buses, "goods": goods, "is_pooled": is_pooled}
        for buses, goods, is_pooled in ((100, 100, True), (10, 10, True), (10, 300, False), (0, 9, False))
    ]
    figure = scaling_figure(pd.DataFrame(grids))
    contracts, pool = figure.axes[0].get_lines()
    assert contracts.get_xydata().tolist() == [[10, 300]]
    assert pool.get_xydata().tolist() == [[10, 10], [100, 100]]
    assert [axes.get_xlabel() for axes in figure.axes] == ["buses"] * 4
    figure.draw_without_rendering()
    ticks = [label.get_text() for axes in figure.axes for label in axes.get_xticklabels()]
    assert not [tick for tick in ticks if "\\" in tick]


def test_peak_memory_sees_what_comes_and_goes():
    with peak_memory() as peak:
        held = np.ones(32 * 2**17)
        del held
    if peak.mib is None:
        pytest.skip("this system does not let a process reset its peak")
    assert peak.mib > 25


@pytest.mark.parametrize("option", ["--row-seconds", "--minutes"])
@pytest.mark.parametrize("value", ["nan", "inf", "-1", "0", "1e300"])
def test_a_limit_of_time_is_a_number(option, value):
    answer = walras_command("bench", option, value)
    assert (answer.code, answer.out) == (2, "")
    assert option in answer.err


def test_an_exchange_that_no_memory_holds_is_refused():
    assert "--exchange" in walras_command("bench", "--exchange", 10**9).err
