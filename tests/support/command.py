"""The command line as its users meet it, in this process or in one of its own."""

import json
import subprocess
import sys
import traceback
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from click.testing import CliRunner

from walras.experiments.cli import progress
from walras.experiments.cli.commands import walras

_SCRIPT = "from walras.experiments.cli import main; main()"


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What stdout says, if it is one JSON document and nothing else."""
        return json.loads(self.out)


def walras_command(*arguments: object) -> Answer:
    """Call a command in this process; an exception that escapes it counts as what a user would see of it."""
    # A slow machine is no reason for other messages.
    with patch.object(progress, "EVERY_SECONDS", 1e6):
        result = CliRunner().invoke(walras, [str(argument) for argument in arguments])
    err = result.stderr
    if result.exc_info is not None and not isinstance(result.exception, SystemExit | None):
        err += "".join(traceback.format_exception(*result.exc_info))
    return Answer(result.exit_code, result.stdout, err)


def walras_process(*arguments: object) -> Answer:
    """Call the console script in a process of its own."""
    command = [sys.executable, "-c", _SCRIPT, *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return Answer(result.returncode, result.stdout, result.stderr)


def settings(*overrides: str) -> list[str]:
    """Overrides as options of a command."""
    return [word for override in overrides for word in ("--set", override)]


def assert_refused(answer: Answer, *needles: str) -> None:
    """The input was wrong: exit code 2, a message with all needles on stderr, nothing on stdout."""
    assert "Traceback" not in answer.err
    assert answer.code == 2, answer
    assert answer.out == ""
    for needle in needles:
        assert needle in answer.err, f"{needle!r} is not in {answer.err!r}"
