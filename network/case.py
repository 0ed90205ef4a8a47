"""A case: the grid with the loads and generating units that stand on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .grid import Grid, GridError


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
        If a load or a unit group stands on an unknown bus or a number is out of range.
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
            if not load >= 0 or load == float("inf"):
                raise GridError(f"bus {bus}: load_mw is {load}; a finite number of at least 0 is needed")
        times = Counter(group.name for group in self.unit_groups)
        for group in self.unit_groups:
            if group.bus not in self.grid.bus_index:
                raise GridError(f"unit group {group.name} stands on unknown bus {group.bus}")
            if times[group.name] > 1:
                raise GridError(f"unit group {group.name} appears twice; every group needs a name of its own")
            for key in ("capacity_mw", "cost_slope_usd_per_mwh2"):
                value = getattr(group, key)
                if not 0 <= value < float("inf"):
                    raise GridError(
                        f"unit group {group.name}: {key} is {value}; a finite number of at least 0 is needed"
                    )
            if group.ramp_mw_per_h is not None and not 0 <= group.ramp_mw_per_h < float("inf"):
                raise GridError(
                    f"unit group {group.name}: ramp_mw_per_h is {group.ramp_mw_per_h}; a finite number of at least 0 "
                    "is needed (empty: no limit)"
                )
            if not abs(group.cost_usd_per_mwh) < float("inf"):
                raise GridError(
                    f"unit group {group.name}: cost_usd_per_mwh is {group.cost_usd_per_mwh}; a finite number is needed"
                )
