"""The folder of a job: claimed once, open to one process at a time, taken up again where it was broken off."""

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from support.tasks import told

from walras.experiments.archive.job_folder import Job, JobFolder, open_job_folder
from walras.experiments.errors import RunFolderError
from walras.experiments.workers.local_workers import LocalWorkers

PARTS = ["a", "b", "c"]
_HOLD = """
import sys
from pathlib import Path
from walras.experiments.archive.keeping import locked
with locked(Path(sys.argv[1]), "count"):
    print("locked", flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class CountFolder(JobFolder[str]):
    def places(self, part):
        return self.path / "counts" / part, self.path / "faults" / f"{part}.txt"


def count(parts=PARTS):
    def difference(theirs):
        return None if theirs["parts"] == parts else f"{len(theirs['parts'])} parts"

    return Job("count", "folder of a count", ("counts", "faults"), "count.json", {"parts": parts}, difference)


@contextmanager
def opened(path, parts=PARTS):
    with open_job_folder(path, count(parts)):
        yield CountFolder(path)


def refused(path, *needles, parts=PARTS):
    with pytest.raises(RunFolderError) as refusal, opened(path, parts):
        pytest.fail("it opened")
    for needle in (str(path), *needles):
        assert needle in str(refusal.value)


def content(path):
    return {entry.relative_to(path).as_posix(): entry.is_file() and entry.read_text() for entry in path.rglob("*")}


def test_a_new_folder_is_claimed_with_its_parents(tmp_path):
    with opened(tmp_path / "deep" / "out") as folder:
        assert {**content(folder.path), "count.json": ""} == {"count.json": "", "counts": False, "faults": False}
        assert json.loads((folder.path / "count.json").read_text()) == {"parts": PARTS}
        assert folder.pending(PARTS) == PARTS


def test_a_foreign_folder_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "letter").write_text("dear")
    refused(tmp_path, "exists already and is no folder of a count; name a new folder")
    assert content(tmp_path) == {"letter": "dear"}
    refused(tmp_path / "letter", "exists already and is no folder; name a new folder")
    assert content(tmp_path) == {"letter": "dear"}


def test_another_job_is_refused_with_the_difference_and_nothing_is_written(tmp_path):
    with opened(tmp_path, ["a"]) as folder:
        (folder.path / "counts" / ".a-x1y2").write_text("half")
    before = content(tmp_path)
    refused(tmp_path, "holds another count (1 parts); name a new folder")
    assert content(tmp_path) == before


@pytest.mark.parametrize("text", ["{", "[]", "{}", "[" * 99_999, '{"parts": NaN}'], ids=len)
def test_a_broken_identity_is_refused_by_the_name_of_its_file(tmp_path, text):
    with opened(tmp_path):
        pass
    (tmp_path / "count.json").write_text(text)
    refused(tmp_path, "count.json: cannot be read")


def test_a_claim_that_was_broken_off_is_made_again(tmp_path):
    (tmp_path / ".count.json.part").write_text('{"par')
    with opened(tmp_path):
        assert json.loads((tmp_path / "count.json").read_text()) == {"parts": PARTS}
        assert not (tmp_path / ".count.json.part").exists()


def test_a_second_process_is_locked_out_until_the_first_ends_however_it_ends(tmp_path):
    with opened(tmp_path):
        refused(tmp_path, "another process works on this count")
    command = [sys.executable, "-c", _HOLD, tmp_path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "locked\n"
        refused(tmp_path, "another process works on this count")
        holder.kill()
        holder.wait(timeout=60)
        with opened(tmp_path):
            pass


def test_what_was_broken_off_is_cleared_away_and_what_is_finished_stays(tmp_path):
    with opened(tmp_path) as folder:
        (tmp_path / "counts" / "a").mkdir()
        (tmp_path / "counts" / "a" / "kept").write_text("1")
        (tmp_path / "faults" / "b.txt").write_text("2")
    finished = content(tmp_path)
    (tmp_path / "counts" / ".c-x1y2" / "inner").mkdir(parents=True)
    (tmp_path / "counts" / ".c-x1y2" / "inner" / "file").write_text("half")
    (tmp_path / "faults" / ".c.txt.part").write_text("ha")
    with opened(tmp_path) as folder:
        assert content(tmp_path) == finished
        assert [folder.is_finished(part) for part in PARTS] == [True, True, False]
        assert folder.pending(PARTS) == ["c"]


def test_a_job_that_was_broken_off_goes_on_with_what_is_left(tmp_path, monkeypatch):
    def tasks(folder):
        return [told(partial(Path.write_text, folder.places(part)[0], part)) for part in folder.pending(PARTS)]

    with opened(tmp_path) as folder:
        assert list(LocalWorkers(1).execute(tasks(folder)[1:2])) == [1]
    kept = (tmp_path / "counts" / "b").stat()
    with opened(tmp_path) as folder:
        assert list(LocalWorkers(2).execute(tasks(folder))) == [1, 1]
    after = (tmp_path / "counts" / "b").stat()
    assert (after.st_ino, after.st_mtime_ns) == (kept.st_ino, kept.st_mtime_ns)
    assert content(tmp_path / "counts") == dict(zip(PARTS, PARTS, strict=True))
    monkeypatch.setattr(
        "walras.experiments.workers.local_workers.ProcessPoolExecutor", lambda *_: pytest.fail("it computed")
    )
    with opened(tmp_path) as folder:
        assert list(LocalWorkers(2).execute(tasks(folder))) == []
