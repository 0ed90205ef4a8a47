"""Demand curves from a baseline: least-cost dispatch for fixed load, then a price elasticity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import scipy.sparse as sp

from ...agents.arrays import FloatArray
from ...coordinator.programmes.linear_programme import linear_optimum
from ...coordinator.programmes.quadratic_programme import Ending, QuadraticProgramme, by_clarabel, by_piqp
from ...coordinator.programmes.unsolved import InfeasibleProgrammeError, UnsolvedProgrammeError
from ...network.case import UnitGroup
from ...network.flow import angle_matrices
from ...network.grid import Grid
from ..errors import InfeasibleError, UnsolvedError

# Of the baseline's outputs, in shares of capacity.
_ACCURACY = 1e-9
_FINEST = {"eps_abs": 1e-12, "eps_rel": 1e-12}
# What a small load pays beside large ones lies in the last digits of the dispatch, and of the gap between its cost and
# what prices prove.
_SOLVERS: tuple[Callable[[QuadraticProgramme], Ending], ...] = (
    partial(by_piqp, settings={**_FINEST, "eps_duality_gap_abs": 1e-9, "eps_duality_gap_rel": 1e-13}),
    partial(by_piqp, settings=_FINEST),
    partial(by_piqp, settings={"eps_abs": _ACCURACY, "eps_rel": 1e-12}),
    by_clarabel,
)


@dataclass(frozen=True, eq=False)
class Baseline:
    """The least-cost dispatch for fixed load.

    Parameters
    ----------
    price_usd_per_mwh : array of shape (buses, periods)
        Duals of the nodal balances.
    output_mwh : array of shape (units, periods)
    """

    price_usd_per_mwh: FloatArray
    output_mwh: FloatArray


def least_cost_dispatch(
    grid: Grid,
    units: tuple[UnitGroup, ...],
    load_mw: FloatArray,
    injection_mw: FloatArray,
    on_hour: Callable[[], object] = lambda: None,
) -> Baseline:
    """Least-cost DC dispatch for fixed load, hour by hour.

    Parameters
    ----------
    load_mw, injection_mw : arrays of shape (buses, periods)
        Fixed load, and injection of units with fixed dispatch.
    on_hour : callable
        Called after each hour, for progress.

    Raises
    ------
    InfeasibleError
        If lines and units cannot serve the load of some hour.
    UnsolvedError
        If they can, and the solvers still give up.
    """
    programme = dispatch_programme(grid, units)
    capacities = np.array([unit.capacity_mw for unit in units])
    withdrawal = load_mw - injection_mw
    prices, outputs = np.zeros_like(load_mw), np.zeros((len(units), load_mw.shape[1]))
    # Hours repeat in load profiles.
    first: dict[bytes, int] = {}
    for hour, needed in enumerate(withdrawal.T):
        same = first.setdefault(needed.tobytes(), hour)
        if same == hour:
            ending = _dispatched(replace(programme, b=needed), load_mw[:, hour], injection_mw[:, hour], hour)
            prices[:, hour] = -ending.y
            outputs[:, hour] = _within(ending.x[-len(units) :] if units else np.zeros(0), capacities)
        else:
            prices[:, hour], outputs[:, hour] = prices[:, same], outputs[:, same]
        on_hour()
    return Baseline(prices, outputs)


def dispatch_programme(grid: Grid, units: tuple[UnitGroup, ...]) -> QuadraticProgramme:
    """Least-cost dispatch of one hour; its variables are the angles and the outputs, b is what buses withdraw [MW]."""
    flow_map, injection_map = angle_matrices(grid)
    angles, buses = injection_map.shape[1], [grid.bus_index[unit.bus] for unit in units]
    at_bus = sp.csr_array((np.ones(len(units)), (buses, range(len(units)))), shape=(len(grid.buses), len(units)))
    limited = np.flatnonzero(np.isfinite(grid.limit_mw))
    flow = sp.hstack([flow_map[limited], sp.csr_array((len(limited), len(units)))])
    costs = np.array([unit.cost_usd_per_mwh for unit in units])
    slopes = np.array([unit.cost_slope_usd_per_mwh2 for unit in units])
    capacities = np.array([unit.capacity_mw for unit in units])
    return QuadraticProgramme(
        P=sp.csc_array(sp.diags_array(np.concatenate([np.zeros(angles), slopes]))),
        c=np.concatenate([np.zeros(angles), costs]),
        A=sp.csc_array(sp.hstack([-injection_map, at_bus])),
        b=np.zeros(len(grid.buses)),
        G=sp.csc_array(sp.vstack([flow, -flow])),
        h=np.tile(grid.limit_mw[limited], 2),
        lower=np.concatenate([np.full(angles, -np.inf), np.zeros(len(units))]),
        upper=np.concatenate([np.full(angles, np.inf), capacities]),
    )


def _dispatched(programme: QuadraticProgramme, load_mw: FloatArray, injection_mw: FloatArray, hour: int) -> Ending:
    """The dispatch by the first solver that finds it; a linear programme says whether there is none."""
    told = []
    for solve in _SOLVERS:
        ending = solve(programme)
        if ending.is_solved:
            return ending
        told.append(ending.status)
    q = programme
    try:
        linear_optimum(
            np.zeros_like(q.c), A_ub=q.G, b_ub=q.h, A_eq=q.A, b_eq=q.b, bounds=np.column_stack([q.lower, q.upper])
        )
    except InfeasibleProgrammeError as error:
        raise InfeasibleError(
            f"units of {q.upper[np.isfinite(q.upper)].sum():,.1f} MW and the scaled line limits cannot serve the fixed "
            f"load of {load_mw.sum():,.1f} MW less {injection_mw.sum():,.1f} MW of fixed injection "
            f"in hour {hour + 1}; raise the limits or lower load_profile"
        ) from error
    except UnsolvedProgrammeError as error:
        raise UnsolvedError(
            f"no solver can say whether the fixed load of hour {hour + 1} can be served ({error})"
        ) from error
    raise UnsolvedError(
        f"the baseline dispatch of hour {hour + 1} has a solution, but no solver finds it ({', '.join(told)}); "
        "do limits, reactances, capacities or costs differ by very many decades?"
    )


def _within(output_mwh: FloatArray, capacity_mw: FloatArray) -> FloatArray:
    """Outputs with what the solver cannot tell from a limit put there: forward contracts may be as tight."""
    margin = _ACCURACY * capacity_mw
    return np.where(output_mwh < margin, 0.0, np.where(output_mwh > capacity_mw - margin, capacity_mw, output_mwh))


def inverse_demand(
    price_usd_per_mwh: FloatArray, load_mwh: FloatArray, elasticity: float
) -> tuple[FloatArray, FloatArray]:
    """Linear inverse demand ``a - b d`` through (load, price) with the given elasticity there.

    Returns
    -------
    intercept a [$/MWh], slope b [$/MWh per MWh]
        In the shape of the arguments: ``a = p (1 + 1/|e|)``, ``b = p / (|e| d)``.
    """
    steepness = 1 / abs(elasticity)
    return price_usd_per_mwh * (1 + steepness), price_usd_per_mwh * steepness / load_mwh
