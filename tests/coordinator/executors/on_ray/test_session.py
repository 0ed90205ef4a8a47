"""A Ray that takes too long to begin: said in a sentence, and left when it comes after all."""

import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from walras.coordinator.executor import UnavailableError
from walras.coordinator.executors.on_ray import session


@pytest.mark.parametrize("joins", [False, True])
def test_a_ray_that_comes_too_late_is_told_and_left(monkeypatch, joins):
    comes, left, is_there = threading.Event(), threading.Event(), []

    def init(**_):
        comes.wait(10)
        is_there.append(True)

    def shutdown():
        is_there.clear()
        left.set()

    slow = SimpleNamespace(is_initialized=lambda: False, init=init, shutdown=shutdown)
    slow.exceptions = SimpleNamespace(RayError=OSError)
    monkeypatch.setattr(session, "imported_ray", lambda: slow)
    monkeypatch.setattr(session, "_BEGUN_SECONDS", 0.2)
    monkeypatch.setattr(session.socket, "create_connection", lambda *_, **__: SimpleNamespace(close=lambda: None))
    told = "here:1: what listens there does not answer within" if joins else "Ray cannot be started here: it did not"
    with pytest.raises(UnavailableError, match=told), session.connected("here:1" if joins else None, 1):
        pass
    assert not left.is_set()
    comes.set()
    assert left.wait(10)
    assert not is_there


_LEAVING = """
import os, signal
from contextlib import contextmanager
from walras.coordinator.executors.on_ray import session

real = session.own_folder

@contextmanager
def own_folder():
    with real() as folder:
        yield folder
        os.kill(os.getpid(), signal.SIGTERM)
    print(folder)

session.own_folder = own_folder
signal.signal(signal.SIGTERM, lambda *_: print("heard"))
with session.connected(None, 1):
    pass
"""


def test_a_signal_while_a_ray_is_left_does_not_leave_its_folder():
    """Ray's own end puts the system's handler back, which would end the process there."""
    told = subprocess.run([sys.executable, "-c", _LEAVING], capture_output=True, text=True, timeout=100, check=True)
    folder, heard = told.stdout.splitlines()
    assert heard == "heard"
    assert not Path(folder).exists()
