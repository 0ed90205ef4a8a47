"""The grid: buses joined by lines with reactances and limits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from .plain import POWER, REACTANCE, name_fault, shown

_LARGEST_BUS = 10**15
FloatArray = npt.NDArray[np.float64]


class GridError(ValueError):
    """The grid data cannot describe a network; the message names the bus or line."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A connected lossless network under the DC power-flow approximation.

    Parameters
    ----------
    buses : tuple of int
        Bus numbers, unique.
    hub : int
        The bus whose wheeling fee is fixed at zero and whose angle is the reference.
    line_ids : tuple of str
        Names of the lines, unique.
    from_bus, to_bus : tuple of int
        End buses of every line; a positive flow runs from `from_bus` to `to_bus`.
    reactance_pu : array of shape (lines,)
        Series reactances on a common base, finite and not zero.
    limit_mw : array of shape (lines,)
        Largest flow in either direction; ``inf`` for a line without limit.

    Raises
    ------
    GridError
        If a number is missing or of no size that grids have, a limit is negative, a reactance is zero or not
        finite, a name stands twice or cannot be printed, a line ends at an unknown bus, or the buses fall apart
        into islands.
    """

    buses: tuple[int, ...]
    hub: int
    line_ids: tuple[str, ...]
    from_bus: tuple[int, ...]
    to_bus: tuple[int, ...]
    reactance_pu: FloatArray
    limit_mw: FloatArray

    def __post_init__(self) -> None:
        """Refuse data that describe no network."""
        if not self.buses:
            raise GridError("the grid has no buses; at least one is needed")
        for bus in self.buses:
            if abs(bus) > _LARGEST_BUS:
                raise GridError(f"bus {bus:.3e} has a number too large; at most {_LARGEST_BUS:.0e} is allowed")
        for line in self.line_ids:
            if fault := name_fault(line):
                raise GridError(f"line {shown(line)}: {fault}")
        _refuse_duplicates("bus", self.buses)
        _refuse_duplicates("line", self.line_ids)
        if self.hub not in self.bus_index:
            raise GridError(f"hub bus {self.hub} is unknown; known buses: {_listing(self.buses)}")
        for line, reactance, limit, ends in zip(
            self.line_ids,
            self.reactance_pu,
            self.limit_mw,
            zip(self.from_bus, self.to_bus, strict=True),
            strict=True,
        ):
            self._check_line(line, float(reactance), float(limit), ends)
        self._refuse_islands()

    def _check_line(self, line: str, reactance: float, limit: float, ends: tuple[int, int]) -> None:
        for bus in ends:
            if bus not in self.bus_index:
                raise GridError(f"line {line} ends at unknown bus {bus}; known buses: {_listing(self.buses)}")
        if ends[0] == ends[1]:
            raise GridError(f"line {line} joins bus {ends[0]} with itself; two different buses are needed")
        if not np.isfinite(reactance) or reactance == 0:
            raise GridError(f"line {line}: reactance_pu is {reactance}; a finite number other than 0 is needed")
        if np.isnan(limit) or limit < 0:
            raise GridError(f"line {line}: limit_mw is {limit}; a number of at least 0 is needed (empty: no limit)")
        if fault := REACTANCE.fault(reactance):
            raise GridError(f"line {line}: reactance_pu is {reactance}; {fault}")
        if limit != np.inf and (fault := POWER.fault(limit)):
            raise GridError(f"line {line}: limit_mw is {limit}; {fault} (empty: no limit)")

    def _refuse_islands(self) -> None:
        count, island = connected_components(abs(self.incidence).T @ abs(self.incidence), directed=False)
        if count > 1:
            cut_off = [bus for bus, part in zip(self.buses, island, strict=True) if part != island[self.hub_index]]
            raise GridError(
                f"the grid falls into {count} islands: no line leads from hub bus {self.hub} "
                f"to {_listing(cut_off)}; all buses must be connected"
            )

    @cached_property
    def bus_index(self) -> dict[int, int]:
        """Position of every bus number in `buses`."""
        return {bus: index for index, bus in enumerate(self.buses)}

    @property
    def hub_index(self) -> int:
        """Position of the hub in `buses`."""
        return self.bus_index[self.hub]

    @cached_property
    def incidence(self) -> sp.csr_array:
        """Line-bus incidence of shape (lines, buses): +1 where a line begins, -1 where it ends."""
        lines = np.arange(len(self.line_ids))
        rows = np.concatenate([lines, lines])
        columns = np.array([self.bus_index[bus] for bus in (*self.from_bus, *self.to_bus)], dtype=np.int64)
        signs = np.concatenate([np.ones(len(lines)), -np.ones(len(lines))])
        return sp.csr_array((signs, (rows, columns)), shape=(len(lines), len(self.buses)))


def _refuse_duplicates(kind: str, names: tuple[int, ...] | tuple[str, ...]) -> None:
    seen: set[int | str] = set()
    for name in names:
        if name in seen:
            raise GridError(f"{kind} {name} appears twice; every {kind} needs a name of its own")
        seen.add(name)


def _listing(buses: tuple[int, ...] | list[int]) -> str:
    shown = ", ".join(str(bus) for bus in buses[:30])
    return f"bus {shown}" if len(buses) <= 30 else f"bus {shown}, ... ({len(buses)} in all)"
