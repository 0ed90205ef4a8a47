"""Integer programmes: an interrupt leaves no search running, however early it comes."""

import threading

import numpy as np
import pytest
import scipy.sparse as sp

from walras.coordinator.programmes.integer_programme import IntegerInterrupted, IntegerProgramme, solve_integer


def knapsack(items):
    random = np.random.default_rng(0)
    rows = sp.csc_array(random.uniform(1, 2, (5, items)))
    none, ones = np.zeros(items), np.ones(items)
    values, room = -random.uniform(1, 2, items), np.full(5, items / 3)
    return IntegerProgramme(values, 0.0, rows, np.full(5, -np.inf), room, none, ones, ones > 0)


def assert_none_runs_beside(before):
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize("after", [True, False])
def test_interrupted_while_the_search_begins_it_ends(monkeypatch, after):
    start, main, before = threading.Thread.start, threading.current_thread(), set(threading.enumerate())

    def interrupted(self):
        if after or threading.current_thread() is not main:
            start(self)
        if threading.current_thread() is main:
            raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(IntegerInterrupted) as caught:
        solve_integer(knapsack(200), 0.0)
    assert caught.value.incumbent.status == "interrupted"
    assert_none_runs_beside(before)


def test_a_search_whose_progress_cannot_be_told_ends():
    before = set(threading.enumerate())

    def told(*_):
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        solve_integer(knapsack(200), 0.0, seconds=20.0, on_progress=told)
    assert_none_runs_beside(before)
