"""Peers: environments that are refused, results that are certified, and what scripts compute."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import cvxpy as cp
import numpy as np
import pytest
from support.fake_peer import fake_peer, solving_peer

from walras.experiments.bench.peers.environments import PeerEnvironment
from walras.experiments.bench.peers.path import path_rows
from walras.experiments.bench.peers.peers import peer_rows
from walras.experiments.bench.rows.row import Kind, Subject
from walras.experiments.errors import PeerError


def rows(small, environment, tolerances=(1e-3, 1e-6)):
    return peer_rows(Subject(small, Kind.PEER, environment.peer), small.exchange, environment, tolerances, 5.0)


def test_the_first_checkpoint_that_is_certified_counts(small, tmp_path):
    loose, tight = rows(small, solving_peer(tmp_path, [0.5, 0.999, 1.0, 1.0]))
    assert (loose.rounds, loose.iterate_seconds, loose.compile_seconds) == (20, 4.0, 0.5)
    assert (tight.rounds, tight.iterate_seconds) == (30, 6.0)
    assert loose.reached
    assert tight.reached
    assert tight.outcome == "dede 9.9, checkpoint 3 of 4"
    assert (tight.bytes_per_round, tight.messages_per_round) == (100, 4)


def test_a_peer_that_says_it_is_done_has_still_not_got_there(small, tmp_path):
    (row,) = rows(small, solving_peer(tmp_path, [0.5, 0.6]))
    assert not row.reached
    assert row.rounds == 20


def test_a_result_of_nan_is_none(small, tmp_path):
    (row,) = rows(small, solving_peer(tmp_path, [float("inf")]))
    assert not row.reached


def test_a_peer_that_fails_is_a_row_with_its_last_words(small, tmp_path):
    program = "import sys\nif sys.argv[1] != '-c':\n    sys.exit('no more memory')\n"
    (row,) = rows(small, fake_peer(tmp_path, program))
    assert not row.reached
    assert row.outcome == "dede fails: no more memory"


def test_a_peer_that_writes_nothing_is_a_row_that_says_so(small, tmp_path):
    (row,) = rows(small, fake_peer(tmp_path, ""))
    assert "wrote no result that can be read" in row.outcome


@pytest.mark.parametrize(
    ("peer", "python", "why"),
    [
        ("gurobi", sys.executable, "'gurobi' is no peer that walras knows; known are a2dr, dede, path"),
        ("dede", "/no/such/python", "dede: /no/such/python is no program"),
        ("a2dr", sys.executable, "No module named 'a2dr'"),
    ],
)
def test_an_environment_that_cannot_work_is_refused_at_once(peer, python, why):
    with pytest.raises(PeerError, match=why):
        PeerEnvironment(peer, Path(python))


@pytest.mark.parametrize("peer", ["a2dr", "dede", "path"])
def test_every_peer_has_a_script(tmp_path, peer):
    assert fake_peer(tmp_path, "", peer).script.is_file()


_PATH = """
import sys
import numpy as np
if sys.argv[1] == "-c":
    sys.exit(0)
with np.load(sys.argv[2]) as data:
    problem = dict(data)
M = np.zeros((len(problem["q"]),) * 2)
M[problem["rows"], problem["columns"]] = problem["values"]
u, lower, upper = np.clip(0.0, problem["lower"], problem["upper"]), problem["lower"], problem["upper"]
points = [u]
# Extragradient steps; Korpelevich, 1976.
step = 0.5 / np.linalg.norm(M, 2)
for _ in range(200_000):
    half = np.clip(u - step * (M @ u + problem["q"]), lower, upper)
    u = np.clip(u - step * (M @ half + problem["q"]), lower, upper)
points.append(u)
np.savez(
    sys.argv[3], iterations=[1, 200_000], seconds=[0.1, 2.0], points=points, status=["Optimal", "Optimal"],
    setup_seconds=0.5, version="9.9",
)
"""


def test_points_of_path_are_certified_whatever_it_says(small, tmp_path):
    environment = fake_peer(tmp_path, _PATH, "path")
    loose, tight = path_rows(Subject(small, Kind.COMPLEMENTARITY, "path"), environment, (1e-3, 1e-6), 5.0)
    assert loose.reached
    assert tight.reached
    assert (loose.rounds, loose.iterate_seconds, loose.outcome) == (200_000, 2.0, "GAMS 9.9 says Optimal")
    assert loose.compile_seconds >= 0.5


def test_path_without_a_licence_is_a_row_that_says_so(small, tmp_path):
    program = "import sys\nif sys.argv[1] != '-c':\n    sys.exit('2750 unknowns: no licence')\n"
    environment = fake_peer(tmp_path, program, "path")
    (row,) = path_rows(Subject(small, Kind.COMPLEMENTARITY, "path"), environment, (1e-3, 1e-6), 5.0)
    assert not row.reached
    assert row.outcome == "path fails: 2750 unknowns: no licence"


@pytest.fixture
def a2dr_script(monkeypatch):
    """The script of A2DR, which is not installed here."""
    stand_in = ModuleType("a2dr")
    stand_in.a2dr = None
    monkeypatch.setitem(sys.modules, "a2dr", stand_in)
    name = "walras.experiments.bench.peers.peer_scripts.a2dr_exchange"
    yield importlib.import_module(name)
    sys.modules.pop(name)


@pytest.mark.parametrize("room", [np.inf, 5.0, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_proximal_operators_given_to_a2dr_are_those_of_the_agents(a2dr_script, seed, room):
    v = np.random.default_rng(seed).normal(1.0, 2.0, 6)
    marginal, slope, t = -0.4, 0.7, 1.3
    x = cp.Variable(6, nonneg=True)
    cost = marginal * cp.sum(x) + slope / 2 * cp.square(cp.sum(x)) + cp.sum_squares(x - v) / (2 * t)
    cp.Problem(cp.Minimize(cost), [cp.sum(x) <= min(room, 1e6)]).solve(solver=cp.DAQP)
    assert a2dr_script.proximal(marginal, slope, room)(v, t) == pytest.approx(x.value, abs=1e-6)


def test_the_program_that_is_checked_is_the_one_that_runs(small, tmp_path, monkeypatch):
    """A name without a slash was looked up in PATH, and `./python` loses its slash in a Path."""
    solving_peer(tmp_path, [1.0])
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "python").write_text(f"#!{sys.executable}\nimport sys\nsys.exit('another program')\n")
    (elsewhere / "python").chmod(0o755)
    monkeypatch.setenv("PATH", str(elsewhere))
    monkeypatch.chdir(tmp_path)
    (row, *_) = rows(small, PeerEnvironment("dede", Path("./python")))
    assert row.reached, row.outcome


def test_a_file_that_is_no_program_is_refused_at_once(tmp_path):
    path = tmp_path / "python"
    path.write_bytes(b"\x7fELF nonsense")
    path.chmod(0o755)
    with pytest.raises(PeerError, match=r"dede: .*python is no program that can be run"):
        PeerEnvironment("dede", path)
    with pytest.raises(PeerError, match="is no program"):
        PeerEnvironment("dede", Path("x" * 5000))
