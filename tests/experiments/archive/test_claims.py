"""Places of new folders are claimed and tried before anything is computed; a claim ends with its process."""

import os
import subprocess
import sys

import pytest
from support.command import assert_refused, walras_command

from walras.experiments.archive.new_folder import claimed_folder
from walras.experiments.errors import RunFolderError

_FILL = """
import sys
from pathlib import Path
from walras.experiments.archive.new_folder import claimed_folder
with claimed_folder(Path(sys.argv[1])) as claim, claim.filling() as aside:
    (aside / "half").write_text("done")
    print("claimed", flush=True)
    sys.stdin.read()
"""
BENCH = ("bench", "--problem", "exchange", "--exchange", "2", "--executor", "compiled", "--mechanism", "admm", "-q")


@pytest.fixture
def other(tmp_path):
    """Another process that fills tmp_path/run."""
    command = [sys.executable, "-c", _FILL, tmp_path / "run"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "claimed\n"
        yield process
        process.kill()


def test_a_claimed_folder_is_filled_aside_and_appears_whole(tmp_path):
    with claimed_folder(tmp_path / "a" / "run") as claim:
        assert not (tmp_path / "a" / "run").exists()
        with claim.filling() as aside:
            (aside / "file").write_text("whole")
            assert not (tmp_path / "a" / "run").exists()
        assert os.listdir(tmp_path / "a") == ["run"]
    assert (tmp_path / "a" / "run" / "file").read_text() == "whole"


def test_a_claim_that_is_not_used_leaves_nothing_and_no_parents(tmp_path):
    with claimed_folder(tmp_path / "a" / "b" / "run"):
        assert os.listdir(tmp_path / "a" / "b") != []
    assert os.listdir(tmp_path) == []


def test_parents_in_which_somebody_puts_something_meanwhile_stay(tmp_path):
    with claimed_folder(tmp_path / "a" / "run"):
        (tmp_path / "a" / "letter").write_text("dear")
    assert os.listdir(tmp_path / "a") == ["letter"]


@pytest.mark.parametrize("command", [("run", "rts24"), ("compare", "rts24"), BENCH], ids=lambda words: words[0])
def test_a_second_process_is_refused_at_once_and_the_first_goes_on(tmp_path, other, command):
    assert_refused(walras_command(*command, "--out", tmp_path / "run"), str(tmp_path / "run"), "another process works")
    other.communicate("", timeout=60)
    assert other.returncode == 0
    assert os.listdir(tmp_path) == ["run"]
    assert os.listdir(tmp_path / "run") == ["half"]


def test_what_a_killed_process_left_is_cleared_at_the_next_start(tmp_path, other):
    other.kill()
    other.wait(timeout=60)
    (left,) = tmp_path.iterdir()
    assert os.listdir(left) == ["half"]
    with claimed_folder(tmp_path / "run") as claim:
        assert os.listdir(claim.aside) == []
    assert os.listdir(tmp_path) == []


def test_where_nothing_can_be_written_is_refused_before_anything_is_computed(tmp_path, monkeypatch):
    monkeypatch.setattr("walras.experiments.cli.solve.decompose", lambda *_, **__: pytest.fail("it ran"))
    for place in ("/proc/walras/run", tmp_path / ("n" * 300), "/"):
        assert_refused(walras_command("run", "rts24", "--out", place), str(place))
    assert os.listdir(tmp_path) == []


def test_a_read_only_place_is_refused_with_the_reason(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("pathlib.Path.mkdir", fail)
    for command in (("run", "rts24"), BENCH, ("paper",)):
        answer = walras_command(*command, "--out", tmp_path / "run")
        assert_refused(answer, f"{tmp_path / 'run'} cannot be made: Read-only file system")


def test_a_mount_point_is_refused_since_nothing_can_be_renamed_to_it(tmp_path, monkeypatch):
    (tmp_path / "mounted").mkdir()
    monkeypatch.setattr("pathlib.Path.is_mount", lambda path: path.name == "mounted")
    with (
        pytest.raises(RunFolderError, match="mounted is where a file system is mounted"),
        claimed_folder(tmp_path / "mounted"),
    ):
        pytest.fail("it was claimed")


def test_the_folder_that_a_link_leads_to_is_made(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "there")
    with claimed_folder(tmp_path / "link") as claim, claim.filling() as aside:
        (aside / "file").write_text("whole")
    assert (tmp_path / "there" / "file").read_text() == (tmp_path / "link" / "file").read_text() == "whole"
