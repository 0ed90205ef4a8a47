"""A run folder with a broken or missing file: the message names the file, the exit code is 2."""

import shutil

import pytest
from support.command import assert_refused, walras_command

from walras import load_scenario
from walras.experiments.archive.writer import write_run_folder
from walras.experiments.study import decompose

TABLES = ("rounds.parquet", "prices.parquet", "trades.parquet")


def draw_nothing(*_):
    return []


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    study = decompose(load_scenario("rts24", ["coordinator.tolerance=1e-2"]))
    return write_run_folder(study, tmp_path_factory.mktemp("runs") / "sound", draw_nothing).path


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "broken")


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


DAMAGES = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "truncated": truncate,
    "of other bytes": lambda path: path.write_bytes(b"\xff\xfe\x00" * 50),
}


@pytest.mark.parametrize("name", ["run.json", *TABLES])
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("command", ["show", "plot"])
def test_the_file_that_is_broken_is_named(folder, name, damage, command):
    DAMAGES[damage](folder / name)
    before = {path.name for path in folder.iterdir()}
    assert_refused(walras_command(command, folder), str(folder / name), "cannot be read")
    assert {path.name for path in folder.iterdir()} == before


@pytest.mark.parametrize("text", ["[]", "3", "null", "{}", '{"scenario": "rts24", "status": "converged"}'])
def test_json_that_is_no_run_is_refused_with_a_key_that_it_lacks(folder, text):
    (folder / "run.json").write_text(text)
    for command in ("show", "plot"):
        assert_refused(walras_command(command, folder), str(folder / "run.json"), "is missing; this is no run")


@pytest.mark.parametrize("command", ["show", "plot"])
def test_what_is_no_folder_is_refused(tmp_path, command):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "nothing"):
        assert_refused(walras_command(command, path), str(path), "is no folder", "--out")


def test_an_empty_folder_lacks_the_document(tmp_path):
    assert_refused(walras_command("show", tmp_path), str(tmp_path / "run.json"), "cannot be read")
