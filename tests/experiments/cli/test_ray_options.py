"""Options of the executor on Ray: what cannot be had is said in a sentence, before anything is computed."""

import socket
import sys

import pytest
from support.command import walras_command
from support.small_sweep import write_sweep

from walras.coordinator.executors.on_ray.session import imported_ray

SCENARIO = ("run", "rts24", "-q")
ON_RAY = (*SCENARIO, "--executor", "ray")


def closed_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


@pytest.fixture(autouse=True)
def no_ray_in_this_process(monkeypatch):
    """Other tests may have started one."""
    monkeypatch.setattr(imported_ray(), "is_initialized", lambda: False)


REFUSED = {
    "an option without Ray": ([*SCENARIO, "--inner", "batched"], "--inner needs --executor ray."),
    "an address without Ray": (
        ["paper", "-q", "--ray-address", "a:1"],
        "--ray-address needs --on ray or --executor ray.",
    ),
    "an inner one without its executor": (
        ["sweep", "s.yaml", "--on", "ray", "--inner", "batched"],
        "--inner needs --executor ray.",
    ),
    "both whole runs and their agents": (
        ["sweep", "s.yaml", "--on", "ray", "--executor", "ray"],
        "--on ray has Ray compute whole runs, --executor ray the agents of one run; name one of the two.",
    ),
    "the same in the case study": (["paper", "--on", "ray", "--executor", "ray"], "name one of the two"),
    "a single run": ([*SCENARIO, "--on", "ray"], "No such option"),
    "a place that is none": (["paper", "--on", "moon"], "'moon' is not one of 'local', 'ray'"),
    "no worker": ([*ON_RAY, "--workers", "0"], "0 is not in the range"),
    "no address": ([*ON_RAY, "--ray-address", "ray://here"], "the address of Ray is 'ray://here'; host:port is needed"),
    "a port that is none": ([*ON_RAY, "--ray-address", "127.0.0.1:99999999"], "there is no Ray at 127.0.0.1:99999999"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_options_are_refused(case):
    arguments, told = REFUSED[case]
    answer = walras_command(*arguments)
    assert answer.code == 2
    assert told in answer.err
    assert "Traceback" not in answer.err


def test_an_address_without_anybody_is_refused():
    address = f"127.0.0.1:{closed_port()}"
    answer = walras_command(*ON_RAY, "--ray-address", address)
    assert answer.code == 2
    assert f"there is no Ray at {address}" in answer.err


@pytest.mark.parametrize("command", [ON_RAY, ["sweep", "s.yaml", "--on", "ray"], ["paper", "--on", "ray"]], ids=str)
def test_without_ray_a_sentence_says_how_to_get_it(monkeypatch, tmp_path, command):
    monkeypatch.setitem(sys.modules, "ray", None)
    monkeypatch.chdir(tmp_path)
    write_sweep(tmp_path, grid={"seed": [1]}).rename("s.yaml")
    answer = walras_command(*command)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith("error: Ray is needed (")
    assert "pip install 'walras[ray]'" in answer.err
