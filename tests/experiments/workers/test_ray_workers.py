"""Tasks on Ray: the folders of local workers, nothing lost with a process, nothing left at work."""

import json
import operator
import os
import signal
import sys
import time
from contextlib import closing, contextmanager, suppress
from functools import partial
from importlib import import_module
from itertools import pairwise
from types import ModuleType

import pandas as pd
import pytest
from support.command import walras_command
from support.small_sweep import CALM, CUT_SHORT, FIXED, UNSERVABLE, stamps, write_sweep
from support.tasks import begun_and_ended, lost_at_first, signal_and_wait, told

from walras.coordinator.executor import UnavailableError
from walras.coordinator.executors.on_ray.session import connected, imported_ray
from walras.experiments.paper.chain_tasks import chain_tasks
from walras.experiments.paper.chains import Chain
from walras.experiments.paper.paper_folder import PaperFolder
from walras.experiments.sweep.plan import plan_sweep
from walras.experiments.sweep.run_tables import sweep_tables, write_tables
from walras.experiments.sweep.sweep_folder import open_sweep_folder
from walras.experiments.sweep.sweep_reading import load_sweep
from walras.experiments.sweep.work import run_tasks
from walras.experiments.workers.ray_workers import RayWorkers
from walras.experiments.workers.task import LostWorkerError, Task

# The command of this name hides its module.
command = import_module("walras.experiments.cli.sweep")


@pytest.fixture(scope="module", autouse=True)
def local_ray():
    """One Ray for all tests here; it is used, and stays."""
    with connected(None, 2):
        yield
        assert imported_ray().is_initialized()


def timeless(document):
    """A document without what depends on the machine."""
    if isinstance(document, dict):
        return {key: timeless(value) for key, value in document.items() if key != "seconds"}
    return [timeless(item) for item in document] if isinstance(document, list) else document


def content(path):
    """What a file holds, seconds apart; tables without seconds byte for byte."""
    if path.suffix == ".json":
        return timeless(json.loads(path.read_text()))
    table = pd.read_parquet(path)
    return table.drop(columns="seconds").to_json() if "seconds" in table else path.read_bytes()


def contents(folder):
    return {path.relative_to(folder).as_posix(): content(path) for path in folder.rglob("*") if path.is_file()}


def test_a_sweep_leaves_the_folders_that_it_leaves_elsewhere(tmp_path):
    runs = [CUT_SHORT, CALM, UNSERVABLE]
    source = write_sweep(tmp_path, set=FIXED, runs=runs, grid={"seed": [1]}, monolith=True)
    here, there = tmp_path / "here", tmp_path / "there"
    plan = plan_sweep(load_sweep(source), source, executor="compiled")
    with open_sweep_folder(here, plan) as folder:
        statuses = [task.keep(task.compute()) for task in run_tasks(plan, folder, "compiled")]
        write_tables(folder, *sweep_tables(plan, folder))
    assert statuses == ["not_converged", "converged", "failed"]
    answer = walras_command("sweep", source, "-q", "--workers", 2, "--out", there, "--on", "ray")
    assert (answer.code, answer.err) == (1, "")
    assert contents(there) == contents(here)
    assert len(contents(here)) == 2 * 4 + 1 + 3


def test_a_chain_of_the_case_study_has_the_same_rows(tmp_path):
    """Up to what threads of linear algebra do to them, of which this process may have more."""
    chain, folder = Chain("rts96", "ex_post", "generator", 0.0, (0.9,)), PaperFolder(tmp_path)
    (tmp_path / "chains").mkdir()
    (task,) = chain_tasks([chain], folder)
    assert list(RayWorkers(1).execute([task])) == [chain]
    rows, expected = (table.drop(columns=["reason", "unique"]) for table in (folder.read([chain]), task.compute()))
    pd.testing.assert_frame_equal(rows, expected, rtol=1e-4, atol=1e-6)


def test_no_more_tasks_are_sent_than_are_to_be_computed_at_once():
    times = sorted(RayWorkers(1).execute([told(partial(begun_and_ended, 0.02))] * 5))
    assert all(end <= begin for (_, end), (begin, _) in pairwise(times))


def test_the_error_of_a_task_is_raised():
    with pytest.raises(ZeroDivisionError):
        list(RayWorkers(1).execute([told(partial(operator.truediv, 1, 0))]))


def test_another_version_of_walras_is_refused(monkeypatch):
    monkeypatch.setattr("walras.experiments.workers.ray_workers.version", lambda _: "99.0")
    with pytest.raises(UnavailableError, match=r"is installed where Ray computes; this is walras 99\.0$"):
        list(RayWorkers(1).execute([told(os.getpid)]))


def test_a_task_whose_code_is_not_there_is_named(monkeypatch):
    elsewhere = ModuleType("elsewhere")
    exec("def compute(): pass", vars(elsewhere))
    monkeypatch.setitem(sys.modules, "elsewhere", elsewhere)
    words = r"^a task was lost with its worker 3 times; is walras installed there\? .*: No module named 'elsewhere'$"
    with pytest.raises(LostWorkerError, match=words):
        list(RayWorkers(1).execute([told(elsewhere.compute)]))


def test_a_ray_that_has_no_core_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("walras.experiments.workers.ray_workers._LOOK_SECONDS", 0.05)
    monkeypatch.setattr(imported_ray(), "cluster_resources", dict)
    with pytest.raises(LostWorkerError, match="Ray has no core to compute with"):
        list(RayWorkers(1).execute([told(partial(begun_and_ended, 0.2))]))


def test_where_nothing_is_left_to_do_no_ray_is_needed():
    assert list(RayWorkers(2, "nowhere").execute([])) == []


def test_a_sweep_that_was_broken_off_here_goes_on_there(tmp_path, monkeypatch):
    source, out = write_sweep(tmp_path, set=FIXED, grid={"seed": [1, 2, 3]}), tmp_path / "out"

    @contextmanager
    def sweep_progress(runs, finished, *, quiet):
        yield lambda _: signal.raise_signal(signal.SIGTERM)

    with monkeypatch.context() as patched:
        patched.setattr(command, "sweep_progress", sweep_progress)
        answer = walras_command("sweep", source, "--on", "ray", "--workers", 1, "--out", out)
        assert (answer.code, answer.out) == (143, "")
        words = f"1 of 3 runs are finished and kept in {out}; the same command goes on from there"
        assert answer.err == f"error: {source}: interrupted; {words}\n"
    before = stamps(out)
    assert not list(out.rglob(".*"))
    assert walras_command("sweep", source, "--on", "ray", "--workers", 1, "--out", out).code == 0
    assert before.items() <= stamps(out).items()
    assert len(pd.read_parquet(out / "runs.parquet")) == 3


def is_alive(process):
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return True
    return False


def test_a_signal_ends_what_is_being_computed_and_keeps_what_is_finished(tmp_path):
    """It comes while results are waited for."""
    finished = Task("finished", os.getpid, lambda process: (tmp_path / "kept").write_text(str(process)))
    waiting = told(partial(signal_and_wait, signal.SIGINT, os.getpid(), tmp_path))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with closing(RayWorkers(1).execute([finished, waiting])) as ended, pytest.raises(KeyboardInterrupt):
            list(ended)
    finally:
        signal.signal(signal.SIGINT, before)
    process, deadline = int((tmp_path / "process").read_text()), time.monotonic() + 10
    while is_alive(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(process)


def test_a_task_is_computed_again_if_its_process_dies_and_named_if_that_happens_again(tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("walras.experiments.workers.ray_workers.MOST_LOSSES", 2)
    tasks = [lost_at_first(tmp_path, "once", 1), lost_at_first(tmp_path, "always", 99)]
    with closing(RayWorkers(1).execute(tasks)) as ended:
        assert next(ended) == "once"
        with pytest.raises(LostWorkerError, match=r"^always was lost with its worker 2 times: WorkerCrashedError: "):
            next(ended)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["always-0", "always-1", "once-0"]
    assert capfd.readouterr() == ("", "")
