"""What goes wrong in a worker: it is replaced and the round made again, or one sentence says who is concerned."""

import socket
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from cases import two_agents
from support.faulty_executors import Failing

from walras.agents import AgentError
from walras.coordinator import ADMM, Compiled, MaxRounds, Prices, run
from walras.coordinator.executor import NotAnsweringError, UnavailableError
from walras.coordinator.executors.on_ray.on_ray import OnRay
from walras.coordinator.executors.on_ray.shard_answers import ShardAnswers

pytestmark = pytest.mark.usefixtures("local_ray")


@pytest.fixture(scope="module")
def market():
    return two_agents.rising_cost().market


def run_of(market, executor):
    return run(market, ADMM(), executor, stop=MaxRounds(6))


def test_a_worker_that_hangs_is_replaced(market, tmp_path):
    hanging = Failing(tmp_path, times=1, from_question=3, hangs=True, agent_name=market.agents[-1].name)
    outcome = run_of(market, OnRay(hanging, workers=2, patience_seconds=6.0))
    assert len(list(tmp_path.iterdir())) == 1
    expected = run_of(market, Compiled())
    assert outcome.best.prices.tobytes() == expected.best.prices.tobytes()
    assert outcome.best.allocation.trades.tobytes() == expected.best.allocation.trades.tobytes()


def test_a_worker_that_fails_again_and_again_is_named_with_its_agents(market, tmp_path, capfd):
    name = market.agents[-1].name
    failing = Failing(tmp_path, times=99, from_question=1, hangs=False, agent_name=name)
    with pytest.raises(NotAnsweringError, match=rf"shard 2 of 2 \(agents {name}\) was lost 3 times.*ActorDied"):
        run_of(market, OnRay(failing, workers=2))
    assert len(list(tmp_path.iterdir())) == 3
    assert capfd.readouterr() == ("", "")


@dataclass(frozen=True)
class Refusing:
    """Finds no best response."""

    def compile(self, market):
        raise AgentError(f"agent {market.agents[0].name} has no best response")


def test_what_an_agent_says_is_an_answer_of_its_worker(market):
    answers = ShardAnswers(Refusing(), market)
    for heard in (answers.compile(), answers.answer(Prices(np.zeros(1)))):
        assert isinstance(heard, AgentError)
        assert str(heard) == f"agent {market.agents[0].name} has no best response"


class Larger:
    """What Ray finds no room for."""

    answers = Compiled().answers

    def __reduce__(self):
        import ray

        raise ray.exceptions.ObjectStoreFullError("no room for 3 GB")


def test_what_ray_has_no_room_for_is_said(market):
    with pytest.raises(UnavailableError, match="start 2 workers: ObjectStoreFullError: The local object store is full"):
        run_of(market, OnRay(Larger(), workers=2))


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"workers": 0}, "workers is 0; at least 1"), ({"patience_seconds": 0.0}, "patience_seconds is 0.0; a number")],
)
def test_settings_that_cannot_be_are_refused(settings, told):
    with pytest.raises(ValueError, match=told):
        OnRay(**settings)


def test_another_ray_than_the_one_of_this_process_is_refused():
    with pytest.raises(UnavailableError, match=r"this process uses the Ray at .* already; 127.0.0.1:1 is another"):
        OnRay(address="127.0.0.1:1").compile(two_agents.rising_cost().market)


_JOINING = """
from walras.coordinator.executor import UnavailableError
from walras.coordinator.executors.on_ray import session
session._BEGUN_SECONDS = 2.0
try:
    with session.connected("127.0.0.1:{port}", 1):
        pass
except UnavailableError as error:
    print(error)
"""


def test_who_takes_calls_and_answers_none_is_not_waited_for():
    """In a process of its own: what Ray has begun there goes on in a thread."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        joining = [sys.executable, "-c", _JOINING.format(port=port)]
        told = subprocess.run(joining, capture_output=True, text=True, timeout=60, check=True)
    assert told.stdout == f"there is no Ray at 127.0.0.1:{port}: what listens there does not answer within 2 s\n"
