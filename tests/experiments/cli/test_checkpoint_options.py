"""`--checkpoint DIR --every K --resume`: whatever ends a run, it goes on and says what it would have said."""

import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import yaml
from support.command import assert_refused, settings, walras_command
from support.own_parts import PARTS, write_parts
from support.two_units import two_units

from walras.experiments.cli import solve

EX_POST = settings("disclosure=ex_post")
SLOPE_BIDS = [*EX_POST, "--mechanism", "slope-bids"]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Two units and a lender, whose purchase mix is disclosed: a run for each of two mixes."""
    folder = tmp_path_factory.mktemp("small")
    path = folder / "small.yaml"
    path.write_text(yaml.safe_dump(two_units(folder).model_dump(mode="json", exclude_unset=True)))
    return path


@pytest.fixture(autouse=True)
def listening():
    """Processes in the background may have been started deaf to Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def interrupted_after(monkeypatch):
    """Send a signal in some round of the next command."""

    def interrupt(number, round_number):
        def on_round(current):
            if current.number == round_number:
                signal.raise_signal(number)

        @contextmanager
        def progress_line(max_rounds, *, quiet):
            yield SimpleNamespace(on_round=on_round, on_phase=lambda _: None, on_step=lambda _: None)

        monkeypatch.setattr(solve, "progress_line", progress_line)

    yield interrupt
    monkeypatch.undo()


def without_seconds(answer):
    """All that was said on stdout but for what depends on the machine."""
    document = dict(answer.document)
    del document["seconds"]
    if "equilibrium" in document:
        document["equilibrium"] = {**document["equilibrium"], "seconds": 0}
    return document


@pytest.mark.parametrize(
    ("command", "number", "given", "round_number"),
    [
        ("run", signal.SIGTERM, EX_POST, 57),
        ("compare", signal.SIGINT, SLOPE_BIDS, 4),
        # The second purchase mix is disclosed by then.
        ("run", signal.SIGINT, [], 190),
    ],
    ids=["run", "compare", "ex ante"],
)
def test_what_a_signal_breaks_off_goes_on(
    small, tmp_path, interrupted_after, monkeypatch, command, number, given, round_number
):
    words = [command, small, *given, "--json"]
    unbroken = walras_command(*words)
    assert unbroken.document["rounds"] > round_number
    kept = ["--checkpoint", tmp_path / "kept"]
    interrupted_after(number, round_number)
    broken_off = walras_command(*words, *kept)
    monkeypatch.undo()
    assert (broken_off.code, broken_off.document["rounds"]) == (128 + number, round_number)
    assert broken_off.err == ""
    resumed = walras_command(*words, *kept, "--resume")
    assert resumed.code == unbroken.code == 0
    assert f"the run goes on after round {round_number}\n" in resumed.err
    assert without_seconds(resumed) == without_seconds(unbroken)


def test_what_is_killed_goes_on(small, tmp_path):
    words = ["run", str(small), "--json"]
    kept = ["--checkpoint", str(tmp_path / "kept"), "--every", "3"]
    script = "from walras.experiments.cli import main; main()"
    process = subprocess.Popen([sys.executable, "-c", script, *words, *kept], stdout=subprocess.PIPE, text=True)
    while process.poll() is None and not list(tmp_path.glob("kept/*.walras")):
        time.sleep(0.005)
    process.kill()
    assert process.communicate() == ("", None)
    resumed = walras_command(*words, *kept, "--resume")
    assert "the run goes on after round" in resumed.err
    assert without_seconds(resumed) == without_seconds(walras_command(*words))


def test_a_spent_budget_is_raised(small, tmp_path):
    words = ["run", small, *SLOPE_BIDS, "--json"]
    kept = ["--checkpoint", tmp_path / "kept"]
    assert walras_command(*words, *kept, "--max-rounds", 3).code == 3
    longer = walras_command(*words, *kept, "--resume")
    assert longer.code == 0
    assert without_seconds(longer) == without_seconds(walras_command(*words))


def test_the_checkpoint_before_a_damaged_one_is_used(small, tmp_path):
    words = ["run", small, *SLOPE_BIDS, "--json"]
    kept = ["--checkpoint", tmp_path / "kept", "--every", 2]
    walras_command(*words, *kept, "--max-rounds", 6)
    damaged = tmp_path / "kept" / "checkpoint-000003.walras"
    damaged.write_bytes(damaged.read_bytes()[:5000])
    resumed = walras_command(*words, *kept, "--resume")
    assert f"{damaged.name} cannot be used: it is damaged" in resumed.err
    assert "checkpoint-000002.walras: the run goes on after round 4" in resumed.err
    assert without_seconds(resumed) == without_seconds(walras_command(*words))


def test_another_scenario_is_refused(small, tmp_path):
    kept = [*SLOPE_BIDS, "--max-rounds", 2, "--checkpoint", tmp_path / "kept"]
    walras_command("run", small, *kept)
    other = walras_command("run", small, *kept, "--resume", *settings("consumers.price_elasticity=-0.3"))
    assert_refused(other, "kept: checkpoint-00000", "its scenario is", "and here it is")
    assert_refused(walras_command("run", small, *kept, "--resume", "--executor", "batched"), "its executor is compiled")
    assert_refused(
        walras_command("run", small, *kept, "--resume", "--mechanism", "admm"), "its mechanism is slope-bids"
    )
    assert_refused(walras_command("run", small, *kept), "holds checkpoints already")


@pytest.mark.parametrize(
    ("given", "needle"),
    [
        (["--every", 3], "--every needs --checkpoint"),
        (["--resume"], "--resume needs --checkpoint"),
        (["--checkpoint", "kept", "--every", 0], "0 is not in the range"),
        (["--checkpoint", "kept", "--out", "kept"], "neither may lie in the other"),
        (["--checkpoint", "results/kept", "--out", "results"], "neither may lie in the other"),
        (["--checkpoint", "kept", "--out", "kept/results"], "neither may lie in the other"),
    ],
)
def test_options_that_fit_nowhere_are_refused(small, tmp_path, monkeypatch, given, needle):
    monkeypatch.chdir(tmp_path)
    assert_refused(walras_command("run", small, *given), needle)
    assert list(tmp_path.iterdir()) == []


def own_mechanism(folder, source, monkeypatch):
    monkeypatch.chdir(folder)
    return ["--allow-code", "--mechanism", f"{write_parts(folder, source)}:Fixed", "--max-rounds", 4, "--json"]


def test_an_own_mechanism_goes_on(small, tmp_path, monkeypatch):
    words = ["run", small, *own_mechanism(tmp_path, PARTS, monkeypatch)]
    kept = ["--checkpoint", "kept", "--every", 2]
    assert walras_command(*words, *kept).code == 3
    (tmp_path / "kept" / "checkpoint-000002.walras").unlink()
    resumed = walras_command(*words, *kept, "--resume")
    assert "the run goes on after round 2" in resumed.err
    assert without_seconds(resumed) == without_seconds(walras_command(*words))


def test_an_own_mechanism_that_nobody_can_keep_is_refused_before_the_first_round(small, tmp_path, monkeypatch):
    source = PARTS.replace(
        "dual_residual: float\n", "dual_residual: float\n    rng: object = np.random.default_rng(0)\n"
    )
    words = ["run", small, *own_mechanism(tmp_path, source, monkeypatch)]
    assert walras_command(*words).code == 3
    answer = walras_command(*words, "--checkpoint", "kept")
    assert_refused(answer, "coordinator.mechanism", ":Fixed", "State.rng is of the type Generator")
    assert not (tmp_path / "kept").exists()
