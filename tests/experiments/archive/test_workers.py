"""Tasks in worker processes: begun in the order given, told as they end, and no error is hidden."""

import operator
import os
from functools import partial
from multiprocessing import active_children

import pytest

from walras.experiments.archive.workers import execute


def test_one_worker_takes_the_tasks_in_their_order(tmp_path):
    """Each folder needs the one before."""
    paths = [tmp_path.joinpath(*"abcde"[:depth]) for depth in range(1, 6)]
    list(execute([partial(os.mkdir, path) for path in paths], workers=1))
    assert paths[-1].is_dir()


def test_there_are_no_more_processes_than_workers_and_this_one_computes_nothing():
    seen = set(execute([os.getpid] * 8, workers=2))
    assert 1 <= len(seen) <= 2
    assert os.getpid() not in seen


def test_the_error_of_a_task_is_raised_and_the_workers_end():
    with pytest.raises(ZeroDivisionError):
        list(execute([partial(operator.truediv, 1, 0)], workers=1))
    assert active_children() == []
