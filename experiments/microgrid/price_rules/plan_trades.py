"""What a schedule makes of everybody's trades and costs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....agents.arrays import FloatArray
from ....agents.site import Site
from ....coordinator.announcement import Responses
from ..instance import Instance
from ..participants import Participants
from ..schedule import Schedule
from ..settled import emissions_of_site_t, emissions_t, energy_parts


def plan_trades(instance: Instance, agents: Participants, schedule: Schedule) -> Responses:
    """Trades and costs of all agents of `priced_market`, from the schedule alone; what is bought is what is supplied.

    Parameters
    ----------
    instance : Instance
    agents : Participants
        Those of the instance.
    schedule : Schedule
    """
    everybody = [*_sites(instance, agents, schedule), *_buyers(instance, agents, schedule)]
    return Responses(np.concatenate([trades for trades, _ in everybody]), np.array([cost for _, cost in everybody]))


def _sites(instance: Instance, agents: Participants, schedule: Schedule) -> Iterator[tuple[FloatArray, float]]:
    nothing = np.zeros(instance.slots)
    for site in agents.sites:
        own = instance.sites[site.name]
        served = [
            instance.slot_hours * schedule.routed_mw[route.region][route.request_class].get(site.name, nothing)
            for route in site.routes
        ]
        emitted_t = emissions_of_site_t(instance, site.name, schedule.sites[site.name])
        cost = instance.carbon_price_usd_per_t * emitted_t
        cost += sum(
            route.network_usd_per_mwh * float(mwh.sum()) for route, mwh in zip(site.routes, served, strict=True)
        )
        cost -= sum(energy_parts(own, schedule.sites[site.name], instance.slot_hours).values())
        carbon = np.array([-emitted_t] if site.has_market_for_carbon else [])
        yield np.concatenate([*served, _run(site, schedule), carbon]), cost


def _run(site: Site, schedule: Schedule) -> FloatArray:
    runs = [schedule.jobs[job.name] for job in site.jobs]
    return np.array([float(run is not None and run.site == site.name) for run in runs])


def _buyers(instance: Instance, agents: Participants, schedule: Schedule) -> Iterator[tuple[FloatArray, float]]:
    for region in agents.regions:
        routed = schedule.routed_mw[region.region][region.request_class].values()
        demand_mwh = instance.slot_hours * region.demand_mw
        served_mwh = instance.slot_hours * sum(routed, np.zeros(instance.slots))
        costs = region.drop_usd_per_mwh * (demand_mwh - served_mwh) - region.revenue_usd_per_mwh * served_mwh
        for served, cost in zip(served_mwh, costs.tolist(), strict=True):
            yield np.array([-served]), cost
    for owner in agents.owners:
        run = float(schedule.jobs[owner.job] is not None)
        yield np.array([-run]), -owner.value_usd * run
    for _ in agents.budgets:
        yield np.array([emissions_t(instance, schedule)]), 0.0
