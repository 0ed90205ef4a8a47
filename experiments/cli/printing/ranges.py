"""Figures that are not unique, for tables: their ranges, and the rows that they get beside the usual ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Keys = tuple[str, ...]
# A figure that is not unique, its unit, and where it stands in a result.
Named = tuple[str, str, Keys]

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
    """The range of a figure; None if it is unique, or a sum of several."""
    value: Any = result.get("intervals")
    for key in keys:
        if isinstance(value, dict):
            value = value.get(key)
        elif value is not None:
            value = value[int(key)]
    # A figure of all hours has one pair.
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    return value if isinstance(value, list) and not isinstance(value[0], list) else None


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
        kinds.setdefault(kind, []).append((name, keys, pairs))
    return {kind: kinds[kind] for kind in _NAMES if kind in kinds}


def _series(intervals: dict[str, Any]) -> Iterator[tuple[str, str, Keys, list[Any]]]:
    for key, by_name in intervals.items():
        for name, value in by_name.items():
            if key == "lease":
                yield from ((last, name, (key, name, last), pairs) for last, pairs in value.items())
            else:
                yield key, name, (key, name), value


def _width(pair: list[float | None]) -> float:
    low, high = pair
    return float("inf") if low is None or high is None else high - low
