"""On stdout is one JSON document, whatever solvers, in this process or in its workers, would like to add.

Only a process of its own shows it: solvers write past Python to the file descriptor.
"""

import os
import subprocess
import sys

import pytest
from support.command import walras_process
from support.small_sweep import CALM, write_small_scenario, write_sweep


@pytest.mark.parametrize("executor", ["serial", "compiled"])
def test_a_run_prints_its_document_alone(tmp_path, executor):
    scenario = write_small_scenario(tmp_path)
    answer = walras_process("run", scenario, "--json", "--executor", executor, "--tolerance", 1e-2)
    assert answer.document["status"] == "converged"
    assert answer.code == 0, answer.err


def test_the_workers_of_a_sweep_print_nothing(tmp_path):
    plan = write_sweep(tmp_path, set={"coordinator.tolerance": 1e-2}, runs=[CALM, {"seed": 2}], monolith=True)
    answer = walras_process("sweep", plan, "--workers", 2, "--json", "--out", tmp_path / "out")
    assert {run["status"] for run in answer.document["runs"]} == {"converged"}
    assert answer.code == 0, answer.err


def test_who_has_read_enough_is_told_nothing():
    """As `walras list | head -1` does once `head` is gone."""
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "-c", "from walras.experiments.cli import main; main()", "list"]
    with os.fdopen(writes, "w") as out:
        result = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (result.returncode, result.stderr) == (1, b"")
