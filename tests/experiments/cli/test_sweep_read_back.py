"""`walras show` and `walras plot` on the folder of a sweep."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from support.command import assert_refused, walras_command
from support.small_sweep import ELASTICITIES, write_mixed_sweep

from walras.experiments.figures.sweep_curves import sweep_figure
from walras.experiments.sweep.kept_sweep import read_sweep_folder


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """What the command printed, and its folder."""
    source = write_mixed_sweep(tmp_path_factory.mktemp("sweep"))
    out = source.parent / "out"
    return walras_command("sweep", source, "--workers", 1, "--out", out, "-q"), out


def test_show_prints_the_table_of_the_sweep(swept):
    answer = walras_command("show", swept[1])
    assert answer.code == 0
    assert answer.out.splitlines()[1:] == swept[0].out.splitlines()[1:]
    assert answer.out.startswith(f"{swept[1]}: 6 runs: 2 converged")


def test_verbose_names_the_folders_of_runs(swept):
    text = walras_command("show", swept[1], "-v").out
    keys = {path.name for path in (swept[1] / "runs").iterdir()}
    assert keys <= set(text.split())


def test_a_folder_of_something_else_is_called_one(tmp_path):
    assert_refused(walras_command("show", tmp_path), "the folder holds no run and no sweep")


def test_json_has_a_row_a_run(swept):
    rows = walras_command("show", swept[1], "--json").document["runs"]
    assert [row["consumers.price_elasticity"] for row in rows] == ELASTICITIES * 3
    assert rows[0]["rounds"] == 3
    assert rows[-1]["welfare_usd"] is None


def test_plot_draws_what_converged_over_what_varied(swept, tmp_path):
    answer = walras_command("plot", swept[1], "--out", tmp_path / "new")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [str(tmp_path / "new" / f"sweep.{suffix}") for suffix in ("png", "svg")]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["sweep.png", "sweep.svg"]
    kept = read_sweep_folder(swept[1])
    axes = sweep_figure(kept).axes
    assert axes[-1].get_xlabel() == "consumers.price_elasticity"
    assert [one.get_ylabel() for one in axes] == [
        r"welfare [\$]",
        r"congestion rent [\$]",
        "system CO₂ [t]",
        "rounds",
    ]
    converged = kept.runs[kept.runs["status"] == "converged"].sort_values("consumers.price_elasticity")
    (line,) = axes[0].lines
    np.testing.assert_allclose(line.get_ydata(), converged["welfare_usd"].astype(float))


def test_a_run_of_the_sweep_is_a_run_folder(swept):
    run = next((swept[1] / "runs").iterdir())
    assert walras_command("show", run, "--hour", 1).code == 0


@pytest.mark.parametrize("command", ["show", "plot"])
def test_an_hour_of_a_sweep_is_refused(swept, command):
    assert_refused(walras_command(command, swept[1], "--hour", 1), "name one of its runs")


@pytest.fixture
def copy(swept, tmp_path):
    return shutil.copytree(swept[1], tmp_path / "copy", ignore=shutil.ignore_patterns("runs", "failures"))


def test_a_sweep_that_was_broken_off_says_how_to_go_on(copy):
    (copy / "runs.parquet").unlink()
    for command in ("show", "plot"):
        assert_refused(walras_command(command, copy), "has not come to its end", f"--out {copy} goes on")


def test_a_sweep_without_a_number_that_varied_has_no_figure(copy):
    table = pd.read_parquet(copy / "runs.parquet")
    table[table["status"] != "converged"].to_parquet(copy / "runs.parquet", index=False)
    assert_refused(walras_command("plot", copy), "a figure needs a number", f"walras show {copy}")


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("status", 5, "column 'status' holds something else than text"),
        ("rounds", "many", "column 'rounds' holds something else than numbers"),
        ("reason", "\x1b[2J", "column 'reason' holds control characters"),
        ("seconds", None, "column 'seconds' is missing"),
        ("consumers.price_elasticity", None, "column 'consumers.price_elasticity' is missing"),
    ],
)
def test_tables_of_something_else_are_refused(copy, column, value, told):
    table = pd.read_parquet(copy / "runs.parquet")
    table = table.drop(columns=column) if value is None else table.assign(**{column: value})
    table.to_parquet(copy / "runs.parquet", index=False)
    for command in ("show", "plot"):
        assert_refused(walras_command(command, copy), str(copy / "runs.parquet"), told)


@pytest.mark.parametrize("identity", [[], {}, {"runs": 5}, {"runs": [{"parameters": None}]}, {"runs": [{}]}, "runs"])
def test_an_identity_of_something_else_is_refused(copy, identity):
    (copy / "sweep.json").write_text(json.dumps(identity))
    assert_refused(walras_command("show", copy), str(copy / "sweep.json"), "lists no runs with parameters")
