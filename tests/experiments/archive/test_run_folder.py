"""Run folders: complete or absent, never overwritten, and read back as they were written."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.command import assert_refused, walras_command

from walras import load_scenario
from walras.experiments.archive.document import study_document
from walras.experiments.archive.run_folder import read_run_folder
from walras.experiments.archive.writer import write_run_folder
from walras.experiments.errors import RunFolderError
from walras.experiments.figures.drawing import draw
from walras.experiments.scenario.reading import parse_scenario
from walras.experiments.study import decompose, with_monolith

TABLES = ("rounds", "prices", "trades")
FIGURES = {"convergence.png", "convergence.svg", "network.png", "network.svg"}
FILES = {"run.json", "rounds.parquet", "prices.parquet", "trades.parquet"} | FIGURES
GPU_MW = 1 / 1700


@pytest.fixture(scope="module")
def study():
    return with_monolith(decompose(load_scenario("rts24", ["coordinator.tolerance=1e-4"])))


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    return write_run_folder(study, tmp_path_factory.mktemp("runs") / "rts24", draw)


def test_a_folder_holds_the_document_three_tables_and_the_figures(folder):
    assert {path.name for path in folder.path.iterdir()} == FILES


def test_it_is_read_back_as_it_was_written(folder):
    read = read_run_folder(folder.path)
    assert read.document == folder.document
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(read, name), getattr(folder, name), check_dtype=False, check_exact=True)


def test_the_document_is_that_of_the_study_with_all_that_repeats_it(study, folder):
    document = folder.document
    assert study_document(study).items() <= document.items()
    assert parse_scenario(document["scenario_document"]) == study.scenario
    assert document["seed"] == 0
    assert {"walras", "python", "numpy", "cvxpy"} <= set(document["versions"])


def test_the_document_names_the_commit_of_the_checkout(folder):
    root = Path(__file__).parents[3]
    if not (root / ".git").exists():
        pytest.skip("the tree is no checkout")
    head = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert folder.document["git_commit"] == head.stdout.strip()


def test_a_reader_that_has_gone_away_does_not_take_the_folder_along(tmp_path, monkeypatch):
    def gone(*_, **__):
        raise BrokenPipeError

    monkeypatch.setattr("walras.experiments.cli.solve.print_document", gone)
    walras_command("run", "rts24", "--tolerance", "1e-2", "--out", tmp_path / "run")
    assert (tmp_path / "run" / "run.json").is_file()


def test_a_run_can_be_repeated_from_its_folder(folder, study):
    again = decompose(parse_scenario(folder.document["scenario_document"]))
    np.testing.assert_array_equal(again.run.best.prices, study.run.best.prices)


def test_rounds_have_residuals_price_change_seconds_messages_and_bytes(folder, study):
    expected = [
        "round",
        "max_relative_imbalance",
        "dual_residual",
        "price_change",
        "relative_gap",
        "max_relative_violation",
    ]
    expected += ["seconds", "messages", "bytes_exchanged"]
    assert list(folder.rounds.columns) == expected
    assert folder.rounds["round"].tolist() == list(range(1, len(study.run.records) + 1))
    assert (folder.rounds["messages"] == 2 * len(study.market.agents)).all()
    assert folder.rounds["relative_gap"].iloc[-1] == study.run.certificate.relative_gap


def test_final_prices_cover_all_goods_and_watched_prices_all_rounds(folder, study):
    assert {"good", "kind", "seller", "buyer", "period", "unit", "round", "price", "is_final"} <= set(folder.prices)
    final = folder.prices[folder.prices["is_final"]]
    assert final["good"].tolist() == list(map(str, study.market.goods))
    np.testing.assert_array_equal(final["price"], study.run.best.prices)
    watched = folder.prices[~folder.prices["is_final"]]
    assert set(watched["kind"]) == {"lease", "wheeling"}
    assert (watched.groupby("good").size() == len(study.run.records)).all()


def test_trades_say_who_takes_what_from_whom(folder):
    trades, result = folder.trades, folder.document["result"]
    assert list(trades.columns) == ["period", "good", "kind", "seller", "buyer", "quantity", "price", "unit"]
    assert set(trades["kind"]) == {"contract", "lease", "wheeling"}
    sold = trades[trades["kind"] == "contract"].groupby("seller")["quantity"].sum()
    for unit, (output,) in result["generation_mwh"].items():
        assert sold[unit] == pytest.approx(output, abs=1)
    leased = trades[trades["kind"] == "lease"].set_index("seller")
    assert set(leased["unit"]) == {"GPU"}
    assert set(leased["buyer"]) == {"hyperscaler"}
    for mdc, lease in result["lease"].items():
        assert leased["quantity"][mdc] * GPU_MW == pytest.approx(lease["energy_mwh"][0], abs=0.1)
        assert leased["price"][mdc] == pytest.approx(lease["price_usd_per_gpu"][0])


def test_a_folder_in_the_way_is_refused_and_left_alone(study, tmp_path):
    path = tmp_path / "taken"
    path.mkdir()
    (path / "precious").write_text("data")
    with pytest.raises(RunFolderError, match="taken exists already"):
        write_run_folder(study, path, draw)
    assert_refused(walras_command("run", "rts24", "--json", "--out", path), "taken exists already", "new folder")
    assert [entry.name for entry in path.iterdir()] == ["precious"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


def test_a_file_in_the_way_is_refused_before_the_first_round(tmp_path, monkeypatch):
    monkeypatch.setattr("walras.experiments.cli.solve.decompose", lambda *_, **__: pytest.fail("it ran"))
    (tmp_path / "file").write_text("data")
    assert_refused(walras_command("run", "rts24", "--out", tmp_path / "file"), "file exists already")
    assert_refused(walras_command("run", "rts24", "--out", tmp_path / "file" / "in"), "is no folder")
    assert (tmp_path / "file").read_text() == "data"


def test_an_empty_folder_and_missing_parents_are_no_obstacle(study, tmp_path):
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "a" / "b" / "new"):
        write_run_folder(study, path, lambda *_: [])
        assert {entry.name for entry in path.iterdir()} == FILES - FIGURES


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("no such type"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("failing", [1, 3])
def test_nothing_is_left_behind_when_writing_fails(study, tmp_path, monkeypatch, error, failing):
    written = []
    write = pd.DataFrame.to_parquet

    def fail(table, path, **options):
        written.append(path)
        if len(written) == failing:
            raise error
        return write(table, path, **options)

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail)
    with pytest.raises((RunFolderError, type(error))):
        write_run_folder(study, tmp_path / "run", draw)
    assert len(written) == failing
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("error", [OSError("disk full"), ValueError("no such font")], ids=repr)
def test_nothing_is_left_behind_when_a_figure_fails(study, tmp_path, monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("matplotlib.figure.Figure.draw", fail)
    with pytest.raises((RunFolderError, type(error))):
        write_run_folder(study, tmp_path / "run", draw)
    assert os.listdir(tmp_path) == []


def test_a_full_disk_ends_the_command_with_a_message_and_does_not_take_the_result_along(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_parquet", fail)
    answer = walras_command("run", "rts24", "--json", "--tolerance", "1e-2", "--out", tmp_path / "run")
    assert answer.code != 0
    assert answer.err == f"error: {tmp_path / 'run'} cannot be written: disk full\n"
    assert answer.document["status"] == "converged"
    assert os.listdir(tmp_path) == []


def test_run_writes_the_folder_with_its_figures_and_prints_the_same_document(tmp_path):
    answer = walras_command("run", "rts24", "--json", "--tolerance", "1e-2", "--out", tmp_path / "run")
    assert answer.code == 0
    assert os.listdir(tmp_path) == ["run"]
    assert {path.name for path in (tmp_path / "run").iterdir()} == FILES
    assert answer.document.items() <= json.loads((tmp_path / "run" / "run.json").read_text()).items()


def test_show_reads_the_folder_back(folder):
    answer = walras_command("show", folder.path, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.document == folder.document
    shown = walras_command("show", folder.path)
    assert shown.code == 0
    for words in ("rts24: converged", "lease of mdc1", "monolith: MLCP residual"):
        assert words in shown.out
