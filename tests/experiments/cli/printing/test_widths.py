"""What commands print fits terminals of 80 and 120 columns."""

from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from support.command import walras_command

from walras.experiments.cli.printing import sweep_tables


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("widths") / "run"
    arguments = ["rts24", "--mechanism", "slope-bids", "--set", "periods=2", "--out", out, "--quiet"]
    assert walras_command("compare", *arguments).code == 0
    return out


@pytest.mark.parametrize("verbose", [[], ["-v"]])
@pytest.mark.parametrize("columns", [80, 120])
def test_a_run_fits_and_labels_fold_over_two_lines_at_most(folder, monkeypatch, columns, verbose):
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = walras_command("show", folder, *verbose).out.splitlines()
    assert max(map(len, lines)) <= columns
    first = next(index for index, line in enumerate(lines) if line.startswith("figure"))
    last = next(index for index, line in enumerate(lines) if line.startswith(("monolith: ", "regret of")))
    # Only what has no figures beside it is the rest of a label.
    rests = [bool(line.strip()) and len(line.split("  ")[0]) == len(line.rstrip()) for line in lines[first:last]]
    assert not any(one and other for one, other in pairwise(rests))
    assert sum(rests) <= (2 if columns == 80 else 0)


@pytest.mark.parametrize("columns", [80, 120])
def test_a_sweep_fits(monkeypatch, capsys, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    settings = {"hyperscalers.hyperscaler.cost_weight": [0.5, 0.9], "grid.line_limit_scale": [0.6, None]}
    figures = {name: [1.0, float("nan")] for name in sweep_tables._FIGURES}
    runs = pd.DataFrame({"run": [1, 2], "status": ["not_converged", "failed"], "reason": ["", "why"]})
    sweep_tables.print_sweep(Path("sweep.yaml"), list(settings), runs.assign(**settings, **figures), verbose=False)
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[-1] == "run 2 failed: why"
