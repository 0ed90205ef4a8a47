"""Which hour tables and maps show, of a result that has them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...agents.arrays import FloatArray

# Spreads this close, relative to the widest, are equal up to the rounding of a run: the first hour is shown.
_EQUAL = 1e-6
# Below this share of the largest price in size, a spread is what the tolerance of a run leaves: no hour has one.
_NO_SPREAD = 1e-4


@dataclass(frozen=True)
class ShownHour:
    """An hour, and why it is the one.

    Parameters
    ----------
    period : int
        Counted from 0.
    hours : int
        How many there are.
    why : str
        What titles add on why it is the one; empty if the user named it.
    """

    period: int
    hours: int
    why: str

    def __str__(self) -> str:
        """As titles name it."""
        if self.hours == 1:
            return "hour 1"
        return ", ".join(filter(None, (f"hour {self.period + 1} of {self.hours}", self.why)))


def hours_of(result: dict[str, Any]) -> int:
    """How many hours a result has, as JSON holds it."""
    return min(len(series) for series in result["price_usd_per_mwh"].values())


def shown_hour(result: dict[str, Any], hour: int | None) -> ShownHour:
    """The hour that the user named, else the one in which nodal prices differ most, or the first if in none.

    Parameters
    ----------
    result : dict
        As JSON has it.
    hour : int or None
        Counted from 1.

    Raises
    ------
    ValueError
        If there is no such hour.
    """
    hours = hours_of(result)
    if fault := hour_fault(hour, hours):
        raise ValueError(fault)
    if hour is not None:
        return ShownHour(hour - 1, hours, "")
    prices = np.array([series[:hours] for series in result["price_usd_per_mwh"].values()], dtype=np.float64)
    spreads = _spreads(prices)
    if not have_spread(prices):
        return ShownHour(0, hours, "no price spread in any")
    return ShownHour(int(np.argmax(spreads >= (1 - _EQUAL) * spreads.max())), hours, "the largest price spread")


def have_spread(prices: FloatArray) -> bool:
    """Whether prices of buses, of shape (buses,) or (buses, periods), differ in any hour by more than rounding."""
    largest = np.max(np.abs(prices), initial=0.0, where=np.isfinite(prices))
    return bool(np.max(_spreads(prices)) > _NO_SPREAD * largest)


def hour_fault(hour: int | None, hours: int) -> str | None:
    """What is wrong with an hour that the user named; None if nothing is."""
    if hour is None or 1 <= hour <= hours:
        return None
    return f"--hour is {hour}; {'there is hour 1 alone' if hours == 1 else f'allowed are 1 to {hours}'}"


def _spreads(prices: FloatArray) -> FloatArray:
    """Largest less least price of each hour, 0 where none is finite; prices have a row a bus."""
    known = np.isfinite(prices)
    largest = np.max(prices, axis=0, initial=-np.inf, where=known)
    least = np.min(prices, axis=0, initial=np.inf, where=known)
    return np.where(known.any(axis=0), largest - least, 0.0)
