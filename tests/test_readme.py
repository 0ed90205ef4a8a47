"""What README.md shows: its commands run, or are read where they take long, and its files are read."""

import re
import shlex
import sys
from pathlib import Path

import click
import pytest
from support.command import walras_command

from walras.experiments.cli.commands import walras
from walras.experiments.microgrid.instance_reading import read_instance
from walras.experiments.own_parts.new_template import write_template
from walras.experiments.scenario.reading import load_scenario
from walras.experiments.sweep.plan import plan_sweep
from walras.experiments.sweep.sweep_reading import load_sweep

TEXT = (Path(__file__).resolve().parents[1] / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
COMMANDS = [
    shlex.split(command)[1:]
    for language, block in BLOCKS
    for line in block.splitlines()
    for command in line.partition(" # ")[0].split(";")
    if not language and command.strip().startswith("walras ")
]
QUICK = ("new", "explain", "list", "microgrid", "schema", "validate", "why")
SLOW = {"couple", "judge", "price-rules", "roll", "study"}


def file_with(key):
    """The YAML block that begins with some key."""
    (block,) = (block for language, block in BLOCKS if language == "yaml" and block.startswith(key))
    return block


def test_every_kind_of_command_is_shown():
    shown = {arguments[0] for arguments in COMMANDS}
    assert shown == {
        "new",
        "compare",
        "run",
        "sweep",
        "paper",
        "validate",
        "show",
        "bench",
        "microgrid",
        "list",
        "schema",
        "explain",
        "why",
    }


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_every_command_can_be_read(arguments):
    """Its options are there, and take the values shown."""
    name, *rest = arguments
    parent = click.Context(walras)
    command = walras.get_command(parent, name)
    assert command.make_context(name, rest, parent=parent).command is command


@pytest.mark.parametrize(
    "arguments",
    [command for command in COMMANDS if command[0] in QUICK and not SLOW & set(command)],
    ids=" ".join,
)
def test_quick_commands_run(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my_scenario.yaml").write_text(file_with("name: my_scenario"))
    answer = walras_command(*arguments)
    assert answer.code == 0, answer
    assert answer.out


@pytest.mark.parametrize(
    "arguments",
    [["run", "rts24", "--mechanism", "slope-bids"], ["compare", "rts24", "--out", "results"]],
    ids=" ".join,
)
def test_runs_and_comparisons_run(arguments, tmp_path, monkeypatch):
    assert arguments in COMMANDS
    monkeypatch.chdir(tmp_path)
    assert walras_command(*arguments, "--tolerance", "1e-3").code == 0
    if "--out" in arguments:
        assert ["show", "results"] in COMMANDS
        assert "rts24" in walras_command("show", "results").out


def test_the_sweep_file_is_read(tmp_path):
    (tmp_path / "sweep.yaml").write_text(file_with("scenario: rts24"))
    plan = plan_sweep(load_sweep(tmp_path / "sweep.yaml"), tmp_path / "sweep.yaml", executor="compiled")
    assert len(plan.runs) == 6


def test_the_own_parts_shown_are_those_of_the_template(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "own_parts", raising=False)
    write_template(tmp_path / "mine")
    path = tmp_path / "mine" / "with_hydrogen.yaml"
    path.write_text(file_with("name: with_hydrogen"))
    shown = load_scenario(path, allow_code=True)
    assert shown.agents == load_scenario(tmp_path / "mine" / "with_own_parts.yaml", allow_code=True).agents


def test_the_instance_of_the_readme_is_read(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(file_with("generator:"))
    instance = read_instance(path)
    assert (len(instance.sites), len(instance.jobs), instance.carbon_budget_t) == (6, 40, 120)
    assert (instance.classes["chat"].latency_ms, instance.sites["site1"].import_mw) == (40, 20)
