"""A command imports itself and what it needs, and help is told without importing any."""

import json
import subprocess
import sys

import pytest
from support.command import walras_command

from walras.experiments.cli.commands import COMMANDS, walras

_SCRIPT = """
import json, sys
from walras.experiments.cli import main
try:
    main()
finally:
    sys.stderr.write("\\n" + json.dumps(sorted(sys.modules)))
"""
_OF_COMMANDS = {f"walras.experiments.cli{place.partition(':')[0]}" for place, _ in COMMANDS.values()}


def modules_after(*arguments):
    answer = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return set(json.loads(answer.stderr.splitlines()[-1]))


def test_help_tells_of_every_command_and_imports_none():
    assert not modules_after("--help") & _OF_COMMANDS
    told = walras_command("--help").out
    for name in COMMANDS:
        assert f"\n  {name} " in told


def test_a_run_imports_no_other_command_and_neither_tables_nor_figures():
    modules = modules_after("run", "rts24", "--mechanism", "slope-bids", "--executor", "batched", "-q")
    assert modules & _OF_COMMANDS == {"walras.experiments.cli.solve"}
    assert not modules & {"pandas", "pyarrow", "matplotlib", "markdown_it", "mesa", "scipy.stats"}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_tells_the_first_sentence_of_a_command(name):
    with walras.make_context("walras", [name, "--help"], resilient_parsing=True) as context:
        command = walras.get_command(context, name)
    assert command.name == name
    told = COMMANDS[name][1]
    first, _, _ = " ".join(command.help.split()).partition(". ")
    assert first.removesuffix(".") == told.removesuffix(".")


def test_an_unknown_command_is_refused():
    answer = walras_command("rum")
    assert answer.code == 2
    assert "No such command 'rum'" in answer.err


def test_before_it_holds_signals_a_command_does_not_import_what_takes_long():
    """`typing` is half of what there is between Python's own start and that."""
    script = (
        "import sys; sys.modules.pop('typing', None); import walras.experiments.cli; print('typing' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout == "False\n"
