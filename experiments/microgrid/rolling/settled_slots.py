"""What has come of the slots that are over."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..instance import Instance
from ..recovered_compute import dropped
from ..schedule import Routed, Run, Schedule, SiteSchedule
from .look_ahead import first_slots
from .slot_state import SlotState, opening

_CONTENT = "energy_mwh"


class SettledSlots:
    """A schedule of the whole horizon that is filled slot by slot.

    Parameters
    ----------
    whole : Instance

    Attributes
    ----------
    state : SlotState
        Before the first slot that is not settled.
    """

    def __init__(self, whole: Instance) -> None:
        self.whole = whole
        self.state = opening(whole)
        self._sites: dict[str, dict[str, NDArray[Any]]] = {
            name: {
                field.name: np.zeros(whole.slots, dtype=np.int64 if field.name == "on" else np.float64)
                for field in fields(SiteSchedule)
            }
            for name in whole.sites
        }
        for name, columns in self._sites.items():
            columns[_CONTENT] = np.full(whole.slots + 1, whole.sites[name].battery.initial_mwh)
        self._routed: Routed = {region: {kind: {} for kind in demand} for region, demand in whole.demand_mw.items()}

    @property
    def is_whole(self) -> bool:
        """Whether all slots are settled."""
        return self.state.slot == self.whole.slots

    def settle(self, planned: Schedule, position: int) -> None:
        """Take a slot as a schedule has it at a position."""
        slot, state = self.state.slot, self.state
        started = {
            name: Run(run.site, slot)
            for name, run in planned.jobs.items()
            if run is not None and run.start == position and name not in state.runs
        }
        for region, classes in planned.routed_mw.items():
            for kind, routed in classes.items():
                for site, power in routed.items():
                    whole = self._routed[region][kind].setdefault(site, np.zeros(self.whole.slots))
                    whole[slot] = power[position]
        for name, own in planned.sites.items():
            for key, values in self._sites[name].items():
                after = int(key == _CONTENT)
                values[slot + after] = getattr(own, key)[position + after]
        self.state = SlotState(
            slot + 1,
            {name: float(columns[_CONTENT][slot + 1]) for name, columns in self._sites.items()},
            {name: self._output_mw(name, slot) for name in self._sites},
            {**state.runs, **started},
            {name: emitted + self._emitted_t(name, slot) for name, emitted in state.emissions_t.items()},
        )

    def schedule(self) -> Schedule:
        """Of all slots that are settled."""
        slots, state = self.state.slot, self.state
        settled = first_slots(self.whole, slots)
        routed: Routed = {
            region: {kind: {site: power[:slots] for site, power in sites.items()} for kind, sites in classes.items()}
            for region, classes in self._routed.items()
        }
        sites = {
            name: SiteSchedule(**{key: values[: slots + (key == _CONTENT)] for key, values in columns.items()})
            for name, columns in self._sites.items()
        }
        jobs = {name: state.runs.get(name) for name in self.whole.jobs}
        return Schedule(jobs, routed, dropped(settled, routed), sites)

    def _output_mw(self, site: str, slot: int) -> float | None:
        columns = self._sites[site]
        return float(columns["dispatchable_mw"][slot]) if columns["on"][slot] else None

    def _emitted_t(self, site: str, slot: int) -> float:
        columns, own = self._sites[site], self.whole.sites[site]
        bought = own.grid_t_per_mwh[slot] * columns["import_mw"][slot]
        return float(self.whole.slot_hours * (bought + own.dispatchable.e_t_per_mwh * columns["dispatchable_mw"][slot]))
