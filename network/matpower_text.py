"""The text of MATPOWER case files, taken apart: plain matrices and lists of words, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from .grid import FloatArray, GridError
from .plain import number_in, shown

# What a case may hold besides matrices: its version, base and names; comments and line joints are taken out before.
_STATEMENT = re.compile(
    r"""\s*(?:
      (?P<head>function\s+mpc\s*=\s*\w+(?:\(\s*\))?)
    | mpc\.(?P<name>[A-Za-z_][\w.]*)\s*=\s*(?:
        \[(?P<matrix>[^\[\]]*)\] | \{(?P<words>(?:[^{}']|'[^'\n]*')*)\} | (?P<scalar>'[^'\n]*'|[-+.\w]+)
      )
    | (?:end|endfunction|return|define_constants)(?!\w)
    )[^\S\n]*(?P<end>;|,|\n|\Z)""",
    re.VERBOSE,
)
_BLOCK_COMMENT = re.compile(r"^[^\S\n]*[%#]\{[^\S\n]*$", re.MULTILINE)
_COMMENT = re.compile(r"('[^'\n]*')|[%#][^\n]*")
_JOINT = re.compile(r"\.\.\.[^\n]*\n")


@dataclass(frozen=True)
class MatpowerText:
    """What is written between the brackets behind each name.

    Parameters
    ----------
    matrices, words, scalars : dicts of name to str
        By the kind of brackets: ``[``, ``{``, none.
    """

    matrices: dict[str, str]
    words: dict[str, str]
    scalars: dict[str, str]

    def matrix(self, name: str, least_columns: int) -> FloatArray:
        """A matrix of numbers.

        Raises
        ------
        GridError
            If it is missing, too narrow, ragged, or holds what is no number; NaN is none, Inf is.
        """
        if name not in self.matrices:
            raise GridError(f"mpc.{name} is missing")
        lines = re.split(r"[;\n]", self.matrices[name])
        rows = [_cells(name, line) for line in lines if line.strip()]
        if not rows:
            raise GridError(f"mpc.{name} is missing: it has no rows")
        if len(rows[0]) < least_columns:
            raise GridError(f"mpc.{name} has {len(rows[0])} columns; at least {least_columns} are needed")
        values = np.empty((len(rows), len(rows[0])))
        for number, row in enumerate(rows, start=1):
            if len(row) != len(rows[0]):
                raise GridError(f"mpc.{name}, row {number}: {len(row)} numbers; the first row has {len(rows[0])}")
            for column, cell in enumerate(row, start=1):
                try:
                    values[number - 1, column - 1] = number_in(cell)
                except ValueError as error:
                    told = "is no number" if "not a number" in str(error) else str(error)
                    raise GridError(f"mpc.{name}, row {number}, column {column}: {shown(cell)} {told}") from error
        return values

    def list_of_words(self, name: str) -> list[str] | None:
        """The quoted words of a list; None where there is no such list."""
        if name not in self.words:
            return None
        text = self.words[name]
        if re.sub(r"'[^'\n]*'", "", text).strip(" \t\r\n;,"):
            raise GridError(f"mpc.{name} holds something besides words in quotes")
        return [word.strip() for word in re.findall(r"'([^'\n]*)'", text)]


def take_apart(text: str) -> MatpowerText:
    """Read every assignment of a case; whatever else it holds is refused, for it may change what was read.

    Raises
    ------
    GridError
        If the text is no plain case.
    """
    if _BLOCK_COMMENT.search(text):
        raise GridError("holds a block comment, whose lines would be read; take the lines out")
    text = _JOINT.sub(" ", _COMMENT.sub(lambda found: found[1] or "", text))
    if not re.match(r"\s*function\s+mpc\s*=", text):
        raise GridError("does not begin with 'function mpc = ...', as a MATPOWER case of version 2 does")
    found = MatpowerText({}, {}, {})
    place = 0
    while text[place:].strip():
        statement = _STATEMENT.match(text, place)
        if statement is None:
            line = text[place:].strip().splitlines()[0].strip()
            raise GridError(f"computes its data ({shown(line)}); save the finished case with MATPOWER's savecase")
        place = statement.end()
        name = statement["name"]
        for kind, group in ((found.matrices, "matrix"), (found.words, "words"), (found.scalars, "scalar")):
            if statement[group] is None:
                continue
            if any(name in others for others in (found.matrices, found.words, found.scalars)):
                raise GridError(f"mpc.{name} is assigned twice; once is needed")
            kind[name] = statement[group]
    return found


def _cells(name: str, line: str) -> list[str]:
    parts = line.split(",")
    if len(parts) > 1 and not all(part.strip() for part in parts):
        raise GridError(f"mpc.{name}: {shown(line.strip())}: a number is missing between two commas")
    return [cell for part in parts for cell in part.split()]
