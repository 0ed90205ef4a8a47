"""Cases from MATPOWER's matrices, which files and other programs' converters share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .case import Case
from .costs import Block, piecewise_blocks, quadratic_block
from .grid import FloatArray, Grid, GridError
from .units import Unit, fixed_injection, unit_groups

# Columns of the matrices, MATPOWER User's Manual, appendix B.
_BUS_I, _BUS_TYPE, _PD = 0, 1, 2
_F_BUS, _T_BUS, _BR_X, _RATE_A, _TAP, _BR_STATUS = 0, 1, 3, 5, 8, 10
_GEN_BUS, _GEN_STATUS, _PMAX, _PMIN = 0, 7, 8, 9
_MODEL, _NCOST, _COST = 0, 3, 4
_REFERENCE, _ISOLATED = 3, 4
_PIECEWISE_LINEAR, _POLYNOMIAL = 1, 2
# Programs write 1e9 and the like for a unit without limit; that would swamp all other numbers.
_UNLIMITED_MW = 1e6


@dataclass(frozen=True, eq=False)
class Matrices:
    """The matrices of a MATPOWER case, version 2, with fuel and type of every unit."""

    bus: FloatArray
    gen: FloatArray
    branch: FloatArray
    gencost: FloatArray
    fuels: tuple[str, ...]
    unit_types: tuple[str, ...]


def case_from_matrices(data: Matrices) -> Case:
    """Read the market of a DC grid out of an AC case.

    * Elements out of service, buses of type 4 and what stands on them are dropped.
    * The hub is the first reference bus. A branch has the reactance ``x * tap``, as in MATPOWER's DC model, and
      the limit RATE_A; 0 means no limit. Resistances, charging, shunts, phase shifts and DC lines are ignored.
    * Pmin, startup, shutdown and no-load costs are ignored, and ramp rates too, whose unit differs among files.
      Costs become blocks (`costs.py`); polynomials above the second degree are refused.
    * Equal units at one bus are one group (`units.py`), named after the row of the first.
    * A dispatchable load (Pmin < 0, Pmax <= 0) is a fixed load of -Pmin; other units without capacity are dropped.
    * A bus with negative load injects it as a unit with fixed dispatch; a bus without load has no consumer.

    Raises
    ------
    GridError
        If the matrices describe no market; the message names the matrix and the row.
    """
    bus = data.bus[data.bus[:, _BUS_TYPE] != _ISOLATED]
    references = bus[bus[:, _BUS_TYPE] == _REFERENCE, _BUS_I]
    if not len(references):
        raise GridError("mpc.bus: no bus has type 3; a reference bus is needed as the hub")
    numbers = bus[:, _BUS_I]
    if not np.isfinite(numbers).all() or not (numbers % 1 == 0).all() or len(set(numbers)) < len(numbers):
        raise GridError("mpc.bus: bus numbers must be whole, and each may stand once")
    load = {int(row[_BUS_I]): float(row[_PD]) for row in bus}
    units = []
    for index in _rows_in_service(data, "gen", data.gen, [_GEN_BUS], _GEN_STATUS):
        row = data.gen[index]
        if row[_PMAX] > 0:
            units.append(_unit(data, index))
        else:
            load[int(row[_GEN_BUS])] += max(-float(row[_PMIN]), 0.0)
    injections = [fixed_injection(at, -value) for at, value in load.items() if value < 0]
    lines = list(_rows_in_service(data, "branch", data.branch, [_F_BUS, _T_BUS], _BR_STATUS))
    branch = data.branch[lines]
    grid = Grid(
        buses=tuple(numbers.astype(int).tolist()),
        hub=int(references[0]),
        line_ids=tuple(f"L{index + 1}" for index in lines),
        from_bus=tuple(branch[:, _F_BUS].astype(int).tolist()),
        to_bus=tuple(branch[:, _T_BUS].astype(int).tolist()),
        reactance_pu=branch[:, _BR_X] * np.where(branch[:, _TAP] == 0, 1.0, branch[:, _TAP]),
        limit_mw=np.where(branch[:, _RATE_A] == 0, np.inf, branch[:, _RATE_A]),
    )
    return Case(
        grid=grid,
        load_mw={at: value for at, value in load.items() if value > 0},
        unit_groups=(*unit_groups(units), *injections),
    )


def _rows_in_service(data: Matrices, name: str, matrix: FloatArray, ends: list[int], status: int) -> Iterator[int]:
    known = set(data.bus[:, _BUS_I].tolist())
    isolated = set(data.bus[data.bus[:, _BUS_TYPE] == _ISOLATED, _BUS_I].tolist())
    for index, row in enumerate(matrix):
        at = row[ends].tolist()
        for bus in at:
            if bus not in known:
                raise GridError(f"mpc.{name}, row {index + 1}: {bus:g} is no bus of mpc.bus")
        if row[status] > 0 and isolated.isdisjoint(at):
            yield index


def _unit(data: Matrices, index: int) -> Unit:
    bus = int(data.gen[index, _GEN_BUS])
    return Unit(
        name=f"G{index + 1}@{bus}",
        bus=bus,
        unit_type=data.unit_types[index],
        fuel=data.fuels[index],
        blocks=_blocks(data, index, float(data.gen[index, _PMAX])),
    )


def _blocks(data: Matrices, index: int, capacity_mw: float) -> tuple[Block, ...]:
    def refuse(what: str) -> GridError:
        return GridError(f"mpc.gencost, row {index + 1}: {what}")

    if index >= len(data.gencost):
        raise refuse("is missing; every unit of mpc.gen needs its cost")
    row = data.gencost[index]
    if not capacity_mw < _UNLIMITED_MW:
        raise GridError(f"mpc.gen, row {index + 1}: Pmax is {capacity_mw:g}; a limit below {_UNLIMITED_MW:g} is needed")
    if not (np.isfinite(row[_NCOST]) and row[_NCOST] % 1 == 0):
        raise refuse(f"{row[_NCOST]:g} is no number of costs")
    count = int(row[_NCOST])
    numbers = row[_COST : _COST + (2 * count if row[_MODEL] == _PIECEWISE_LINEAR else count)]
    if not np.isfinite(numbers).all():
        raise refuse("holds something that is no finite number")
    if row[_MODEL] == _PIECEWISE_LINEAR:
        output, cost = numbers[::2], numbers[1::2]
        if count < 2 or len(cost) < count or not (np.diff(output) > 0).all():
            raise refuse(f"{numbers.tolist()} are not {count} points of a piecewise-linear cost in rising order")
        return piecewise_blocks(capacity_mw, output, cost)
    if row[_MODEL] != _POLYNOMIAL or not 0 < count <= len(numbers):
        raise refuse(f"model {row[_MODEL]:g} with {count} numbers is neither 1 (piecewise linear) nor 2 (polynomial)")
    if numbers[:-3].any():
        raise refuse(f"{numbers.tolist()} is a polynomial above the second degree; quadratic costs are allowed")
    c2, c1, _ = np.concatenate([np.zeros(3), numbers])[-3:].tolist()
    return quadratic_block(capacity_mw, c2, c1)
