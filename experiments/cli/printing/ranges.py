"""Figures that are not unique, for tables: their ranges, and the rows that they get beside the usual ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Keys = tuple[str, ...]
# A figure that is not unique, its unit, and where it stands in a result.
Named = tuple[str, str, Keys]

NOT_FOUND = "{} figures may not be unique: no range of theirs was found within the budget"
LEGEND = "[low, high]: not unique within the tolerance; every equilibrium is between"

# Name and unit by the first and, within leases, the last key.
_NAMES = {
    "generation_mwh": ("generation of {}", "MWh"),
    "demand_mwh": ("demand at bus {}", "MWh"),
    "flow_mw": ("flow on line {}", "MW"),
    "price_usd_per_mwh": ("nodal price at bus {}", "$/MWh"),
    "energy_mwh": ("lease of {}", "MWh"),
    "price_usd_per_gpu": ("lease price of {}", "$/GPU"),
}
# Of each kind, where not all are shown.
_SHOWN = 3
_LARGE = 1e5
# Wider ranges over all equilibria than this, relatively or in the figure's unit, are shown.
_VISIBLE_WIDTH = 1e-4


def range_at(result: dict[str, Any], keys: Keys) -> list[float | None] | None:
    """The range of a figure; None if it is unique, or a sum of several, or its range was not found."""
    value: Any = result.get("intervals")
    is_of_hour = False
    for key in keys:
        is_of_hour = isinstance(value, list)
        value = value[int(key)] if is_of_hour else (value or {}).get(key)
    if is_of_hour or not isinstance(value, list):
        return value if is_of_hour else None
    # A figure of all hours has one pair.
    pair: list[float | None] | None = value[0] if len(value) == 1 else None
    return pair


def not_found(result: dict[str, Any]) -> int:
    """How many figures, those of each hour counted, may have a range that was not found within the budget."""
    return sum(pairs.count(None) for *_, pairs in _series(result.get("intervals") or {}))


def has_ranges(intervals: dict[str, Any]) -> bool:
    """Whether any figure has a range that was found."""
    return any(pair is not None for *_, pairs in _series(intervals) for pair in pairs)


def is_visible(ends: Sequence[float | None]) -> bool:
    """Whether a range over all equilibria is known, and wide enough to be shown."""
    low, high = ends
    return low is not None and high is not None and high - low > _VISIBLE_WIDTH * max(1.0, abs(high))


def with_range(value: float, ends: list[float | None] | None) -> str:
    """A figure for a table, with its range if it has one."""
    if ends is None:
        return rounded(value)
    low, high = ("none" if end is None else f"{end:.4g}" for end in ends)
    return f"{rounded(value)} [{low}, {high}]"


def rounded(value: float) -> str:
    """A figure to a ten-thousandth, a large one to a hundredth."""
    return f"{value:,.2f}" if abs(value) >= _LARGE else f"{value:,.4f}"


def ranged_figures(result: dict[str, Any], *, everything: bool) -> tuple[list[Named], int]:
    """Figures that are not unique, those of each kind that are widest first, and how many are left out.

    Parameters
    ----------
    result : dict
        As JSON has it.
    everything : bool
        All figures in all hours; else some, each in the hour in which it is widest.
    """
    named: list[Named] = []
    left_out = 0
    for kind, series in _series_by_kind(result.get("intervals") or {}).items():
        text, unit = _NAMES[kind]
        series.sort(key=lambda one: -max(map(_width, one[2])))
        left_out += 0 if everything else len(series[_SHOWN:])
        for name, keys, pairs in series if everything else series[:_SHOWN]:
            widest = max(range(len(pairs)), key=lambda hour: _width(pairs[hour]))
            hours = range(len(pairs)) if everything else [widest]
            named += [(f"{text.format(name)}, hour {hour + 1}", unit, (*keys, str(hour))) for hour in hours]
    return named, left_out


def _series_by_kind(intervals: dict[str, Any]) -> dict[str, list[tuple[str, Keys, list[Any]]]]:
    kinds: dict[str, list[tuple[str, Keys, list[Any]]]] = {}
    for kind, name, keys, pairs in _series(intervals):
        if any(pair is not None for pair in pairs):
            kinds.setdefault(kind, []).append((name, keys, pairs))
    return {kind: kinds[kind] for kind in _NAMES if kind in kinds}


def _series(intervals: dict[str, Any]) -> Iterator[tuple[str, str, Keys, list[Any]]]:
    for key, by_name in intervals.items():
        for name, value in by_name.items():
            if key == "lease":
                yield from ((last, name, (key, name, last), pairs) for last, pairs in value.items())
            else:
                yield key, name, (key, name), value


def _width(pair: list[float | None] | None) -> float:
    if pair is None:
        return -1.0
    low, high = pair
    return float("inf") if low is None or high is None else high - low
