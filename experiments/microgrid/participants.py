"""The agents of an instance: sites, and who buys from them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...agents.agent import Agent
from ...agents.microgrid import Battery, DispatchableUnit, Microgrid
from ...agents.site import Route, Site, TrainingJob
from ...agents.workload_owners import CarbonBudget, JobOwner, RequestRegion
from .instance import BatterySection, DispatchableSection, Instance, SiteSection


@dataclass(frozen=True, eq=False)
class Participants:
    """Agents of the second system, by kind."""

    sites: tuple[Site, ...]
    regions: tuple[RequestRegion, ...]
    owners: tuple[JobOwner, ...]
    budgets: tuple[CarbonBudget, ...]

    @property
    def buyers(self) -> tuple[Agent, ...]:
        """All but the sites."""
        return (*self.regions, *self.owners, *self.budgets)


def participants(instance: Instance) -> Participants:
    """The agents that an instance describes."""
    budget = instance.carbon_budget_t
    return Participants(
        tuple(_site(instance, name) for name in instance.sites),
        tuple(_region(instance, region, name) for region, demand in instance.demand_mw.items() for name in demand),
        tuple(JobOwner(name, job.value_usd, job.mandatory) for name, job in instance.jobs.items()),
        () if budget is None else (CarbonBudget(budget),),
    )


def routes_to(instance: Instance, site: str) -> tuple[Route, ...]:
    """Requests that reach a site in time, region by region and class by class."""
    return tuple(
        Route(region, name, instance.network_usd_per_mwh[region][site])
        for region, demand in instance.demand_mw.items()
        for name in demand
        if instance.latency_ms[region][site] <= instance.classes[name].latency_ms
    )


def _site(instance: Instance, name: str) -> Site:
    own = instance.sites[name]
    jobs = tuple(
        TrainingJob(job, j.it_mw, j.slots, j.release, j.deadline) for job, j in instance.jobs.items() if name in j.sites
    )
    return Site(
        name,
        own.it_capacity_mw,
        own.idle_mw,
        np.array(own.pue),
        _microgrid(instance, own),
        jobs,
        routes_to(instance, name),
        own.carbon_budget_t,
        instance.carbon_budget_t is not None,
    )


def _microgrid(instance: Instance, site: SiteSection) -> Microgrid:
    return Microgrid(
        instance.slot_hours,
        np.array(site.renewable_mw),
        _unit(site.dispatchable),
        _battery(site.battery),
        site.import_mw,
        site.export_mw,
        np.array(site.import_usd_per_mwh),
        np.array(site.export_usd_per_mwh),
        np.array(site.grid_t_per_mwh),
        instance.carbon_price_usd_per_t,
    )


def _unit(unit: DispatchableSection) -> DispatchableUnit:
    return DispatchableUnit(
        unit.max_mw, unit.min_mw, unit.cost_usd_per_mwh, unit.start_usd, unit.e_t_per_mwh, unit.ramp_mw_per_slot
    )


def _battery(battery: BatterySection) -> Battery:
    return Battery(
        battery.max_mwh,
        battery.min_mwh,
        battery.initial_mwh,
        battery.max_mw,
        battery.charge_efficiency,
        battery.discharge_efficiency,
        battery.wear_usd_per_mwh,
    )


def _region(instance: Instance, region: str, request_class: str) -> RequestRegion:
    own = instance.classes[request_class]
    return RequestRegion(
        region,
        request_class,
        np.array(instance.demand_mw[region][request_class]),
        instance.slot_hours,
        own.revenue_usd_per_mwh,
        own.drop_usd_per_mwh,
    )
