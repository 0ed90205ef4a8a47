"""Median and spread over seeds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import numpy as np


@dataclass(frozen=True)
class Spread:
    """Least, quartiles and largest of some values, and how many there are."""

    min: float
    lower_quartile: float
    median: float
    upper_quartile: float
    max: float
    count: int

    def as_json(self) -> dict[str, float]:
        """By the names above."""
        return asdict(self)


def spread(values: Iterable[float | None]) -> Spread | None:
    """Of all values that are known, quartiles between neighbours in proportion; None if none is."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    low, lower, middle, upper, high = (float(q) for q in np.quantile(known, (0, 0.25, 0.5, 0.75, 1)))
    return Spread(low, lower, middle, upper, high, len(known))
