"""A study that is broken off continues where it stopped, and ends as an unbroken one."""

import json
import shutil
import signal
import subprocess
import sys
import time

import pytest
from microgrids.small_microgrid import document
from support.command import assert_refused, walras_command

KINDS = ("--kind", "battery", "--kind", "renewables")
_SCRIPT = "from walras.experiments.cli import main; main()"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "instance.json"
    path.write_text(json.dumps(document(1, slots=2, jobs=1)))
    return path


@pytest.fixture(scope="module")
def unbroken(source):
    out = source.parent / "unbroken"
    assert study(source, out).code == 0
    return out


def study(source, out, *options):
    return walras_command("microgrid", "study", source, *(options or KINDS), "-q", "--workers", 1, "--out", out)


def finished(out):
    return [path for path in out.glob("parts/*") if not path.name.startswith(".")]


def stamps(out):
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in finished(out)}


def without_times(told):
    """What a study found, whatever the time it took."""
    if isinstance(told, dict):
        return {key: without_times(value) for key, value in told.items() if key != "seconds"}
    return [without_times(value) for value in told] if isinstance(told, list) else told


def result(out):
    return without_times(json.loads((out / "study.json").read_text()))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_what_has_ended_is_kept_and_the_same_command_goes_on(source, unbroken, tmp_path, number):
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-c",
        _SCRIPT,
        "microgrid",
        "study",
        source,
        *KINDS,
        "-q",
        "--workers",
        "1",
        "--out",
        out,
    ]
    process = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not finished(out) and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=120)
    before = stamps(out)
    assert len(before) == 1
    assert not (out / "study.json").exists()
    if number == signal.SIGKILL:
        assert process.returncode == -number
    else:
        assert process.returncode == 128 + number
        kept = f"1 of 2 parts are finished and kept in {out}; the same command goes on from there"
        assert stderr == f"error: interrupted; {kept}\n"
        assert "The study was broken off" in stdout
    assert study(source, out).code == 0
    after = stamps(out)
    assert before.items() <= after.items()
    assert len(after) == 2
    assert result(out) == result(unbroken)


def test_a_study_that_has_ended_is_told_again(source, unbroken):
    before, told = stamps(unbroken), result(unbroken)
    answer = study(source, unbroken)
    assert answer.code == 0
    assert stamps(unbroken) == before
    assert result(unbroken) == told


def test_the_order_of_kinds_and_their_number_do_not_matter(source, unbroken):
    kinds = [KINDS[position] for position in (2, 3, 0, 1, 2, 3)]
    before = stamps(unbroken)
    assert study(source, unbroken, *kinds).code == 0
    assert stamps(unbroken) == before


@pytest.mark.parametrize("options", [KINDS[:2], (*KINDS, "--gap", "0.01"), (*KINDS, "--time-limit", "9")])
def test_a_folder_that_holds_another_study_is_refused(source, unbroken, options):
    assert_refused(study(source, unbroken, *options), "holds another study (walras ", "name a new folder")


def test_a_folder_of_something_else_is_refused(source, tmp_path):
    (tmp_path / "notes.txt").touch()
    assert_refused(study(source, tmp_path), "exists already and is no study folder; name a new folder")


@pytest.mark.parametrize("content", ["", "{}", '{"points": [{}], "claims": []}', '{"points": [], "claims": [3]}'])
def test_a_broken_part_is_named(source, unbroken, tmp_path, content):
    out = shutil.copytree(unbroken, tmp_path / "out")
    part = finished(out)[0]
    part.write_text(content)
    assert_refused(study(source, out), str(part))


def test_an_address_without_ray_is_refused(source):
    told = walras_command("microgrid", "study", source, "--ray-address", "a:1")
    assert_refused(told, "--ray-address needs --on ray.")
