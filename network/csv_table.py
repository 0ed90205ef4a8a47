"""Tables in CSV files: every cell is taken or refused with its line and column."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from math import nan
from pathlib import Path

from .grid import GridError
from .plain import name_fault, number_in, shown
from .text_file import UnreadableError, read_text

MOST_BYTES = 16 * 2**20
_WHOLE = re.compile(r"-?[0-9]{1,20}(?:\.0*)?")


@dataclass(frozen=True)
class CsvTable:
    """The cells of a file as they are written.

    Parameters
    ----------
    file : str
        Its name.
    columns : dict of column to list of str
        Cells, row by row.
    lines : list of int
        Line of the file on which each row stands.
    """

    file: str
    columns: dict[str, list[str]]
    lines: list[int]

    def names(self, column: str) -> list[str]:
        """Cells that name something."""
        cells = self.columns[column]
        for row, cell in enumerate(cells):
            fault = name_fault(cell)
            if fault and not cell.strip():
                raise GridError(f"{self.file}: column {column} has an empty entry; a name is needed")
            if fault:
                raise self.fault(row, column, f"{shown(cell)}: {fault}")
        return cells

    def numbers(self, column: str, empty: float = nan) -> list[float]:
        """Cells that are numbers, with what an empty one stands for."""
        result = []
        for row, cell in enumerate(self.columns[column]):
            text = cell.strip()
            try:
                result.append(number_in(text) if text else empty)
            except ValueError as error:
                raise self.fault(row, column, f"{shown(cell)} {error}") from error
        return result

    def bus_numbers(self, column: str) -> list[int]:
        """Cells that are bus numbers."""
        result = []
        for row, cell in enumerate(self.columns[column]):
            # A bus may be written 24.0, as spreadsheets do; digits beyond what a float holds must not be lost.
            if not _WHOLE.fullmatch(cell.strip()):
                raise self.fault(row, column, f"{shown(cell)}; columns of buses must hold whole bus numbers")
            result.append(int(cell.strip().partition(".")[0]))
        return result

    def fault(self, row: int, column: str, message: str) -> GridError:
        """An error that names the place of a cell."""
        return GridError(f"{self.file}: line {self.lines[row]}, column {column}: {message}")


def read_table(path: Path, needed: Sequence[str], optional: Sequence[str], suffix: str | None = None) -> CsvTable:
    """Read a table.

    Parameters
    ----------
    path : Path
    needed, optional : sequences of str
        Its columns; all others are refused, for what they say would be dropped without a word.
    suffix : str, optional
        Columns whose names end like this are allowed too.

    Raises
    ------
    GridError
        If the file is no such table; the message names file and line.
    """
    try:
        text = read_text(path, MOST_BYTES)
    except UnreadableError as error:
        raise GridError(f"{path.name}: {error}") from error
    try:
        reader = csv.reader(StringIO(text, newline=""), strict=True)
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise GridError(f"{path.name}: cannot be read as CSV: line {reader.line_num}: {error}") from error
    if not rows:
        raise GridError(f"{path.name}: cannot be read as CSV: it is empty; columns {', '.join(needed)} are needed")
    (_, header), *body = rows
    _check_header(path, header, needed, optional, suffix)
    for line, row in body:
        if len(row) != len(header):
            raise GridError(f"{path.name}: line {line}: {len(row)} cells; the first line has {len(header)}")
    columns = {name: [row[index] for _, row in body] for index, name in enumerate(header)}
    return CsvTable(path.name, columns, [line for line, _ in body])


def _check_header(
    path: Path, header: list[str], needed: Sequence[str], optional: Sequence[str], suffix: str | None
) -> None:
    missing = [name for name in needed if name not in header]
    if missing:
        raise GridError(f"{path.name}: column {missing[0]} is missing; needed are {', '.join(needed)}")
    for name, times in Counter(header).items():
        if times > 1:
            raise GridError(f"{path.name}: column {shown(name)} stands twice; every column may stand once")
        if not (name in needed or name in optional or (suffix and name.endswith(suffix))):
            allowed = ", ".join([*needed, *optional, *([f"NAME{suffix}"] if suffix else [])])
            raise GridError(f"{path.name}: unknown column {shown(name)}; allowed are {allowed}")
