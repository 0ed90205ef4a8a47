"""What one slot hands on to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..instance import Instance
from ..schedule import Run


@dataclass(frozen=True, eq=False)
class SlotState:
    """How things stand before a slot.

    Parameters
    ----------
    slot : int
    energy_mwh : dict of site to float
        Contents of batteries.
    unit_mw : dict of site to float or None
        Output of units that are on; None of those that are off.
    runs : dict of job to Run
        Jobs that have started, in slots of the whole horizon.
    emissions_t : dict of site to float
        Emitted so far.
    """

    slot: int
    energy_mwh: Mapping[str, float]
    unit_mw: Mapping[str, float | None]
    runs: Mapping[str, Run]
    emissions_t: Mapping[str, float]


def opening(instance: Instance) -> SlotState:
    """Before the first slot: batteries have their initial content, units are off."""
    return SlotState(
        0,
        {name: site.battery.initial_mwh for name, site in instance.sites.items()},
        dict.fromkeys(instance.sites),
        {},
        dict.fromkeys(instance.sites, 0.0),
    )
