"""The package: what a wheel holds, what is public, and how its files are kept."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from support.imports import FOLDERS, MODULES, ROOT

import walras

PUBLIC = {
    "ADMM",
    "Averaged",
    "Batched",
    "Compiled",
    "Converged",
    "Market",
    "MaxRounds",
    "Run",
    "Scale",
    "Serial",
    "SlopeBids",
    "Tatonnement",
    "__version__",
    "build_market",
    "decompose",
    "diagnose",
    "iterate",
    "load_scenario",
    "parse_scenario",
    "run",
    "solve_monolith",
    "with_monolith",
}


def tree(root: Path) -> set[str]:
    """Files of the package below a root, as a wheel names them."""
    files = {"walras/__init__.py", "walras/py.typed"}
    for folder in FOLDERS:
        for path in (root / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                files.add(f"walras/{path.relative_to(root).as_posix()}")
    return files


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def calls(path: Path) -> set[str]:
    """Dotted names of all functions that a module calls."""
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)}


@pytest.mark.xdist_group("wheel")
def test_a_wheel_holds_all_modules_and_data_files_of_the_tree_and_nothing_else(tmp_path):
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, source / folder, ignore=ignored)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path / "dist", source]
    build = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert build.returncode == 0, build.stdout + build.stderr
    (wheel,) = (tmp_path / "dist").iterdir()
    names = set(ZipFile(wheel).namelist())
    metadata = {name for name in names if name.startswith(f"walras-{walras.__version__}.dist-info/")}
    assert names - metadata == tree(source)
    entry_points = next(name for name in metadata if name.endswith("entry_points.txt"))
    assert "walras = walras.experiments.cli:main" in ZipFile(wheel).read(entry_points).decode()


def test_the_root_has_one_module_only():
    assert [path.name for path in ROOT.glob("*.py")] == ["__init__.py"]


def test_the_public_names_are_these():
    assert set(walras.__all__) == PUBLIC
    assert len(walras.__all__) == len(PUBLIC)
    for name in PUBLIC:
        assert getattr(walras, name) is not None


def test_import_takes_neither_ray_nor_matplotlib():
    heavy = "{'ray', 'matplotlib', 'mesa', 'IPython'}"
    script = f"import sys, walras; sys.stdout.write(repr(sorted({heavy} & set(sys.modules))))"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True)
    assert answer.stdout == "[]"


def test_parts_import_each_other_relatively():
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and not node.level:
                assert node.module.split(".")[0] not in ("walras", *FOLDERS), relative(path)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_the_library_neither_prints_nor_exits(path):
    """Only the entry point of the command line may end the process; the commands write through click and rich."""
    called = calls(path)
    assert "print" not in called
    if relative(path) != "experiments/cli/__init__.py":
        assert not called & {"sys.exit", "exit", "quit", "os._exit", "sys.stdout.write", "sys.stderr.write"}


def test_no_file_is_longer_than_300_lines():
    tests = sorted((ROOT / "tests").rglob("*.py"))
    assert len(tests) > 10
    lengths = {relative(path): len(path.read_text().splitlines()) for path in [*MODULES, *tests]}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_every_module_says_what_it_is_for():
    for path in MODULES:
        assert ast.get_docstring(ast.parse(path.read_text())), relative(path)


@pytest.mark.parametrize(
    ("target", "command"),
    [("demo", "walras compare rts24"), ("test", "-m pytest"), ("lint", "ruff check"), ("bench", "walras bench")],
)
def test_make_has_the_targets_of_the_contract(target, command):
    makefile = (ROOT / "Makefile").read_text()
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe, f"no target {target}"
    assert command in recipe[1]
    assert re.search(rf"^\.PHONY:.*\b{target}\b", makefile, re.MULTILINE)


def test_the_check_of_the_repository_runs_the_tests():
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o100
    assert "make test" in script.read_text()


def test_the_python_of_the_readme_runs(tmp_path):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert blocks
    script = tmp_path / "readme.py"
    script.write_text("\n\n".join(blocks))
    answer = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path
    )
    assert answer.returncode == 0, answer.stderr
    assert "converged" in answer.stdout
