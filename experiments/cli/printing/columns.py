"""Tables that fit the terminal: columns for which there is no room stand below, beside the same labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

_GAP = 2
# A label folds down to this before a column moves below.
_NARROWEST_LABEL = 28


@dataclass(frozen=True)
class Column:
    """A column of texts.

    Parameters
    ----------
    heading : str
        Of one line or more.
    cells : sequence of str
        One for each row; empty where a row has none.
    justify : str
        ``left`` or ``right``.
    """

    heading: str
    cells: Sequence[str]
    justify: Literal["left", "right"] = "right"

    @property
    def width(self) -> int:
        """Of the longest text."""
        return max(map(cell_len, (*self.heading.split("\n"), *self.cells)))


def terminal() -> Console:
    """Standard output: sentences break between words, and nothing is taken for markup."""
    return Console(highlight=False, markup=False)


def print_columns(console: Console, labels: Sequence[Column], columns: Sequence[Column]) -> None:
    """Print a table, in as many parts one below the other as the width of the terminal asks for.

    Parameters
    ----------
    console : Console
    labels : sequence of Column
        They stand at the left of every part; the longest folds where that makes room.
    columns : sequence of Column
        A part below the first has only the rows for which its columns say something.
    """
    for position, part in enumerate(_parts(console.width, labels, columns)):
        table = Table(box=None, pad_edge=False, header_style="bold")
        for column, width in zip((*labels, *part), _widths(console.width, labels, part), strict=True):
            table.add_column(column.heading, justify=column.justify, width=width, overflow="fold")
        rows = zip(*(column.cells for column in (*labels, *part)), strict=True)
        for row in rows:
            if position == 0 or any(row[len(labels) :]):
                table.add_row(*row)
        if position > 0:
            console.print()
        console.print(table)


def _parts(width: int, labels: Sequence[Column], columns: Sequence[Column]) -> Iterator[list[Column]]:
    widest = max(label.width for label in labels)
    taken = _room(labels) - widest + min(widest, _NARROWEST_LABEL)
    part: list[Column] = []
    for column in columns:
        if part and taken + _room([*part, column]) + _GAP > width:
            yield part
            part = []
        part.append(column)
    yield part


def _widths(width: int, labels: Sequence[Column], part: Sequence[Column]) -> list[int]:
    """Of the columns of a part: what does not fit is taken from the widest ones."""
    widths = [column.width for column in (*labels, *part)]
    excess = sum(widths) + _GAP * (len(widths) - 1) - width
    for _ in range(max(excess, 0)):
        # Labels give way first.
        ahead = widths[: len(labels)] if max(widths[: len(labels)]) > _NARROWEST_LABEL else widths
        widest = ahead.index(max(ahead))
        widths[widest] = max(widths[widest] - 1, 1)
    return widths


def _room(columns: Sequence[Column]) -> int:
    return sum(column.width for column in columns) + _GAP * (len(columns) - 1)
