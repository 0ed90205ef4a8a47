"""A newcomer's path: a template, its commands as they stand in its README, an own agent and mechanism, sweep, plot."""

import re
import runpy
import shlex
import sys

import pandas as pd
import pytest
from support.command import assert_refused, settings, walras_command

from walras.experiments.errors import RunFolderError
from walras.experiments.own_parts.new_template import write_template
from walras.network.csv_reader import _COLUMNS, _OPTIONAL

FILES = {
    *("README.md", "scenario.yaml", "with_own_parts.yaml", "sweep.yaml", "own_parts.py", "study.py"),
    *("grid/buses.csv", "grid/lines.csv", "grid/unit_groups.csv"),
}

FIGURES = ("buses_by_hour", "convergence", "hours", "network")


@pytest.fixture
def template(tmp_path, monkeypatch):
    """The folder, in which the newcomer is; what is imported from it is forgotten."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    write_template(tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    monkeypatch.delitem(sys.modules, "own_parts", raising=False)
    yield tmp_path / "mine"
    sys.modules.pop("own_parts", None)


def commands(readme):
    blocks = re.findall(r"```\n(.*?)```", readme, re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


def test_the_template_is_written_whole(tmp_path):
    answer = walras_command("new", tmp_path / "mine")
    assert answer.code == 0
    written = {str(path.relative_to(tmp_path / "mine")) for path in (tmp_path / "mine").rglob("*") if path.is_file()}
    assert written == FILES
    assert all(file in answer.out for file in FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_what_is_in_the_way_stays(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        assert_refused(walras_command("new", tmp_path / name), f"{tmp_path / name} exists already")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert walras_command("new", tmp_path / "empty").code == 0


def test_a_template_that_cannot_be_finished_leaves_nothing(tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    answer = walras_command("new", tmp_path / "deep" / "mine")
    assert (answer.code, answer.out) == (1, "")
    assert "no space left" in answer.err
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "deep").write_text("")
    with pytest.raises(RunFolderError):
        write_template(tmp_path / "deep" / "mine")


# The sweep has a test of its own; the benchmark measures all else that it knows too.
@pytest.mark.parametrize("number", range(9))
def test_the_commands_of_the_readme_run(template, number):
    listed = [words for words in commands((template / "README.md").read_text()) if words[1] not in ("sweep", "bench")]
    assert listed[9:] == [["python", "study.py"]]
    program, *arguments = listed[number]
    assert program == "walras"
    if arguments[0] in ("show", "plot"):
        walras_command("compare", "scenario.yaml", "--out", "results")
    answer = walras_command(*arguments)
    assert answer.code == 0, answer
    assert answer.out


def test_the_study_in_python_runs(template, capsys):
    sys.path.append(str(template))
    study = runpy.run_path("study.py")["study"]
    assert study.run.status == "converged"
    assert study.monolith.difference.welfare_relative < 1e-6
    assert "surplus of the electrolyser" in capsys.readouterr().out
    assert {path.name for path in template.glob("*.png")} == {f"{name}.png" for name in FIGURES}


def test_the_electrolyser_buys_as_long_as_energy_costs_less_than_hydrogen_is_worth(template):
    """It is worth 90 $/MWh; 50 MWh in all, at most 40 in an hour."""
    document = walras_command("run", "with_own_parts.yaml", "--allow-code", "--json").document
    night, day = document["result"]["price_usd_per_mwh"]["2"]
    assert night < day < 90
    assert document["result"]["surplus_usd"]["electrolyser"] == pytest.approx(
        40 * (90 - night) + 10 * (90 - day), rel=1e-3
    )


def test_the_sweep_runs_and_its_runs_can_be_drawn(template):
    answer = walras_command("sweep", "sweep.yaml", "--allow-code", "--out", "swept", "--workers", 2)
    assert answer.code == 0, answer
    runs = pd.read_parquet("swept/runs.parquet")
    assert runs["status"].tolist() == ["converged"] * 6
    assert runs["agents.electrolyser.capacity_mw"].tolist() == [10, 10, 25, 25, 40, 40]
    assert len({*runs["rounds"]}) > 1
    assert walras_command("plot", f"swept/runs/{runs['key'][0]}", "--out", "figures").code == 0


def test_the_template_runs_from_another_folder(template, monkeypatch):
    monkeypatch.chdir(template.parent)
    assert walras_command("validate", "mine/with_own_parts.yaml", "--allow-code").code == 0
    without = walras_command("sweep", "mine/sweep.yaml", "--out", "swept")
    assert_refused(without, "agents.0.code: 'own_parts:Electrolyser' names code", "all runs")


def test_a_run_of_other_code_is_another_run(template):
    """What a sweep has kept belongs to the code that it ran."""
    from walras.experiments.sweep.plan import plan_sweep
    from walras.experiments.sweep.sweep_reading import load_sweep

    def keys():
        plan = plan_sweep(load_sweep(template / "sweep.yaml"), template / "sweep.yaml", executor="x", allow_code=True)
        return [run.key for run in plan.runs]

    before = keys()
    assert keys() == before
    with (template / "own_parts.py").open("a") as file:
        file.write("# another\n")
    assert not {*keys()} & {*before}


def test_own_agents_are_swept_and_overridden_by_name(template):
    less = walras_command(
        "run", "with_own_parts.yaml", "--allow-code", "--json", *settings("agents.electrolyser.energy_mwh=20")
    )
    price, _ = less.document["result"]["price_usd_per_mwh"]["2"]
    assert less.document["result"]["surplus_usd"]["electrolyser"] == pytest.approx(20 * (90 - price), rel=1e-3)


def test_the_readme_explains_every_column(template):
    text = (template / "README.md").read_text()
    for file, columns in _COLUMNS.items():
        table = text.split(f"`grid/{file}`")[1].split("\n\n")[1]
        explained = re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines()))
        assert {*explained} - {"NAME_kg_per_mwh"} == {*columns, *_OPTIONAL[file]}
