"""Tables in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# All of ASCII's punctuation may be escaped (CommonMark 0.31, 2.4).
_MEANT = re.compile(r"[!-/:-@[-`{-~]")


def markdown_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int) -> str:
    """A table whose last columns are aligned to the right.

    Parameters
    ----------
    columns : sequence of str
    rows : iterable of sequences of str
    numbers : int
        How many columns, counted from the last, hold numbers.
    """
    words = len(columns) - numbers
    rule = ["---"] * words + ["---:"] * numbers
    lines = [_line(columns), _line(rule), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def number(value: float | None, form: str = ",.2f") -> str:
    """A number for readers; a dash where there is none, and no sign before zero."""
    if value is None or value != value:
        return "-"
    text = f"{value:{form}}"
    return text if any(digit in text for digit in "123456789") else text.lstrip("+-")


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def literal(text: str) -> str:
    """Text that is shown as it is, whatever it would mean in Markdown."""
    return _MEANT.sub(r"\\\g<0>", " ".join(text.split()))
