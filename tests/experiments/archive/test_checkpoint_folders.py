"""Folders of checkpoints: files whole or refused with a reason, the last ones kept, one process at a time."""

import io
import os
from dataclasses import fields, replace

import numpy as np
import pytest
from cases import leases

from walras.coordinator import MaxRounds, run
from walras.experiments.archive import checkpoint_file
from walras.experiments.archive.checkpoint_file import Checkpoint, CheckpointError, read_checkpoint, write_checkpoint
from walras.experiments.archive.checkpoint_folder import Identity, open_checkpoints
from walras.experiments.archive.checkpoint_keeper import CheckpointKeeper
from walras.experiments.errors import RunFolderError

OURS = Identity("1.0", "admm", "ADMM()", "compiled", "abc")
CHECKPOINT = Checkpoint({"rounds": 3, "text": "Bürger", **vars(OURS)}, {"a0": np.arange(5.0), "a1": np.array(2)})


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "checkpoint-000001.walras"
    write_checkpoint(path, CHECKPOINT)
    return path


@pytest.fixture
def told():
    return []


def filled(path, told, count, **settings):
    """A folder with checkpoints after rounds 1, 2, ..."""
    with open_checkpoints(path, OURS, tell=told.append, **{"resume": False, **settings}) as folder:
        for rounds in range(1, count + 1):
            folder.add({"rounds": rounds, "runs": []}, {})
    return folder


def names(path):
    return sorted(entry.name for entry in path.iterdir())


def test_a_file_comes_back_as_it_was(file):
    back = read_checkpoint(file)
    assert back.document == CHECKPOINT.document
    assert {name: array.tobytes() for name, array in back.arrays.items()} == {
        name: array.tobytes() for name, array in CHECKPOINT.arrays.items()
    }


def test_a_file_that_is_cut_short_anywhere_is_refused(file):
    content = file.read_bytes()
    for length in {0, 5, 30, 90, 200, len(content) // 2, len(content) - 1}:
        file.write_bytes(content[:length])
        with pytest.raises(CheckpointError, match=r"damaged|no checkpoint of walras|another format"):
            read_checkpoint(file)


def test_a_file_with_one_other_bit_anywhere_is_refused(file):
    content = file.read_bytes()
    for position in range(0, len(content), 17):
        file.write_bytes(content[:position] + bytes([content[position] ^ 4]) + content[position + 1 :])
        with pytest.raises(CheckpointError, match=r"damaged|no checkpoint of walras|another format"):
            read_checkpoint(file)


def test_other_files_are_refused(file):
    arrays = io.BytesIO()
    np.savez(arrays, a=np.arange(3))
    file.write_bytes(arrays.getvalue())
    with pytest.raises(CheckpointError, match="it is no checkpoint of walras"):
        read_checkpoint(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(CheckpointError, match="it cannot be read: Is a directory"):
        read_checkpoint(file)


def test_another_format_is_refused(file, monkeypatch):
    monkeypatch.setattr(checkpoint_file, "FORMAT", 2)
    with pytest.raises(CheckpointError, match="another format than 2"):
        read_checkpoint(file)


def test_no_code_is_read(file):
    """Arrays of objects would be pickles."""
    write_checkpoint(file, replace(CHECKPOINT, arrays={"a0": np.array([print])}))
    with pytest.raises(ValueError, match="allow_pickle=False"):
        read_checkpoint(file)


def test_the_file_is_on_the_disk_before_it_has_its_name(file, monkeypatch):
    events = []
    sync, move = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (events.append("sync"), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda *paths: (events.append("rename"), move(*paths)))
    write_checkpoint(file, CHECKPOINT)
    assert events == ["sync", "rename", "sync"]


def test_the_last_two_are_kept(tmp_path, told):
    filled(tmp_path / "new" / "folder", told, 5)
    assert names(tmp_path / "new" / "folder") == ["checkpoint-000004.walras", "checkpoint-000005.walras"]
    assert told == []


def test_the_last_one_is_taken_up(tmp_path, told):
    path = tmp_path / "folder"
    filled(path, told, 3)
    folder = filled(path, told, 2, resume=True)
    assert told == [f"{path}/checkpoint-000003.walras: the run goes on after round 3"]
    assert folder.found.document["rounds"] == 3
    assert names(path) == ["checkpoint-000004.walras", "checkpoint-000005.walras"]


def test_the_one_before_a_damaged_one_is_taken_up(tmp_path, told):
    path = tmp_path / "folder"
    filled(path, told, 3)
    last = path / "checkpoint-000003.walras"
    last.write_bytes(last.read_bytes()[:-1])
    folder = filled(path, told, 1, resume=True)
    assert folder.found.document["rounds"] == 2
    assert told[0].startswith(f"warning: {path}: checkpoint-000003.walras cannot be used: it is damaged")
    assert told[0].endswith("the one before it is used")
    assert told[1] == f"{path}/checkpoint-000002.walras: the run goes on after round 2"
    # Nothing takes the place of what nobody could read.
    assert names(path) == [f"checkpoint-00000{number}.walras" for number in (2, 3, 4)]


@pytest.mark.parametrize("name", [own.name for own in fields(Identity)])
def test_another_run_is_refused_with_the_difference(tmp_path, told, name):
    path = tmp_path / "folder"
    filled(path, told, 2)
    other = replace(OURS, **{name: "other"})
    opening = open_checkpoints(path, other, resume=True, tell=told.append)
    with pytest.raises(RunFolderError, match=f"its {name} is .*, and here it is other") as refused, opening:
        pytest.fail("it was taken up")
    assert "checkpoint-000001" in str(refused.value)
    assert "checkpoint-000002" in str(refused.value)
    assert told == []
    assert len(names(path)) == 2


def test_checkpoints_are_not_written_over(tmp_path, told):
    path = tmp_path / "folder"
    filled(path, told, 1)
    with pytest.raises(RunFolderError, match="holds checkpoints already; --resume goes on from the last"):
        filled(path, told, 1)


def test_without_a_checkpoint_the_run_begins_and_says_so(tmp_path, told):
    path = tmp_path / "folder"
    folder = filled(path, told, 0, resume=True)
    assert folder.found is None
    assert told == [f"{path} holds no checkpoint yet: the run begins with round 1"]
    assert not path.exists()


def test_what_was_there_before_stays(tmp_path, told):
    filled(tmp_path, told, 0)
    assert tmp_path.is_dir()
    (tmp_path / "letter").touch()
    with pytest.raises(RunFolderError, match="holds no checkpoints; name a new folder"):
        filled(tmp_path, told, 1)
    with pytest.raises(RunFolderError, match="is no folder"):
        filled(tmp_path / "letter", told, 1)
    with pytest.raises(RunFolderError, match="cannot be made: Not a directory"):
        filled(tmp_path / "letter" / "below", told, 1)
    assert names(tmp_path) == ["letter"]


def test_what_a_killed_process_left_half_written_is_cleared(tmp_path, told):
    (tmp_path / ".checkpoint-000004.walras.part").write_bytes(b"half")
    filled(tmp_path, told, 1)
    assert names(tmp_path) == ["checkpoint-000001.walras"]


def test_a_second_process_is_kept_out(tmp_path, told):
    opened = open_checkpoints(tmp_path, OURS, resume=True, tell=told.append)
    with opened, pytest.raises(RunFolderError, match="another process works on this run"):
        filled(tmp_path, told, 1, resume=True)
    filled(tmp_path, told, 1, resume=True)


def test_a_run_outlives_a_full_disk(tmp_path, told, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with open_checkpoints(tmp_path, OURS, resume=False, tell=told.append) as folder:
        keeper = CheckpointKeeper(folder, 2, told.append)
        monkeypatch.setattr(np, "savez", full)
        outcome = run(
            leases.saturated().market,
            "admm",
            stop=MaxRounds(5),
            keeper=keeper,
            on_round=lambda current: current.number == 3 and monkeypatch.undo(),
        )
    assert len(outcome.records) == 5
    assert told == [f"{tmp_path}: no checkpoint after round 2: [Errno 28] No space left on device"]
    assert names(tmp_path) == ["checkpoint-000001.walras"]
    assert read_checkpoint(tmp_path / "checkpoint-000001.walras").document["rounds"] == 4
