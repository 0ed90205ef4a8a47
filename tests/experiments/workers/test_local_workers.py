"""Tasks in worker processes: begun in the order given, told as they end, and no error is hidden."""

import operator
import os
import signal
import time
from contextlib import closing
from functools import partial
from multiprocessing import active_children

import pytest
from support.tasks import kept_slowly, told

from walras.experiments.workers.local_workers import LocalWorkers


def test_one_worker_takes_the_tasks_in_their_order(tmp_path):
    """Each folder needs the one before."""
    paths = [tmp_path.joinpath(*"abcde"[:depth]) for depth in range(1, 6)]
    list(LocalWorkers(1).execute([told(partial(os.mkdir, path)) for path in paths]))
    assert paths[-1].is_dir()


def test_there_are_no_more_processes_than_workers_and_this_one_computes_nothing():
    seen = set(LocalWorkers(2).execute([told(os.getpid)] * 8))
    assert 1 <= len(seen) <= 2
    assert os.getpid() not in seen


def test_the_error_of_a_task_is_raised_and_the_workers_end():
    with pytest.raises(ZeroDivisionError):
        list(LocalWorkers(1).execute([told(partial(operator.truediv, 1, 0))]))
    assert active_children() == []


def test_what_a_worker_has_begun_to_keep_is_kept_before_it_ends(tmp_path):
    place = tmp_path / "kept"
    with closing(LocalWorkers(1).execute([told(os.getpid), kept_slowly(place)])) as ended:
        next(ended)
        while not place.exists():
            time.sleep(0.01)
    assert place.read_text() == "kept"
    assert active_children() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_to_all_processes_are_left_to_the_parent(tmp_path, number):
    place = tmp_path / "kept"
    tasks = [told(os.getpid), kept_slowly(place), told(os.getpid)]
    with closing(LocalWorkers(1).execute(tasks)) as ended:
        worker = next(ended)
        os.kill(worker, number)
        assert list(ended) == [None, worker]
    assert place.read_text() == "kept"
