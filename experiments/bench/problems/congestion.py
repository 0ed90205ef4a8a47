"""Which lines are congested in grids from elsewhere: one rule for cases with limits, one for cases without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....agents.arrays import FloatArray
from ....network.case import Case
from ....network.flow import PowerFlow
from ...scenario.calibration import least_cost_dispatch

# Share of the largest loading of any line that the lines may carry.
SHARE_OF_LOADING = 0.9
# Share of the largest angle difference of any line that the lines of a case without limits may have.
SHARE_OF_ANGLE = 0.7


def congested(case: Case) -> Case:
    """The case with limits that the least-cost dispatch without limits would violate.

    All limits of a case are multiplied by one number, such that the most loaded line may carry 0.9 of what it
    would like to. A case in which no line has a limit (case118, case300) has none to scale: there every line
    gets a limit in inverse proportion to its reactance, as if the difference of voltage angles were limited,
    such that the line with the largest difference may carry 0.7 of what it would like to.

    Raises
    ------
    InfeasibleError
        If the units cannot serve the load.
    UnsolvedError
        If they can, and the solver still gives up.
    """
    grid = case.grid
    flows = np.abs(_unlimited_flows_mw(case))
    if np.isfinite(grid.limit_mw).any():
        limits = grid.limit_mw
        share = SHARE_OF_LOADING
    else:
        limits = 1 / np.abs(grid.reactance_pu)
        share = SHARE_OF_ANGLE
    loading = float(np.max(flows / limits, initial=0.0))
    scale = share * loading if loading > 0 else 1.0
    return replace(case, grid=replace(grid, limit_mw=scale * limits))


def _unlimited_flows_mw(case: Case) -> FloatArray:
    """Flows of the least-cost dispatch for the fixed load without line limits, shape (lines,)."""
    grid = case.grid
    load, injection = np.zeros((len(grid.buses), 1)), np.zeros((len(grid.buses), 1))
    for bus, load_mw in case.load_mw.items():
        load[grid.bus_index[bus]] = load_mw
    for group in case.unit_groups:
        if group.fixed:
            injection[grid.bus_index[group.bus]] += group.capacity_mw
    units = tuple(group for group in case.unit_groups if not group.fixed)
    unlimited = replace(grid, limit_mw=np.full(len(grid.limit_mw), np.inf))
    dispatch = least_cost_dispatch(unlimited, units, load, injection)
    net = injection[:, 0] - load[:, 0]
    for unit, output_mwh in zip(units, dispatch.output_mwh[:, 0], strict=True):
        net[grid.bus_index[unit.bus]] += output_mwh
    return PowerFlow(grid).flows(net[:, None])[:, 0]
