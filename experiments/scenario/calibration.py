"""Demand curves from a baseline: least-cost dispatch for fixed load, then a price elasticity."""

from __future__ import annotations

from dataclasses import dataclass

import cvxpy as cp
import numpy as np
from cvxpy.settings import INF_OR_UNB

from ...agents.arrays import FloatArray
from ...coordinator.programmes.cvxpy_solvers import Solvers, solve_by_first
from ...network.case import UnitGroup
from ...network.flow import angle_matrices
from ...network.grid import Grid
from ..errors import InfeasibleError, UnsolvedError

# Of the baseline's outputs, in shares of capacity.
_ACCURACY = 1e-9
_CLARABEL = (cp.CLARABEL, {"tol_gap_abs": _ACCURACY, "tol_gap_rel": _ACCURACY, "tol_feas": _ACCURACY})
# The simplex method says clearly whether there is a dispatch; an interior point may only give up.
_FEASIBILITY_SOLVERS: Solvers = ((cp.SCIPY, {}), _CLARABEL)
# What a small load pays beside large ones lies in the last digits of the dispatch.
_DISPATCH_SOLVERS: Solvers = (
    (cp.PIQP, {"eps_abs": 1e-12, "eps_rel": 1e-12}),
    (cp.PIQP, {"eps_abs": _ACCURACY, "eps_rel": 1e-12}),
    _CLARABEL,
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
    grid: Grid, units: tuple[UnitGroup, ...], load_mw: FloatArray, injection_mw: FloatArray
) -> Baseline:
    """Least-cost DC dispatch for fixed load, hour by hour.

    Parameters
    ----------
    load_mw, injection_mw : arrays of shape (buses, periods)
        Fixed load, and injection of units with fixed dispatch.

    Raises
    ------
    InfeasibleError
        If lines and units cannot serve the load of some hour.
    UnsolvedError
        If they can, and the solvers still give up.
    """
    hours = [_dispatch(grid, units, load_mw[:, t], injection_mw[:, t], t) for t in range(load_mw.shape[1])]
    return Baseline(*(np.column_stack(columns) for columns in zip(*hours, strict=True)))


def _dispatch(
    grid: Grid, units: tuple[UnitGroup, ...], load_mw: FloatArray, injection_mw: FloatArray, period: int
) -> tuple[FloatArray, FloatArray]:
    flow_map, injection_map = angle_matrices(grid)
    angles = cp.Variable(injection_map.shape[1]) if injection_map.shape[1] else cp.Constant(np.zeros(0))
    output = cp.Variable(len(units), nonneg=True)
    at_bus = np.zeros((len(grid.buses), len(units)))
    at_bus[[grid.bus_index[unit.bus] for unit in units], range(len(units))] = 1.0
    balance = at_bus @ output + injection_mw - load_mw == injection_map @ angles
    limited = np.isfinite(grid.limit_mw)
    flow = flow_map[limited] @ angles
    limits = [flow <= grid.limit_mw[limited], flow >= -grid.limit_mw[limited]] if limited.any() else []
    costs = np.array([unit.cost_usd_per_mwh for unit in units])
    slopes = np.array([unit.cost_slope_usd_per_mwh2 for unit in units])
    capacities = np.array([unit.capacity_mw for unit in units])
    constraints = [balance, output <= capacities, *limits]
    feasible = cp.Problem(cp.Minimize(0), constraints)
    failures = solve_by_first(feasible, _FEASIBILITY_SOLVERS)
    if failures and feasible.status not in INF_OR_UNB:
        raise UnsolvedError(f"no solver can say whether the fixed load of hour {period + 1} can be served ({failures})")
    if failures:
        raise InfeasibleError(
            f"units of {capacities.sum():,.1f} MW and the scaled line limits cannot serve the fixed load of "
            f"{load_mw.sum():,.1f} MW less {injection_mw.sum():,.1f} MW of fixed injection "
            f"in hour {period + 1}; raise the limits or lower load_profile"
        )
    cost = costs @ output + cp.sum(cp.multiply(slopes / 2, cp.square(output)))
    dispatch = cp.Problem(cp.Minimize(cost), constraints)
    if failures := solve_by_first(dispatch, _DISPATCH_SOLVERS):
        raise UnsolvedError(
            f"the baseline dispatch of hour {period + 1} has a solution, but no solver finds it ({failures}); "
            "do limits, reactances, capacities or costs differ by very many decades?"
        )
    return -np.asarray(balance.dual_value), _within(np.asarray(output.value), capacities)


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
