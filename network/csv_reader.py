"""Cases as folders of CSV files, among them the built-in ones."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np

from .case import Case, UnitGroup
from .csv_table import CsvTable, read_table
from .grid import Grid, GridError

_DATA = Path(str(resources.files(__package__))) / "data"
_COLUMNS = {
    "buses.csv": ["bus", "load_mw", "is_hub"],
    "lines.csv": ["line_id", "from_bus", "to_bus", "reactance_pu", "limit_mw"],
    "unit_groups.csv": [
        "unit_group",
        "bus",
        "unit_type",
        "fuel",
        "dispatch",
        "capacity_mw",
        "marginal_cost_usd_per_mwh",
        "marginal_cost_slope_usd_per_mwh2",
    ],
}
_EMISSION_SUFFIX = "_kg_per_mwh"
_RAMP = "ramp_mw_per_h"
_OPTIONAL = {"buses.csv": ["x", "y"], "lines.csv": [], "unit_groups.csv": [_RAMP]}


def built_in_cases() -> list[str]:
    """Names of the cases that come with walras."""
    return sorted(path.parent.name for path in _DATA.glob("*/buses.csv"))


def built_in_folder(name: str) -> Path:
    """Folder of a built-in case."""
    return _DATA / name


def read_folder(folder: Path) -> Case:
    """Read a folder with three CSV files.

    ``buses.csv``: bus, load_mw, is_hub (1 for one bus), optionally x and y for drawing.
    ``lines.csv``: line_id, from_bus, to_bus, reactance_pu, limit_mw (empty: no limit).
    ``unit_groups.csv``: unit_group, bus, unit_type, fuel, dispatch (market or fixed), capacity_mw,
    marginal_cost_usd_per_mwh, marginal_cost_slope_usd_per_mwh2, optionally ramp_mw_per_h (empty: no
    limit), and any number of emission tables as columns ``NAME_kg_per_mwh``.

    Raises
    ------
    GridError
        If a file or column is missing or a value is not allowed; the message names both.
    """
    try:
        return _case(*(_read(folder / name) for name in _COLUMNS))
    except GridError as error:
        raise GridError(f"{folder}: {error}") from error


def _case(buses: CsvTable, lines: CsvTable, unit_groups: CsvTable) -> Case:
    numbers = tuple(buses.bus_numbers("bus"))
    loads = dict(zip(numbers, buses.numbers("load_mw", empty=0.0), strict=True))
    positions = {}
    given = {"x", "y"} & set(buses.columns)
    if len(given) == 1:
        raise GridError(f"buses.csv: column {given.pop()} stands alone; places on the map need x and y")
    if given:
        positions = dict(zip(numbers, zip(buses.numbers("x"), buses.numbers("y"), strict=True), strict=True))
    return Case(
        grid=_grid(buses, lines, numbers),
        load_mw={bus: load for bus, load in loads.items() if load != 0},
        unit_groups=_unit_groups(unit_groups),
        positions=positions,
    )


def _read(path: Path) -> CsvTable:
    suffix = _EMISSION_SUFFIX if path.name == "unit_groups.csv" else None
    return read_table(path, _COLUMNS[path.name], _OPTIONAL[path.name], suffix)


def _grid(buses: CsvTable, lines: CsvTable, numbers: tuple[int, ...]) -> Grid:
    flags = buses.numbers("is_hub")
    if not {*flags} <= {0.0, 1.0}:
        raise GridError("buses.csv: is_hub holds something else than 0 and 1")
    hubs = [bus for bus, is_hub in zip(numbers, flags, strict=True) if is_hub == 1]
    if len(hubs) != 1:
        raise GridError(f"buses.csv: is_hub is 1 for {len(hubs)} buses; exactly one hub is needed")
    return Grid(
        buses=numbers,
        hub=hubs[0],
        line_ids=tuple(lines.names("line_id")),
        from_bus=tuple(lines.bus_numbers("from_bus")),
        to_bus=tuple(lines.bus_numbers("to_bus")),
        reactance_pu=np.array(lines.numbers("reactance_pu")),
        limit_mw=np.array(lines.numbers("limit_mw", empty=np.inf)),
    )


def _unit_groups(table: CsvTable) -> tuple[UnitGroup, ...]:
    rates = {name: table.numbers(name) for name in table.columns if name.endswith(_EMISSION_SUFFIX)}
    ramps = table.numbers(_RAMP) if _RAMP in table.columns else [np.nan] * len(table.lines)
    words = {name: table.names(name) for name in ("unit_group", "unit_type", "fuel", "dispatch")}
    numbers = {name: table.numbers(name) for name in _COLUMNS["unit_groups.csv"][5:]}
    groups = []
    for row, bus in enumerate(table.bus_numbers("bus")):
        name, dispatch = words["unit_group"][row], words["dispatch"][row]
        if dispatch not in ("market", "fixed"):
            raise GridError(f"unit group {name}: dispatch is {dispatch!r}; allowed are market and fixed")
        groups.append(
            UnitGroup(
                name=name,
                bus=bus,
                unit_type=words["unit_type"][row],
                fuel=words["fuel"][row],
                fixed=dispatch == "fixed",
                capacity_mw=numbers["capacity_mw"][row],
                cost_usd_per_mwh=numbers["marginal_cost_usd_per_mwh"][row],
                cost_slope_usd_per_mwh2=numbers["marginal_cost_slope_usd_per_mwh2"][row],
                emission_rates_kg_per_mwh={
                    column.removesuffix(_EMISSION_SUFFIX): values[row] for column, values in rates.items()
                },
                ramp_mw_per_h=None if np.isnan(ramps[row]) else ramps[row],
            )
        )
    return tuple(groups)
