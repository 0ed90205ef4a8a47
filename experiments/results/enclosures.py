"""Enclosures: what figures of a result lie between where they are not unique within the tolerance."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ..settlement.joint_optimum import JointOptimum
from ..settlement.vicinity import Vicinity
from .flow_figures import flow_figures
from .ledger import Ledger
from .linear_figures import LinearFigures, allocation_figures, price_figures
from .result import Result

# A figure is unique if it moves by less than this share of its own scale.
WIDE = 1e-3
# MWh, or $ per unit, that nobody counts, however small the scale.
_NOTHING = 1e-6
# Random steps find at least this share of how far a figure moves.
_FOUND = 0.1


def enclosures(shown: Result, ledger: Ledger, optimum: JointOptimum) -> dict[str, Any]:
    """Intervals with the shown figure and that of every equilibrium, for figures that are not unique.

    Extremes over all allocations that are at least as good as the joint optimum, and over all prices
    that prove as much, within the accuracy of the solver; the figure that is shown is always among
    them. Under ex ante disclosure they are those for the disclosed purchase mix. Figures that depend on who
    contracts with whom alone (mixes, intensities, emissions of buyers) follow the selection rule and have none.

    Parameters
    ----------
    shown : Result
    ledger : Ledger
        Of a market with one grid operator; prices at the hub are weighed with its volumes.
    optimum : JointOptimum
        Of the same market.

    Returns
    -------
    nested dict of lists of [low, high]
        As the figures in the result, one pair a period, all periods of a figure that is wide in one; infinite
        where nothing bounds a figure, and None instead of a pair that was not found within the budget.
    """
    market, stacked = ledger.market, optimum.stacked
    found: dict[str, Any] = {}
    trades = stacked.T @ optimum.variables + stacked.trade_offset
    vicinity = optimum.allocations()
    for figures in (allocation_figures(ledger), flow_figures(ledger)):
        _add_wide(found, shown, figures, vicinity, sp.csr_array(figures.inner @ stacked.T), trades)
    figures = price_figures(ledger)
    vicinity, prices_of_steps = optimum.prices()
    mwh_per_unit = np.array([good.mwh_per_unit for good in market.goods])
    inner = sp.csr_array(figures.inner @ sp.diags_array(mwh_per_unit) @ prices_of_steps)
    _add_wide(found, shown, figures, vicinity, inner, optimum.price_usd_per_mwh * mwh_per_unit)
    return found


def _add_wide(
    found: dict[str, Any],
    shown: Result,
    figures: LinearFigures,
    vicinity: Vicinity,
    inner: sp.csr_array,
    values: FloatArray,
) -> None:
    """Add the intervals of those figures that are wide.

    Parameters
    ----------
    found : nested dict
    shown : Result
    figures : LinearFigures
    vicinity : Vicinity
        Of the values.
    inner : sparse array of shape (m, steps)
        What figures are made of, as functions of steps.
    values : array
        Trades or prices of the joint optimum.
    """
    document = shown.document()
    as_shown = np.array([_number_at(document, *place) for place in figures.places])
    optimal = figures.of(values)
    wide = np.maximum(WIDE * np.maximum(figures.scale, np.abs(as_shown) * (figures.scale == 0)), _NOTHING)
    ends = np.column_stack([optimal, optimal])
    is_found = np.ones(len(ends), dtype=bool)
    moving = np.flatnonzero(vicinity.spread(figures.outer, inner) > _FOUND * wide)
    if len(moving):
        bounds = vicinity.outer_bounds(figures.outer, inner, moving)
        ends[moving] += np.column_stack([-bounds, bounds])
        loose = moving[2 * bounds > wide[moving]]
        extremes = optimal[loose, None] + vicinity.extremes(figures.outer, inner, loose)
        is_found[loose] = np.isfinite(ends[loose]).all(axis=1) | ~np.isnan(extremes).any(axis=1)
        ends[loose] = np.where(np.isnan(extremes), ends[loose], extremes)
        ends = np.clip(ends, figures.least[:, None], figures.largest[:, None])
    ends = np.column_stack([np.minimum(ends[:, 0], as_shown), np.maximum(ends[:, 1], as_shown)])
    pairs: dict[tuple[str, ...], list[list[float] | None]] = {}
    for (path, _), pair, is_known in zip(figures.places, ends.tolist(), is_found.tolist(), strict=True):
        pairs.setdefault(path, []).append(pair if is_known else None)
    is_wide = ~is_found | (ends[:, 1] - ends[:, 0] > wide)
    for path in dict.fromkeys(figures.places[row][0] for row in np.flatnonzero(is_wide)):
        holder = found
        for key in path[:-1]:
            holder = holder.setdefault(key, {})
        holder[path[-1]] = pairs[path]


def _number_at(document: Any, path: tuple[str, ...], hour: int | None) -> float:
    for key in path:
        document = document[key]
    return float(document if hour is None else document[hour])
