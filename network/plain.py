"""What numbers and names may be, wherever they come from: files, options or Python."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

LONGEST_NAME = 100
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?inf(?:inity)?", re.IGNORECASE)
_SHOWN = 80
_LISTED = 40


@dataclass(frozen=True)
class Quantity:
    """What size numbers of a quantity may have: one between two magnitudes, or 0.

    Beyond them nothing is ever measured, and arithmetic begins to fail.

    Parameters
    ----------
    unit : str
    least, most : float
        Smallest and largest magnitude in this unit.
    may_be_zero : bool
    """

    unit: str
    least: float
    most: float
    may_be_zero: bool = True

    def fault(self, value: float) -> str | None:
        """What is needed instead of a number; None where it will do. Signs are the business of others."""
        if (value == 0 and self.may_be_zero) or (isfinite(value) and self.least <= abs(value) <= self.most):
            return None
        zero = "0 or " if self.may_be_zero else ""
        return f"{zero}{self.least:g} to {self.most:g} {self.unit} is needed".replace("  ", " ")


POWER = Quantity("MW", 1e-9, 1e12)
COST = Quantity("$/MWh", 1e-30, 1e12)
COST_SLOPE = Quantity("$/MWh per MWh", 1e-30, 1e12)
EMISSION_RATE = Quantity("kg/MWh", 1e-9, 1e9)
REACTANCE = Quantity("per unit", 1e-9, 1e9, may_be_zero=False)
FACTOR = Quantity("", 1e-9, 1e9, may_be_zero=False)


def number_in(text: str) -> float:
    """The number that a text says, in decimal or scientific notation, or ``inf``.

    Raises
    ------
    ValueError
        If it is none, or one that no float comes near; the message is the end of a sentence about the text.
    """
    if _INFINITE.fullmatch(text):
        return float(text)
    if not _NUMBER.fullmatch(text):
        raise ValueError("is not a number")
    value = float(text)
    if not isfinite(value):
        raise ValueError("is a number too large to compute with")
    if value == 0 and re.search(r"[1-9]", re.split("[eE]", text)[0]):
        raise ValueError("is a number too small to compute with")
    return value


def name_fault(name: str) -> str | None:
    """What is wrong with a name; None where it will do.

    Names are keys and stand in tables: two that look the same at the terminal would pass for one.
    """
    if not name:
        return "a name is needed"
    if len(name) > LONGEST_NAME:
        return f"a name of at most {LONGEST_NAME} characters is needed"
    if not name.isprintable():
        return "a name without control characters is needed"
    if name != name.strip():
        return "a name without blanks before and after it is needed"
    return None


def shown(value: object) -> str:
    """A value as messages quote it: escaped, and cut where it is long."""
    try:
        text = repr(value)
    except ValueError:  # of a whole number that Python does not turn into digits
        return "a whole number of thousands of digits"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def listing(names: Iterable[str]) -> str:
    """Names as messages list what is allowed: the first of them, and how many more there are."""
    listed = list(names)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(listed[:_LISTED]) + more if listed else "none"


def printable(text: str) -> str:
    """A text with everything escaped that a terminal would not print but obey; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)
