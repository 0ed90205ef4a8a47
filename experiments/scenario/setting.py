"""The setting of a scenario: grid, loads, hydro and baseline, before anybody trades."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ...agents.arrays import FloatArray
from ...network.case import Case, UnitGroup
from ...network.grid import Grid
from ..errors import Fault, InfeasibleError, ScenarioError, UnsolvedError
from .calibration import Baseline, least_cost_dispatch
from .schema import Scenario


@dataclass(frozen=True, eq=False)
class Setting:
    """What all agents of a scenario share.

    Parameters
    ----------
    scenario : Scenario
    grid : Grid
        With scaled line limits.
    units : tuple of UnitGroup
        Those that trade.
    load_buses : tuple of int
        Buses with conventional load.
    load_mwh, hydro_mwh : arrays of shape (buses, periods)
        Fixed load, and hydro delivered to it.
    fixed_withdrawal_mwh : array of shape (buses, periods)
        Hydro delivered less hydro injected.
    baseline : Baseline
        Least-cost dispatch for the fixed load.
    """

    scenario: Scenario
    grid: Grid
    units: tuple[UnitGroup, ...]
    load_buses: tuple[int, ...]
    load_mwh: FloatArray
    hydro_mwh: FloatArray
    fixed_withdrawal_mwh: FloatArray
    baseline: Baseline

    @property
    def sellers(self) -> tuple[str, ...]:
        """Names of the producers."""
        return tuple(unit.name for unit in self.units)

    def per_period(self, value: float | list[float]) -> FloatArray:
        """One number, or one a period, as an array of shape (periods,)."""
        return np.broadcast_to(np.asarray(value, dtype=np.float64), (self.scenario.periods,)).copy()


def setting_of(scenario: Scenario, case: Case, on_hour: Callable[[], object] = lambda: None) -> Setting:
    """Scale the grid, spread load and hydro over buses and hours, and find the baseline.

    Raises
    ------
    ScenarioError
        If the fixed load cannot be served, or nobody finds out how.
    """
    grid = replace(case.grid, limit_mw=case.grid.limit_mw * scenario.grid.line_limit_scale)
    buses = tuple(bus for bus, load in case.load_mw.items() if load > 0)
    profile = np.array(scenario.load_profile or [1.0] * scenario.periods)
    load = np.zeros((len(grid.buses), scenario.periods))
    for bus in buses:
        load[grid.bus_index[bus]] = case.load_mw[bus] * profile
    fixed = [group for group in case.unit_groups if group.fixed]
    traded = _traded(fixed, scenario.producers.hydro_traded_mw)
    injection = np.zeros_like(load)
    total = sum(group.capacity_mw for group in fixed)
    hydro = scenario.producers.hydro_injection_mw
    for group, part in zip(fixed, traded, strict=True):
        share = group.capacity_mw / total if total else 0.0
        injection[grid.bus_index[group.bus]] += (
            group.capacity_mw - part.capacity_mw if hydro is None else share * np.asarray(hydro)
        )
    # Hydro is given to the loads pro rata.
    delivered = load / np.maximum(load.sum(axis=0), 1e-300) * injection.sum(axis=0)
    factors = scenario.producers.cost_factors
    offered = (
        *(group for group in case.unit_groups if not group.fixed),
        *(part for part in traded if part.capacity_mw),
    )
    units = tuple(_dearer(group, factors) for group in offered)
    try:
        baseline = least_cost_dispatch(grid, units, load, injection, on_hour)
    except InfeasibleError as error:
        raise ScenarioError(scenario.name, [Fault("grid.line_limit_scale", str(error))]) from error
    except UnsolvedError as error:
        raise ScenarioError(scenario.name, [Fault("grid.source", str(error))]) from error
    return Setting(
        scenario=scenario,
        grid=grid,
        units=units,
        load_buses=buses,
        load_mwh=load,
        hydro_mwh=delivered,
        fixed_withdrawal_mwh=delivered - injection,
        baseline=baseline,
    )


def _dearer(group: UnitGroup, factors: dict[str, float]) -> UnitGroup:
    """A unit group with its marginal cost multiplied; the first of name, type and fuel that is named counts."""
    factor = next((factors[key] for key in (group.name, group.unit_type, group.fuel) if key in factors), 1.0)
    return replace(
        group,
        cost_usd_per_mwh=factor * group.cost_usd_per_mwh,
        cost_slope_usd_per_mwh2=factor * group.cost_slope_usd_per_mwh2,
    )


def _traded(fixed: list[UnitGroup], traded_mw: float) -> list[UnitGroup]:
    """What each group with a fixed dispatch offers in contracts, in proportion to capacity."""
    total = sum(group.capacity_mw for group in fixed)
    share = traded_mw / total if total else 0.0
    return [replace(group, fixed=False, capacity_mw=share * group.capacity_mw) for group in fixed]
