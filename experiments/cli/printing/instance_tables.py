"""An instance of the second system for a reader at the terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console

from ....network.plain import printable
from ...microgrid.instance import Instance, JobSection, SiteSection
from .columns import Column, print_columns, terminal

Cell = Callable[[SiteSection], str]


def print_instance(told: str, instance: Instance) -> None:
    """Print sites, jobs, classes and demand: of what varies over the slots its range, or its energy.

    Parameters
    ----------
    told : str
        What the user calls it.
    instance : Instance
    """
    console = terminal()
    hours = instance.slots * instance.slot_hours
    console.print(f"{printable(told)}: {instance.slots} slots of {instance.slot_hours:g} h, {hours:g} h in all")
    _print_totals(console, instance)
    console.print()
    _print_sites(console, instance)
    if instance.jobs:
        console.print()
        _print_jobs(console, instance)
    if instance.demand_mw:
        console.print()
        _print_demand(console, instance)
        console.print()
        _print_latencies(console, instance)


def _print_totals(console: Console, instance: Instance) -> None:
    length = instance.slot_hours
    capacity = sum(site.it_capacity_mw for site in instance.sites.values()) * instance.slots * length
    renewable = sum(sum(site.renewable_mw) for site in instance.sites.values()) * length
    training = sum(job.it_mw * job.slots for job in instance.jobs.values()) * length
    inference = sum(sum(mw) for demand in instance.demand_mw.values() for mw in demand.values()) * length
    console.print(
        f"IT energy: {capacity:,.0f} MWh of capacity for {training:,.0f} MWh of training and {inference:,.0f} MWh of "
        f"inference; sun and wind {renewable:,.0f} MWh"
    )
    budget = "none" if instance.carbon_budget_t is None else f"{instance.carbon_budget_t:g} t"
    console.print(f"carbon price {instance.carbon_price_usd_per_t:g} $/t, carbon budget {budget}")


def _print_sites(console: Console, instance: Instance) -> None:
    length = instance.slot_hours
    cells: dict[str, Cell] = {
        "IT MW": lambda site: f"{site.it_capacity_mw:g}",
        "idle MW": lambda site: f"{site.idle_mw:g}",
        "PUE": lambda site: _range(site.pue, "{:.3f}"),
        "sun, wind MWh": lambda site: f"{sum(site.renewable_mw) * length:,.0f}",
        "battery MWh": lambda site: f"{site.battery.max_mwh:g}",
        "battery MW": lambda site: f"{site.battery.max_mw:g}",
        "unit MW": _unit,
        "unit $/MWh": lambda site: f"{site.dispatchable.cost_usd_per_mwh:g}" if site.dispatchable.max_mw else "",
        "import MW": lambda site: f"{site.import_mw:g}",
        "export MW": lambda site: f"{site.export_mw:g}",
        "import $/MWh": lambda site: _range(site.import_usd_per_mwh, "{:.2f}"),
        "export $/MWh": lambda site: _range(site.export_usd_per_mwh, "{:.2f}"),
        "grid t/MWh": lambda site: _range(site.grid_t_per_mwh, "{:.3f}"),
    }
    if any(site.carbon_budget_t is not None for site in instance.sites.values()):
        cells["own budget t"] = lambda site: "" if site.carbon_budget_t is None else f"{site.carbon_budget_t:g}"
    columns = [Column(heading, [cell(site) for site in instance.sites.values()]) for heading, cell in cells.items()]
    _print_table(console, "site", list(instance.sites), columns)


def _print_jobs(console: Console, instance: Instance) -> None:
    cells: dict[str, Callable[[JobSection], str]] = {
        "IT MW": lambda job: f"{job.it_mw:g}",
        "slots": lambda job: str(job.slots),
        "release": lambda job: str(job.release),
        "deadline": lambda job: str(job.deadline),
        "value $": lambda job: f"{job.value_usd:,.2f}",
        "mandatory": lambda job: "yes" if job.mandatory else "",
        "sites": lambda job: "all" if len(job.sites) == len(instance.sites) else ", ".join(job.sites),
    }
    columns = [Column(heading, [cell(job) for job in instance.jobs.values()]) for heading, cell in cells.items()]
    _print_table(console, "job", list(instance.jobs), columns)


def _print_demand(console: Console, instance: Instance) -> None:
    pairs = [(region, name, mw) for region, demand in instance.demand_mw.items() for name, mw in demand.items()]
    classes = [instance.classes[name] for _, name, _ in pairs]
    columns = [
        Column("class", [name for _, name, _ in pairs], "left"),
        Column("MW", [_range(mw, "{:.2f}") for *_, mw in pairs]),
        Column("MWh", [f"{sum(mw) * instance.slot_hours:,.1f}" for *_, mw in pairs]),
        Column("latency ms", [f"{each.latency_ms:g}" for each in classes]),
        Column("revenue $/MWh", [f"{each.revenue_usd_per_mwh:g}" for each in classes]),
        Column("drop $/MWh", [f"{each.drop_usd_per_mwh:g}" for each in classes]),
    ]
    _print_table(console, "region", [region for region, *_ in pairs], columns)


def _print_latencies(console: Console, instance: Instance) -> None:
    columns = [
        Column(site, [f"{by_site[site]:.1f}" for by_site in instance.latency_ms.values()]) for site in instance.sites
    ]
    _print_table(console, "latency ms", list(instance.latency_ms), columns)


def _print_table(console: Console, label: str, names: Sequence[str], columns: Sequence[Column]) -> None:
    print_columns(console, [Column(label, names, "left")], columns)


def _unit(site: SiteSection) -> str:
    unit = site.dispatchable
    return f"{unit.min_mw:g} to {unit.max_mw:g}" if unit.max_mw else ""


def _range(values: Sequence[float], form: str) -> str:
    low, high = form.format(min(values)), form.format(max(values))
    return low if low == high else f"{low} to {high}"
