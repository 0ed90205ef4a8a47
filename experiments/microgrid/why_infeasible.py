"""Why an instance has no schedule, as far as one thing alone says it."""

from __future__ import annotations

from .instance import Instance, JobSection


def why_infeasible(instance: Instance) -> str:
    """The first reason that is found; a general one if it takes several things together."""
    for name, job in instance.jobs.items():
        if job.mandatory and (fault := _nowhere(instance, job)):
            return f"job {name} is mandatory, and {fault}"
    for name, site in instance.sites.items():
        idle = [pue * site.idle_mw for pue in site.pue]
        most = [site.import_mw + r + site.dispatchable.max_mw + site.battery.max_mw for r in site.renewable_mw]
        for slot, (need, have) in enumerate(zip(idle, most, strict=True)):
            if need > have:
                return f"site {name} cannot feed its idle power in slot {slot}: {need:.6g} MW of at most {have:.6g} MW"
    budgets = [instance.carbon_budget_t, *(site.carbon_budget_t for site in instance.sites.values())]
    mandatory = sum(job.mandatory for job in instance.jobs.values())
    what = ["idle power"] + ([f"{mandatory} mandatory jobs"] if mandatory else [])
    limits = "the sites' power" + (" and the carbon budget" if any(b is not None for b in budgets) else "")
    return f"there is no schedule: {limits} do not allow for {' and '.join(what)}, even if all inference is dropped"


def _nowhere(instance: Instance, job: JobSection) -> str | None:
    window = min(job.deadline, instance.slots - 1) - job.release + 1
    if job.slots > window:
        return f"takes {job.slots} slots of a window of {window}"
    if not job.sites:
        return "may run on no site"
    largest = max(instance.sites[site].it_capacity_mw for site in job.sites)
    if job.it_mw > largest:
        return f"takes {job.it_mw:.6g} MW of at most {largest:.6g} MW on a site where it may run"
    return None
