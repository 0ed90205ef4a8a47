"""Whose output the clean supply could be that the printed emissions of local work ask for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray
from ..identities.identities import printed_reading
from ..printed import printed
from .freedoms import Freedoms
from .nodal_model import NodalModel, NodalState


@dataclass(frozen=True)
class CleanSupply:
    """A candidate.

    Parameters
    ----------
    name : str
        A unit group, or what else.
    output_mwh : float
        What it sells to the hyperscaler.
    rate_kg_per_mwh : float
        That makes it the clean supply.
    system_t : float
        System CO2 if it has that rate and all others keep theirs.
    is_steady : bool
        Whether it is at capacity with no premium or with that of alpha 0.9, so that alpha moves nothing.
    """

    name: str
    output_mwh: float
    rate_kg_per_mwh: float
    system_t: float
    is_steady: bool

    @property
    def system_miss(self) -> float:
        """System CO2 relative to what is printed, less 1."""
        return self.system_t / printed("co2.system", "ex_post", 0.1) - 1


def clean_supplies(
    model: NodalModel, freedoms: Freedoms, point: FloatArray, state: NodalState, rates: FloatArray
) -> list[CleanSupply]:
    """Every unit group that could be it alone, and carbon-free hydro that is traded, the nearest to the printed first.

    Parameters
    ----------
    model : NodalModel
    freedoms : Freedoms
    point : array
        A fit.
    state : NodalState
        The market there ex post.
    rates : array of shape (units,)
        In kg/MWh, of the emission table.
    """
    reading = printed_reading()
    system = float(rates @ state.output_mwh) / 1000
    found = [CleanSupply("hydro that is traded", reading.carbon_free_mwh, 0.0, system, True)]
    supply = freedoms.supply(point)
    marginal = supply.cost_usd_per_mwh + supply.slope_usd_per_mwh2 * np.array(
        [unit.capacity_mw for unit in model.units]
    )
    for index, unit in enumerate(model.units):
        output = float(state.output_mwh[index])
        if output < reading.carbon_free_mwh or output >= reading.local_mwh:
            continue
        rate = reading.RATE_KG_PER_MWH - reading.advantage_kg / output
        worth = state.price_usd_per_mwh[model.grid.bus_index[unit.bus]]
        premium = reading.KAPPA_CARELESS * (reading.RATE_KG_PER_MWH - rate)
        found.append(
            CleanSupply(
                unit.name,
                output,
                rate,
                system - output * (float(rates[index]) - rate) / 1000,
                bool(worth + premium >= marginal[index] and output > unit.capacity_mw - 1e-3),
            )
        )
    return sorted(found, key=lambda candidate: abs(candidate.system_miss))
