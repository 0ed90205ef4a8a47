"""Rival readings of the data: what a calibration could also start from, to be held against the one that is used."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....network.case import Case
from ....network.reader import read_case
from ...scenario.schema import Scenario
from .nodal_model import NodalModel

# RTS-96 Task Force, IEEE Transactions on Power Systems 14(3), 1999, Table 12: long-term emergency ratings by
# continuous ones, and the reactance of the line from 14 to 16, which RTS-79 gives as 0.0389.
_EMERGENCY_MW = {175.0: 208.0, 400.0: 510.0, 500.0: 600.0}
_LINE, _REACTANCE_PU = (14, 16), 0.059


def structures(scenario: Scenario) -> dict[str, NodalModel]:
    """Models of a scenario's grid by what they assume; the first is the one that is used."""
    case = read_case(scenario.grid.source)

    def model(case: Case, *, uniform_reference: bool = False) -> NodalModel:
        consumers = scenario.consumers
        return NodalModel(
            case,
            scenario.grid.line_limit_scale,
            consumers.price_elasticity,
            consumers.price_floor,
            uniform_reference=uniform_reference,
        )

    grid = case.grid
    emergency = np.array([_EMERGENCY_MW[limit] for limit in grid.limit_mw.tolist()])
    ends = list(zip(grid.from_bus, grid.to_bus, strict=True))
    reactance = grid.reactance_pu.copy()
    reactance[ends.index(_LINE)] = _REACTANCE_PU
    return {
        "continuous ratings, nodal reference prices": model(case),
        "emergency ratings": model(replace(case, grid=replace(grid, limit_mw=emergency))),
        "reactance 14-16 of RTS-96": model(replace(case, grid=replace(grid, reactance_pu=reactance))),
        "one reference price for all buses": model(case, uniform_reference=True),
    }
