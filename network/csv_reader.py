"""Cases as folders of CSV files, among them the built-in ones."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np
import pandas as pd

from .case import Case, UnitGroup
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
_TEXT_COLUMNS = {"line_id", "unit_group", "unit_type", "fuel", "dispatch"}
_RAMP = "ramp_mw_per_h"
_OPTIONAL_NUMBERS = {"x", "y", _RAMP}


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
    tables = {name: _read_table(folder / name, columns) for name, columns in _COLUMNS.items()}
    buses = tables["buses.csv"]
    numbers = tuple(int(bus) for bus in buses["bus"])
    loads = {bus: float(load) for bus, load in zip(numbers, buses["load_mw"].fillna(0.0), strict=True)}
    positions = {}
    if {"x", "y"} <= set(buses.columns):
        positions = dict(
            zip(numbers, zip(buses["x"].astype(float), buses["y"].astype(float), strict=True), strict=True)
        )
    try:
        return Case(
            grid=_grid(buses, tables["lines.csv"], numbers),
            load_mw={bus: load for bus, load in loads.items() if load != 0},
            unit_groups=_unit_groups(tables["unit_groups.csv"]),
            positions=positions,
        )
    except GridError as error:
        raise GridError(f"{folder}: {error}") from error


def _read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    if not path.is_file():
        raise GridError(f"{path}: file is missing; a case needs {', '.join(_COLUMNS)}")
    try:
        table = pd.read_csv(
            path,
            dtype=dict.fromkeys(_TEXT_COLUMNS, str),
            index_col=False,
            keep_default_na=False,
            na_values=[""],
        )
    except (ValueError, pd.errors.ParserError) as error:
        raise GridError(f"{path}: cannot be read as CSV: {error}") from error
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise GridError(f"{path}: column {missing[0]} is missing; needed are {', '.join(columns)}")
    for name in table.columns:
        if name in _TEXT_COLUMNS:
            table[name] = table[name].fillna("")
            if name in columns and (table[name].str.strip() == "").any():
                raise GridError(f"{path}: column {name} has an empty entry; a name is needed")
        if name in _TEXT_COLUMNS or not (name in {*columns, *_OPTIONAL_NUMBERS} or name.endswith(_EMISSION_SUFFIX)):
            continue
        numbers = pd.to_numeric(table[name], errors="coerce")
        wrong = table.index[numbers.isna() & table[name].notna()]
        if len(wrong):
            raise GridError(f"{path}: line {wrong[0] + 2}, column {name}: {table[name][wrong[0]]!r} is not a number")
        table[name] = numbers
    for name in ("bus", "from_bus", "to_bus"):
        if name in table.columns and not (table[name] % 1 == 0).all():
            raise GridError(f"{path}: column {name} must hold whole bus numbers")
    return table


def _grid(buses: pd.DataFrame, lines: pd.DataFrame, numbers: tuple[int, ...]) -> Grid:
    if not buses["is_hub"].isin([0, 1]).all():
        raise GridError("buses.csv: is_hub holds something else than 0 and 1")
    hubs = [bus for bus, is_hub in zip(numbers, buses["is_hub"], strict=True) if is_hub == 1]
    if len(hubs) != 1:
        raise GridError(f"buses.csv: is_hub is 1 for {len(hubs)} buses; exactly one hub is needed")
    return Grid(
        buses=numbers,
        hub=hubs[0],
        line_ids=tuple(str(line) for line in lines["line_id"]),
        from_bus=tuple(int(bus) for bus in lines["from_bus"]),
        to_bus=tuple(int(bus) for bus in lines["to_bus"]),
        reactance_pu=lines["reactance_pu"].to_numpy(dtype=np.float64),
        limit_mw=lines["limit_mw"].fillna(np.inf).to_numpy(dtype=np.float64),
    )


def _unit_groups(table: pd.DataFrame) -> tuple[UnitGroup, ...]:
    emission_columns = [name for name in table.columns if name.endswith(_EMISSION_SUFFIX)]
    groups = []
    for row in table.to_dict("records"):
        if row["dispatch"] not in ("market", "fixed"):
            raise GridError(
                f"unit group {row['unit_group']}: dispatch is {row['dispatch']!r}; allowed are market and fixed"
            )
        for name in emission_columns:
            if not 0 <= row[name] < np.inf:
                raise GridError(
                    f"unit group {row['unit_group']}: {name} is {row[name]}; a finite number of at least 0 is needed"
                )
        groups.append(
            UnitGroup(
                name=row["unit_group"],
                bus=int(row["bus"]),
                unit_type=row["unit_type"],
                fuel=row["fuel"],
                fixed=row["dispatch"] == "fixed",
                capacity_mw=float(row["capacity_mw"]),
                cost_usd_per_mwh=float(row["marginal_cost_usd_per_mwh"]),
                cost_slope_usd_per_mwh2=float(row["marginal_cost_slope_usd_per_mwh2"]),
                emission_rates_kg_per_mwh={
                    name.removesuffix(_EMISSION_SUFFIX): float(row[name]) for name in emission_columns
                },
                ramp_mw_per_h=None if pd.isna(row.get(_RAMP)) else float(row[_RAMP]),
            )
        )
    return tuple(groups)
