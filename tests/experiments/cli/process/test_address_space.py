"""Too little memory is an error before anything is loaded, and where it runs out later."""

import os
import resource
import subprocess
import sys

import pytest
from support.command import walras_command

from walras.experiments.cli.process import address_space

_SCRIPT = "from walras.experiments.cli import main; main()"


@pytest.mark.parametrize("kib", [300_000, 500_000, 700_000, 1_000_000])
def test_a_limit_that_is_too_low_to_load_libraries_is_told_at_once(kib):
    command = [sys.executable, "-c", _SCRIPT, "run", "rts24"]
    limit = 1024 * kib
    answer = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr.count("\n") == 1
    assert f"not enough memory: this process may map {kib // 1024} MiB (ulimit -v)" in answer.stderr


def test_without_a_limit_nothing_is_wanting_and_threads_are_as_many_as_ever(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    monkeypatch.setattr(os, "environ", {})
    assert address_space.want_of_address_space() is None
    assert os.environ == {}


def test_under_a_limit_libraries_get_one_thread_unless_the_user_has_said_how_many(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (2**31, resource.RLIM_INFINITY))
    monkeypatch.setattr(os, "environ", {"OMP_NUM_THREADS": "3"})
    assert address_space.want_of_address_space() is None
    assert os.environ["OMP_NUM_THREADS"] == "3"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


def test_memory_that_runs_out_later_is_an_error_in_one_line(monkeypatch):
    def fail(*_, **__):
        raise MemoryError("Unable to allocate 80 TiB")

    monkeypatch.setattr("walras.experiments.cli.solve.decompose", fail)
    answer = walras_command("run", "rts24")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err == "error: not enough memory: Unable to allocate 80 TiB\n"
