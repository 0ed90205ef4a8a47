"""Linear algebra of a command gets one thread, unless the user has said how many."""

import json
import os
import subprocess
import sys

import pytest

from walras.experiments.cli.process.threads import one_thread_each

_SCRIPT = """
import json, os, sys
from walras.experiments.cli import main
try:
    main()
finally:
    sys.stderr.write("\\n" + json.dumps(dict(os.environ)))
"""


def test_a_command_begins_with_one_thread():
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    answer = subprocess.run(
        [sys.executable, "-c", _SCRIPT, "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=environment,
    )
    seen = json.loads(answer.stderr.splitlines()[-1])
    assert [seen[name] for name in names] == ["1", "1", "1"]


@pytest.mark.parametrize("name", ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"])
def test_what_the_user_has_said_holds(monkeypatch, name):
    monkeypatch.setattr(os, "environ", {name: "3"})
    one_thread_each()
    assert os.environ == {name: "3"}
