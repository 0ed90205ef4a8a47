"""Names and folders: a name has one home, and a folder can be seen at a glance."""

import ast
from collections import Counter
from pathlib import Path, PurePath

import pytest
from support.imports import CONVERSING, KINDS, MODULES, PATHS, ROOT, Import, defined_in, imports_of

TESTS = sorted((ROOT / "tests").rglob("*.py"))
FULLEST_FOLDER = 18
SHARED = tuple(
    (name,)
    for name in (
        "cases",
        "dependencies",
        "driver_kills",
        "fuzz",
        "mutants",
        "random_markets",
        "microgrids",
        "ray_faults",
        "signals",
        "support",
    )
)


def facades(imports, paths, defined):
    """Names taken from elsewhere than where they are defined; the root's `__init__` alone gathers them."""
    return [
        str(found)
        for found in imports
        if found.importer != "walras"
        and (paths[found.module].name == "__init__.py" or (found.name and found.name not in defined[found.module]))
    ]


def kinds_named(source):
    """Identifiers that name a kind of participant; docstrings and comments may."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        fields = ("id", "attr", "name", "arg", "asname", "module")
        names |= {value for field in fields if isinstance(value := getattr(node, field, None), str)}
    kinds = [kind.replace("_", "") for kind in KINDS]
    return sorted(name for name in names if any(kind in name.replace("_", "").lower() for kind in kinds))


def full_folders(paths):
    counts = Counter(path.parent for path in paths)
    return {folder: count for folder, count in counts.items() if count > FULLEST_FOLDER}


def names_of_several_files(paths):
    counts = Counter(path.name for path in paths if path.name != "__init__.py")
    return {name: count for name, count in counts.items() if count > 1}


def without_counterpart(test_folders, package_folders):
    """Folders of tests that mirror nothing; what tests share has folders of its own."""
    shared = {folder for folder in test_folders if folder.parts[:1] in SHARED}
    return sorted(set(test_folders) - shared - {PurePath(), *package_folders})


def test_names_come_from_where_they_are_defined():
    defined = {module: defined_in(module) for module in PATHS}
    assert facades([found for module in PATHS for found in imports_of(module)], PATHS, defined) == []


def test_a_facade_inside_the_package_is_found():
    paths = {"network": Path("network/__init__.py"), "network.grid": Path("network/grid.py")}
    through = [Import("agents.a", 3, "network", "Grid"), Import("agents.b", 4, "network.grid", "FloatArray")]
    straight = [Import("agents.c", 5, "network.grid", "Grid"), Import("agents.d", 6, "network.grid", None)]
    gathered = [Import("walras", 7, "network", "Grid")]
    assert facades(through + straight + gathered, paths, {"network.grid": {"Grid"}}) == [str(way) for way in through]


@pytest.mark.parametrize("module", sorted(filter(CONVERSING, PATHS)))
def test_no_mechanism_or_executor_names_a_kind_of_participant(module):
    assert kinds_named(PATHS[module].read_text()) == []


def test_the_name_of_a_kind_is_found():
    source = '"""Of producers."""\nfor hyperscaler_rows in market.consumers:\n    isinstance(1, GridOperator)'
    assert kinds_named(source) == ["GridOperator", "consumers", "hyperscaler_rows"]


def test_no_folder_is_too_full():
    assert full_folders([*MODULES, *TESTS]) == {}
    crowd = [PurePath("agents", f"{i}.py") for i in range(FULLEST_FOLDER + 1)]
    assert full_folders(crowd) == {PurePath("agents"): FULLEST_FOLDER + 1}
    assert full_folders(crowd[1:]) == {}


def test_a_name_is_the_name_of_one_file():
    assert names_of_several_files(MODULES) == {}
    twins = [PurePath("agents", "plan.py"), PurePath("network", "plan.py"), PurePath("agents", "__init__.py")]
    assert names_of_several_files([*twins, PurePath("network", "__init__.py")]) == {"plan.py": 2}


def test_tests_mirror_the_package():
    folders = {path.parent.relative_to(ROOT / "tests") for path in TESTS}
    assert len(folders) > 10
    assert without_counterpart(folders, {path.parent.relative_to(ROOT) for path in MODULES}) == []
    assert without_counterpart(
        [PurePath("agents", "old"), PurePath("agents"), PurePath("cases", "random"), PurePath()], [PurePath("agents")]
    ) == [PurePath("agents", "old")]
