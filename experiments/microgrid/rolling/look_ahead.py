"""The problem of the next few slots, as an instance like any other: shorter, and begun as things stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ....agents.site import Site
from ..instance import Instance, JobSection, SiteSection
from ..participants import Participants, participants
from .forecasts import Forecasts
from .slot_state import SlotState

_SERIES = ("pue", "import_usd_per_mwh", "export_usd_per_mwh", "grid_t_per_mwh")


def look_ahead(
    whole: Instance,
    state: SlotState,
    stop: int,
    announced: Iterable[str],
    forecasts: Forecasts,
    seen: int,
    *,
    next_plan: int,
    spends_all: bool,
) -> Instance:
    """The slots from where things stand up to `stop`.

    Tariffs, intensities and power usage effectiveness are known. Jobs under way are mandatory in what is left of them,
    at no value; a job that waits has to end before `stop`, and is mandatory as soon as its deadline is before that, or
    the next plan would be too late for it.

    Parameters
    ----------
    whole : Instance
    state : SlotState
    stop : int
        The first slot that is not looked at.
    announced : iterable of str
        Jobs that are known of.
    forecasts : Forecasts
    seen : int
        How many slots forecasts know exactly.
    next_plan : int
        The slot in which it is planned again.
    spends_all : bool
        Whether all that is left of carbon budgets may be emitted; only the share of these slots in those left if not.
    """
    slots = slice(state.slot, stop)
    share = 1.0 if spends_all else (stop - state.slot) / (whole.slots - state.slot)
    return whole.model_copy(
        update={
            "slots": stop - state.slot,
            "sites": {
                name: _site(site, slots, forecasts.renewable_mw(name, seen)[slots].tolist(), name, state, share)
                for name, site in whole.sites.items()
            },
            "jobs": {**_under_way(whole, state), **_waiting(whole, state, stop, announced, next_plan)},
            "demand_mw": {
                region: {kind: forecasts.demand_mw(region, kind, seen)[slots].tolist() for kind in demand}
                for region, demand in whole.demand_mw.items()
            },
            "carbon_budget_t": _left(whole.carbon_budget_t, sum(state.emissions_t.values()), share),
        }
    )


def first_slots(whole: Instance, slots: int) -> Instance:
    """The same instance without what comes later; jobs keep their windows."""
    kept = slice(0, slots)
    return whole.model_copy(
        update={
            "slots": slots,
            "sites": {
                name: site.model_copy(update={key: getattr(site, key)[kept] for key in (*_SERIES, "renewable_mw")})
                for name, site in whole.sites.items()
            },
            "demand_mw": {
                region: {kind: values[kept] for kind, values in demand.items()}
                for region, demand in whole.demand_mw.items()
            },
        }
    )


def participants_ahead(whole: Instance, ahead: Instance, state: SlotState) -> Participants:
    """The agents of the slots ahead: units as they are, and batteries whose content at the end has a value.

    Where the slots end before the whole horizon does, a stored MWh is worth what it would save if it were used at the
    mean price of these slots, carbon included, less what is lost and worn on the way out. At the end of the horizon
    batteries hold what they held at its beginning, and no MWh is worth anything.
    """
    agents = participants(ahead)
    is_last = state.slot + ahead.slots == whole.slots
    sites = tuple(_carried(site, state, whole.sites[site.name], is_last=is_last) for site in agents.sites)
    return replace(agents, sites=sites)


def _carried(site: Site, state: SlotState, own: SiteSection, *, is_last: bool) -> Site:
    grid = site.microgrid
    if is_last:
        battery = replace(grid.battery, least_final_mwh=own.battery.initial_mwh)
    else:
        battery = replace(
            grid.battery, least_final_mwh=own.battery.min_mwh, final_usd_per_mwh=_stored_usd_per_mwh(site)
        )
    unit = replace(grid.unit, before_mw=state.unit_mw[site.name])
    return replace(site, microgrid=replace(grid, unit=unit, battery=battery))


def _stored_usd_per_mwh(site: Site) -> float:
    grid = site.microgrid
    price = float(np.mean(grid.import_usd_per_mwh + grid.carbon_usd_per_t * grid.grid_t_per_mwh))
    return max(grid.battery.discharge_efficiency * (price - grid.battery.wear_usd_per_mwh), 0.0)


def _site(
    site: SiteSection, slots: slice, renewable_mw: list[float], name: str, state: SlotState, share: float
) -> SiteSection:
    # What rounding leaves outside of the limits would make the problem infeasible.
    content = min(max(state.energy_mwh[name], site.battery.min_mwh), site.battery.max_mwh)
    return site.model_copy(
        update={
            **{key: getattr(site, key)[slots] for key in _SERIES},
            "renewable_mw": renewable_mw,
            "battery": site.battery.model_copy(update={"initial_mwh": content}),
            "carbon_budget_t": _left(site.carbon_budget_t, state.emissions_t[name], share),
        }
    )


def _left(budget_t: float | None, emitted_t: float, share: float) -> float | None:
    return None if budget_t is None else max(budget_t - emitted_t, 0.0) * share


def _under_way(whole: Instance, state: SlotState) -> dict[str, JobSection]:
    left = {name: run.start + whole.jobs[name].slots - state.slot for name, run in state.runs.items()}
    return {
        name: whole.jobs[name].model_copy(
            update={
                "slots": slots,
                "release": 0,
                "deadline": slots - 1,
                "value_usd": 0.0,
                "sites": [state.runs[name].site],
                "mandatory": True,
            }
        )
        for name, slots in left.items()
        if slots > 0
    }


def _waiting(
    whole: Instance, state: SlotState, stop: int, announced: Iterable[str], next_plan: int
) -> dict[str, JobSection]:
    known = {name: whole.jobs[name] for name in announced if name not in state.runs}
    return {
        name: job.model_copy(
            update={
                "release": max(job.release - state.slot, 0),
                "deadline": min(job.deadline, stop - 1) - state.slot,
                "mandatory": job.mandatory and (job.deadline < stop or job.deadline - job.slots + 1 < next_plan),
            }
        )
        for name, job in known.items()
        if max(job.release, state.slot) + job.slots <= min(job.deadline + 1, stop)
    }
