"""Cases from pandapower networks."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from .case import Case
from .fuels import UNKNOWN_FUEL
from .grid import GridError
from .matpower_case import Matrices, case_from_matrices

_PMAX_AND_PMIN = [8, 9]
_NCOST = 3


def case_from_pandapower(net: Any) -> Case:
    """Read a case out of a pandapower network, which stays as it is.

    pandapower's own converter makes MATPOWER's matrices of it, so that transformers, switches and static
    generators count as in its optimal power flow, and the rules of `case_from_matrices` say the rest.
    Buses keep their numbers; of buses that closed switches join, the lowest number remains. pandapower
    names no fuels: all units are of fuel ``unknown``. A unit without costs costs nothing. Lines without
    ``max_loading_percent`` have no limit.

    Parameters
    ----------
    net : pandapower.pandapowerNet
        With costs for its generators (``poly_cost`` or ``pwl_cost``).

    Raises
    ------
    GridError
        If pandapower is not installed or refuses the network, or the network describes no market.
    """
    try:
        from pandapower.converter.pypower.to_ppc import to_ppc
    except ModuleNotFoundError as error:
        raise GridError("pandapower networks need an extra: pip install 'walras[pandapower]'") from error
    if net.poly_cost.empty and net.pwl_cost.empty:
        raise GridError("the pandapower network has neither poly_cost nor pwl_cost; units need costs")
    own = deepcopy(net)
    try:
        ppc = to_ppc(own, calculate_voltage_angles=False, init="flat", mode="opf")
    except (UserWarning, KeyError, ValueError) as error:
        raise GridError(f"pandapower cannot convert the network: {error}") from error
    numbers = _bus_numbers(own, len(ppc["bus"]))
    bus, gen, branch = (np.array(np.real(ppc[name]), dtype=np.float64) for name in ("bus", "gen", "branch"))
    bus[:, 0] = numbers
    gen[:, 0] = numbers[gen[:, 0].astype(int)]
    branch[:, :2] = numbers[branch[:, :2].astype(int)]
    # pandapower widens limits by 1e-10 MW, which would pass for dispatchable loads and blocks of their own.
    gen[:, _PMAX_AND_PMIN] = np.round(gen[:, _PMAX_AND_PMIN], 6)
    gencost = np.array(ppc["gencost"], dtype=np.float64)
    # Where pandapower has no costs it writes polynomials without coefficients.
    gencost[gencost[:, _NCOST] == 0, _NCOST] = 1
    unknown = (UNKNOWN_FUEL,) * len(gen)
    return case_from_matrices(Matrices(bus, gen, branch, gencost, unknown, unknown))


def _bus_numbers(net: Any, count: int) -> np.ndarray:
    """Pandapower's number of each bus of the matrices; inner nodes of transformers follow the highest."""
    lookup = net._pd2ppc_lookups["bus"]
    highest = int(net.bus.index.max())
    numbers = highest + 1 + np.arange(count)
    for bus in sorted(net.bus.index[net.bus.in_service], reverse=True):
        if 0 <= lookup[bus] < count:
            numbers[lookup[bus]] = bus
    return numbers
