"""A sweep that is killed continues where it stopped; no finished run is repeated or lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from multiprocessing import active_children

import pandas as pd
import pytest
from support.command import walras_command
from support.small_sweep import FIXED, stamps, tables, write_sweep

from walras.experiments.sweep.plan import plan_sweep
from walras.experiments.sweep.sweep_folder import open_sweep_folder
from walras.experiments.sweep.sweep_reading import load_sweep
from walras.experiments.sweep.work import run_tasks
from walras.experiments.workers.local_workers import LocalWorkers
from walras.experiments.workers.task import LostWorkerError

ELASTICITIES = [round(-0.2 - 0.02 * step, 2) for step in range(8)]
# What is started in the background may be deaf to Ctrl-C, and so would be its children.
_SCRIPT = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from walras.experiments.cli import main; main()"
)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sweep")
    return write_sweep(folder, set=FIXED, grid={"consumers.price_elasticity": ELASTICITIES})


@pytest.fixture(scope="module")
def unbroken(source):
    out = source.parent / "unbroken"
    assert walras_command("sweep", source, "--workers", 2, "--out", out).code == 0
    return out


def finished(out) -> int:
    return len([path for path in out.glob("runs/*") if not path.name.startswith(".")])


def broken_off(source, out, number: signal.Signals) -> subprocess.CompletedProcess:
    """A sweep in a process group of its own that gets a signal as soon as two runs are finished."""
    command = [sys.executable, "-c", _SCRIPT, "sweep", source, "-q", "--workers", "1", "--out", out]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, start_new_session=True, **pipes)
    while finished(out) < 2 and process.poll() is None:
        time.sleep(0.002)
    send = process.send_signal if number == signal.SIGKILL else lambda number: os.killpg(process.pid, number)
    send(number)
    stdout, stderr = process.communicate(timeout=120)
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def assert_same_tables(one, other):
    for ours, theirs in zip(tables(one), tables(other), strict=True):
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_a_killed_sweep_continues_and_ends_as_an_unbroken_one(source, unbroken, tmp_path):
    out = tmp_path / "out"
    assert broken_off(source, out, signal.SIGKILL).returncode == -signal.SIGKILL
    before = stamps(out)
    assert 2 <= finished(out) < len(ELASTICITIES)
    assert not (out / "runs.parquet").exists()
    assert walras_command("sweep", source, "--workers", 2, "--out", out).code == 0
    assert finished(out) == len(ELASTICITIES)
    after = stamps(out)
    assert {path: after[path] for path in before} == before
    assert_same_tables(out, unbroken)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_keeps_what_is_finished_and_says_how_to_go_on(source, unbroken, tmp_path, number):
    out = tmp_path / "out"
    process = broken_off(source, out, number)
    assert process.returncode == 128 + number
    assert process.stdout == ""
    done = finished(out)
    assert 2 <= done < len(ELASTICITIES)
    words = f"interrupted; {done} of 8 runs are finished and kept in {out}; the same command goes on from there"
    # A slow machine has told how far it was before.
    *progress, last = process.stderr.splitlines()
    assert last == f"error: {source}: {words}"
    assert all(line.startswith("run ") for line in progress)
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]
    before = stamps(out)
    assert walras_command("sweep", source, "--out", out).code == 0
    assert before.items() <= stamps(out).items()
    assert_same_tables(out, unbroken)


def test_a_worker_that_is_killed_is_told_and_what_is_finished_is_kept(source, tmp_path):
    plan = plan_sweep(load_sweep(source), source, executor="compiled")
    with open_sweep_folder(tmp_path / "out", plan) as folder:
        statuses = LocalWorkers(1).execute(run_tasks(plan, folder, plan.executor))
        assert next(statuses) == "converged"
        (worker,) = active_children()
        worker.kill()
        with pytest.raises(LostWorkerError, match="a worker was killed"):
            list(statuses)
        assert 1 <= sum(folder.is_finished(run) for run in plan.runs) < len(plan.runs)
    assert active_children() == []


def test_what_a_killed_sweep_left_half_written_is_cleared_away(source, unbroken, tmp_path):
    out = shutil.copytree(unbroken, tmp_path / "out")
    lost = next((out / "runs").iterdir())
    lost.rename(lost.with_name(f".{lost.name}-x1y2"))
    (out / "runs.parquet").unlink()
    assert walras_command("sweep", source, "--out", out).code == 0
    assert finished(out) == len(list((out / "runs").iterdir())) == len(ELASTICITIES)
    assert_same_tables(out, unbroken)
