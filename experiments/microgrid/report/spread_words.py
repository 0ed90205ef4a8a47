"""A spread in words."""

from __future__ import annotations

from ...pages.markdown import number
from ..studies.spread import Spread


def spread_words(found: Spread | None, scale: float = 1.0, form: str = ",.2f", *, nothing: str = "-") -> str:
    """Median, and least and largest in brackets where there are several; scaled, by a format.

    Parameters
    ----------
    found : Spread, or None
    scale : float
    form : str
    nothing : str
        What is said where there is no spread.
    """
    if found is None:
        return nothing
    middle, low, high = (number(scale * value, form) for value in (found.median, found.min, found.max))
    return middle if found.count == 1 else f"{middle} [{low}, {high}]"
