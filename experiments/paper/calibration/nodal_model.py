"""The market on nodes at given purchases of the datacenters: small enough for thousands of evaluations.

Ex post, contracts move no physical quantity as long as the supply that the hyperscaler prefers runs in any case; then
prices and outputs follow from what the datacenters draw at their buses alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import daqp
import numpy as np

from ....agents.arrays import FloatArray
from ....network.case import Case
from ....network.flow import ptdf_matrix
from ....network.grid import Grid
from ...scenario.calibration import inverse_demand

# Makes units of constant cost strictly convex [$/MWh per MWh]; 600 MW of it are a cent.
_LEAST_SLOPE = 1e-5
_OPTIMAL = 1
_EQUALITY = 5
# Demand above this share of the fixed load [1] means that a price is far below any that is meant.
_MOST_DEMAND = 10.0


@dataclass(frozen=True, eq=False)
class Supply:
    """What units cost and what is injected in any case.

    Parameters
    ----------
    cost_usd_per_mwh, slope_usd_per_mwh2 : arrays of shape (units,)
    injection_mw : float
        Of all units with fixed dispatch.
    """

    cost_usd_per_mwh: FloatArray
    slope_usd_per_mwh2: FloatArray
    injection_mw: float


@dataclass(frozen=True, eq=False)
class NodalState:
    """Prices by bus and outputs by unit, shapes (buses,) and (units,)."""

    price_usd_per_mwh: FloatArray
    output_mwh: FloatArray


class NodalModel:
    """A case with scaled limits whose demand answers to prices.

    Parameters
    ----------
    case : Case
    line_limit_scale : float
    price_elasticity : float
        At the reference.
    price_floor : float
        As in a scenario's `consumers`.
    uniform_reference : bool
        Whether demand curves go through one price for all buses, that of a grid without limits, instead of the nodal
        prices of the fixed load.
    """

    def __init__(
        self,
        case: Case,
        line_limit_scale: float,
        price_elasticity: float,
        price_floor: float,
        *,
        uniform_reference: bool = False,
    ) -> None:
        self.grid: Grid = replace(case.grid, limit_mw=case.grid.limit_mw * line_limit_scale)
        self.units = tuple(group for group in case.unit_groups if not group.fixed)
        self._elasticity, self._floor, self._uniform = price_elasticity, price_floor, uniform_reference
        buses = self.grid.bus_index
        self._load = np.zeros(len(buses))
        for bus, load in case.load_mw.items():
            self._load[buses[bus]] = load
        self._loaded = np.flatnonzero(self._load > 0)
        fixed = [group for group in case.unit_groups if group.fixed]
        self._injected = np.zeros(len(buses))
        for group in fixed:
            self._injected[buses[group.bus]] += group.capacity_mw / sum(other.capacity_mw for other in fixed)
        self._ptdf = ptdf_matrix(self.grid)
        self._of_units = self._ptdf[:, [buses[unit.bus] for unit in self.units]]
        self._capacity = np.array([unit.capacity_mw for unit in self.units])

    def places_without_load(self) -> dict[int, int]:
        """Where in the order of buses those without conventional load are, by bus."""
        return {bus: place for bus, place in self.grid.bus_index.items() if self._load[place] == 0}

    def states(self, supply: Supply, purchases: list[FloatArray]) -> list[NodalState] | None:
        """The market for several purchases of the datacenters.

        Parameters
        ----------
        supply : Supply
        purchases : list of arrays of shape (buses,)
            What the datacenters draw at each bus [MWh].

        Returns
        -------
        list of NodalState, or None
            None where the fixed load or a purchase cannot be served.
        """
        injection = self._injected * supply.injection_mw
        limits = np.full_like(self.grid.limit_mw, np.inf) if self._uniform else self.grid.limit_mw
        reference = self._dispatch(supply, self._load - injection, limits, None)
        if reference is None:
            return None
        price = reference.price_usd_per_mwh[self._loaded]
        load = self._load[self._loaded]
        curves = inverse_demand(
            np.maximum(price, self._floor * float(price @ load / load.sum())), load, self._elasticity
        )
        found = [self._dispatch(supply, bought - injection, self.grid.limit_mw, curves) for bought in purchases]
        solved = [state for state in found if state is not None]
        return solved if len(solved) == len(found) else None

    def _dispatch(
        self, supply: Supply, withdrawn: FloatArray, limits: FloatArray, curves: tuple[FloatArray, FloatArray] | None
    ) -> NodalState | None:
        """Greatest welfare at fixed withdrawals and, where there are curves, demand."""
        willingness, slope = curves if curves else (np.zeros(0), np.zeros(0))
        loads = self._loaded[: len(slope)]
        curvature = np.concatenate([supply.slope_usd_per_mwh2 + _LEAST_SLOPE, slope])
        costs = np.concatenate([supply.cost_usd_per_mwh, -willingness])
        flows, total = self._ptdf @ withdrawn, withdrawn.sum()
        rows = np.vstack(
            [
                np.concatenate([np.ones(len(self.units)), -np.ones(len(loads))]),
                np.hstack([self._of_units, -self._ptdf[:, loads]]),
            ]
        )
        most = np.concatenate([self._capacity, _MOST_DEMAND * self._load[loads], [total], flows + limits])
        least = np.concatenate([np.zeros(len(curvature)), [total], flows - limits])
        sense = np.zeros(len(most), dtype=np.int32)
        sense[len(curvature)] = _EQUALITY
        problem: Any = (np.diag(curvature), costs, np.ascontiguousarray(rows), most, least, sense)
        x, _, flag, information = daqp.solve(*problem)
        if flag != _OPTIMAL:
            return None
        multipliers = information["lam"][len(curvature) :]
        return NodalState(-multipliers[0] - self._ptdf.T @ multipliers[1:], x[: len(self.units)])
