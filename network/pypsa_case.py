"""Cases from PyPSA networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, UnitGroup
from .costs import quadratic_block
from .fuels import UNKNOWN_FUEL
from .grid import Grid, GridError
from .units import Unit, fixed_injection, unit_groups

_SERIES = ["p_max_pu", "marginal_cost", "marginal_cost_quadratic", "efficiency"]


def case_from_pypsa(network: Any, snapshot: Any = None) -> Case:
    """Read one snapshot of a PyPSA network as a case; the network stays as it is.

    * Buses of carrier AC, and the active lines, transformers, generators and loads between and on them;
      links, stores and storage units are left out.
    * Bus numbers are the names where all are whole numbers, else 1, 2, ... in order. The hub is the first bus with
      a generator of control ``Slack``, else the first bus.
    * Reactances are PyPSA's ``x_pu_eff``, limits ``s_nom * s_max_pu``; phase shifts are ignored.
    * Capacity is ``p_nom * p_max_pu``, cost ``marginal_cost`` and ``marginal_cost_quadratic``, the ramp limit the
      smaller one of ``ramp_limit_up`` and ``ramp_limit_down`` in a snapshot of one hour; minimum outputs,
      commitment and expansion are ignored. The fuel is the carrier.
    * Emission rates are the carrier's ``co2_emissions`` over the unit's efficiency where any carrier has some,
      else those of `fuels.py`.
    * Equal units at one bus are one group; a bus with negative load injects it as a unit with fixed dispatch.

    Parameters
    ----------
    network : pypsa.Network
    snapshot : label, optional
        Of ``network.snapshots``; the first where it is left out.

    Raises
    ------
    GridError
        If the snapshot is unknown or the network describes no market.
    """
    if snapshot is None:
        snapshot = network.snapshots[0]
    if snapshot not in network.snapshots:
        raise GridError(f"{snapshot!r} is no snapshot of the network")
    network = network.copy()
    network.calculate_dependent_values()
    names = network.buses.index[network.buses.carrier.isin(["AC", ""])]
    numbers = dict(zip(names, _numbers(list(names)), strict=True))
    units = _units(network, snapshot, numbers)
    load = _load_mw(network, snapshot, numbers)
    positions = network.buses.loc[names, ["x", "y"]]
    return Case(
        grid=_grid(network, snapshot, numbers),
        load_mw={bus: value for bus, value in load.items() if value > 0},
        unit_groups=(*units, *(fixed_injection(bus, -value) for bus, value in load.items() if value < 0)),
        positions=(
            {numbers[name]: (float(place.x), float(place.y)) for name, place in positions.iterrows()}
            if positions.to_numpy().any()
            else {}
        ),
    )


def _numbers(names: list[str]) -> list[int]:
    return [int(name) for name in names] if all(name.isdecimal() for name in names) else [*range(1, len(names) + 1)]


def _records(network: Any, component: str, series: list[str], snapshot: Any, numbers: dict[str, int]) -> list[Any]:
    """Active elements on the buses that count, as dictionaries, with time series read at the snapshot."""
    table = network.components[component].static
    now = {name: network.get_switchable_as_dense(component, name, [snapshot]).loc[snapshot] for name in series}
    table = table.assign(**now)
    ends = [name for name in ("bus", "bus0", "bus1") if name in table.columns]
    inside = table["active"] & table[ends].isin(list(numbers)).all(axis=1)
    records: list[Any] = table[inside].rename_axis("name").reset_index().to_dict("records")
    return records


def _grid(network: Any, snapshot: Any, numbers: dict[str, int]) -> Grid:
    lines = _records(network, "Line", ["s_max_pu"], snapshot, numbers)
    transformers = _records(network, "Transformer", ["s_max_pu"], snapshot, numbers)
    branches = [*lines, *transformers]
    generators = _records(network, "Generator", [], snapshot, numbers)
    slack = [row["bus"] for row in generators if row["control"] == "Slack"]
    if not numbers:
        raise GridError("the network has no bus of carrier AC; at least one is needed")
    return Grid(
        buses=tuple(numbers.values()),
        hub=numbers[slack[0]] if slack else next(iter(numbers.values())),
        line_ids=(*(row["name"] for row in lines), *(f"transformer {row['name']}" for row in transformers)),
        from_bus=tuple(numbers[row["bus0"]] for row in branches),
        to_bus=tuple(numbers[row["bus1"]] for row in branches),
        reactance_pu=np.array([row["x_pu_eff"] for row in branches], dtype=np.float64),
        limit_mw=np.array([row["s_nom"] * row["s_max_pu"] for row in branches], dtype=np.float64),
    )


def _load_mw(network: Any, snapshot: Any, numbers: dict[str, int]) -> dict[int, float]:
    load = dict.fromkeys(numbers.values(), 0.0)
    for row in _records(network, "Load", ["p_set"], snapshot, numbers):
        load[numbers[row["bus"]]] -= float(row["sign"] * row["p_set"])
    return load


def _units(network: Any, snapshot: Any, numbers: dict[str, int]) -> tuple[UnitGroup, ...]:
    carbon = network.carriers.co2_emissions
    units = []
    for row in _records(network, "Generator", _SERIES, snapshot, numbers):
        if row["sign"] != 1:
            raise GridError(f"generator {row['name']}: sign is {row['sign']:g}; 1 is needed")
        capacity_mw = float(row["p_nom"] * row["p_max_pu"])
        if capacity_mw <= 0:
            continue
        ramp_mw_per_h = float(np.fmin(row["ramp_limit_up"], row["ramp_limit_down"]) * row["p_nom"])
        kg_per_mwh = 1000 * float(carbon.get(row["carrier"], 0.0) / row["efficiency"])
        units.append(
            Unit(
                name=row["name"],
                bus=numbers[row["bus"]],
                unit_type=row["type"] or UNKNOWN_FUEL,
                fuel=row["carrier"] or UNKNOWN_FUEL,
                blocks=quadratic_block(capacity_mw, float(row["marginal_cost_quadratic"]), float(row["marginal_cost"])),
                ramp_mw_per_h=None if np.isnan(ramp_mw_per_h) else ramp_mw_per_h,
                emission_rate_kg_per_mwh=kg_per_mwh if carbon.any() else None,
            )
        )
    return unit_groups(units)
