"""A case: the grid with the loads and generating units that stand on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .grid import Grid, GridError
from .plain import COST, COST_SLOPE, EMISSION_RATE, POWER, Quantity, name_fault, shown

# Where to draw is in any unit.
_FARTHEST = 1e9


@dataclass(frozen=True, eq=False)
class UnitGroup:
    """Identical generating units at one bus, run as one.

    Marginal cost is ``cost_usd_per_mwh + cost_slope_usd_per_mwh2 * output``. A group with a
    `fixed` dispatch always injects its whole capacity and takes part in no trade. From one hour to
    the next the output of a group with a ramp limit changes by at most that much.
    """

    name: str
    bus: int
    unit_type: str
    fuel: str
    fixed: bool
    capacity_mw: float
    cost_usd_per_mwh: float
    cost_slope_usd_per_mwh2: float
    emission_rates_kg_per_mwh: dict[str, float]
    ramp_mw_per_h: float | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """What a case reader returns.

    Parameters
    ----------
    grid : Grid
    load_mw : dict of bus to MW
        Fixed load of the buses that have one.
    unit_groups : tuple of UnitGroup
    positions : dict of bus to (x, y)
        Where to draw the buses; empty when the data say nothing.

    Raises
    ------
    GridError
        If a load or a unit group stands on an unknown bus, a number is out of range or of no size that it can
        have, or a name cannot be printed.
    """

    grid: Grid
    load_mw: dict[int, float]
    unit_groups: tuple[UnitGroup, ...]
    positions: dict[int, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse loads and units that fit no bus."""
        for bus, load in self.load_mw.items():
            if bus not in self.grid.bus_index:
                raise GridError(f"a load stands on unknown bus {bus}")
            _refuse_below_zero(f"bus {bus}", "load_mw", load, POWER)
        for bus, place in self.positions.items():
            if not all(abs(coordinate) <= _FARTHEST for coordinate in place):
                raise GridError(f"bus {bus} is drawn at {place}; numbers up to {_FARTHEST:g} are needed")
        times = Counter(group.name for group in self.unit_groups)
        for group in self.unit_groups:
            self._check(group)
            if times[group.name] > 1:
                raise GridError(f"unit group {group.name} appears twice; every group needs a name of its own")

    def _check(self, group: UnitGroup) -> None:
        where = f"unit group {group.name}"
        for kind, name in (("name", group.name), ("unit_type", group.unit_type), ("fuel", group.fuel)):
            if fault := name_fault(name):
                raise GridError(f"unit group {shown(group.name)}: {kind} is {shown(name)}; {fault}")
        if group.bus not in self.grid.bus_index:
            raise GridError(f"{where} stands on unknown bus {group.bus}")
        _refuse_below_zero(where, "capacity_mw", group.capacity_mw, POWER)
        _refuse_below_zero(where, "cost_slope_usd_per_mwh2", group.cost_slope_usd_per_mwh2, COST_SLOPE)
        if group.ramp_mw_per_h is not None:
            _refuse_below_zero(where, "ramp_mw_per_h", group.ramp_mw_per_h, POWER, " (empty: no limit)")
        if not abs(group.cost_usd_per_mwh) < float("inf"):
            raise GridError(f"{where}: cost_usd_per_mwh is {group.cost_usd_per_mwh}; a finite number is needed")
        if fault := COST.fault(group.cost_usd_per_mwh):
            raise GridError(f"{where}: cost_usd_per_mwh is {group.cost_usd_per_mwh}; {fault}")
        for table, rate in group.emission_rates_kg_per_mwh.items():
            if fault := name_fault(table):
                raise GridError(f"{where}: the emission table {shown(table)}: {fault}")
            _refuse_below_zero(where, f"{table}_kg_per_mwh", rate, EMISSION_RATE)


def _refuse_below_zero(where: str, key: str, value: float, quantity: Quantity, note: str = "") -> None:
    if not 0 <= value < float("inf"):
        raise GridError(f"{where}: {key} is {value}; a finite number of at least 0 is needed{note}")
    if fault := quantity.fault(value):
        raise GridError(f"{where}: {key} is {value}; {fault}{note}")
