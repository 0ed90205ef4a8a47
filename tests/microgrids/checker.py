"""What a schedule of the second system breaks and is worth, from the JSON alone: no line of it is the package's."""

from math import isclose

NEGLIGIBLE = 1e-6


def broken_rules(instance, plan):
    """Every rule that the plan's schedule breaks, in words; the figures of the plan are recomputed as well."""
    found = [*_compute(instance, plan["schedule"])]
    for name, site in instance["sites"].items():
        found += [f"{name}: {fault}" for fault in _site(instance, name, site, plan["schedule"])]
    found += _figures(instance, plan)
    return found


def _compute(instance, schedule):
    slots = range(instance["slots"])
    assert schedule["jobs"].keys() == instance["jobs"].keys()
    for name, job in instance["jobs"].items():
        run = schedule["jobs"][name]
        if run is None:
            if job["mandatory"]:
                yield f"{name} is mandatory"
            continue
        if run["site"] not in job["sites"]:
            yield f"{name} may not run on {run['site']}"
        if run["start"] < job["release"] or run["start"] + job["slots"] - 1 > min(
            job["deadline"], instance["slots"] - 1
        ):
            yield f"{name} leaves its window"
    for region, classes in instance["demand_mw"].items():
        for kind, demand in classes.items():
            sites = schedule["routed_mw"][region][kind]
            for site, power in sites.items():
                if instance["latency_ms"][region][site] > instance["classes"][kind]["latency_ms"] and max(power) > 0:
                    yield f"{region} {kind} is too far from {site}"
                if min(power) < 0:
                    yield f"{region} {kind} {site}: negative"
            for t in slots:
                lost = schedule["dropped_mw"][region][kind][t]
                if abs(sum(power[t] for power in sites.values()) + lost - demand[t]) > NEGLIGIBLE or lost < 0:
                    yield f"{region} {kind} {t}: what is served and dropped is not the demand"


def _it(instance, name, schedule, t):
    running = [
        instance["jobs"][job]["it_mw"]
        for job, run in schedule["jobs"].items()
        if run is not None and run["site"] == name and run["start"] <= t < run["start"] + instance["jobs"][job]["slots"]
    ]
    routed = [
        sites[name][t] for classes in schedule["routed_mw"].values() for sites in classes.values() if name in sites
    ]
    return sum(running) + sum(routed)


def _site(instance, name, site, schedule):
    s, unit, battery, hours = schedule["sites"][name], site["dispatchable"], site["battery"], instance["slot_hours"]
    was_mw = 0.0
    for t in range(instance["slots"]):
        it = _it(instance, name, schedule, t)
        limits = {
            "it_mw": (0, site["it_capacity_mw"]),
            "import_mw": (0, site["import_mw"]),
            "export_mw": (0, site["export_mw"]),
            "renewable_mw": (0, site["renewable_mw"][t]),
            "dispatchable_mw": (unit["min_mw"] * s["on"][t], unit["max_mw"] * s["on"][t]),
            "charge_mw": (0, battery["max_mw"]),
            "discharge_mw": (0, battery["max_mw"]),
        }
        for key, (least, most) in limits.items():
            if not least - NEGLIGIBLE <= s[key][t] <= most + NEGLIGIBLE:
                yield f"{key} {t}: {s[key][t]} is not within {least} and {most}"
        if s["on"][t] not in (0, 1):
            yield f"on {t}: {s['on'][t]}"
        if abs(s["it_mw"][t] - it) > NEGLIGIBLE:
            yield f"it_mw {t}: {s['it_mw'][t]} is not {it}"
        if abs(s["load_mw"][t] - site["pue"][t] * (site["idle_mw"] + it)) > NEGLIGIBLE:
            yield f"load_mw {t}"
        supply = s["import_mw"][t] + s["renewable_mw"][t] + s["dispatchable_mw"][t] + s["discharge_mw"][t]
        if abs(supply - s["load_mw"][t] - s["export_mw"][t] - s["charge_mw"][t]) > NEGLIGIBLE:
            yield f"balance {t}"
        for one, other in (("import_mw", "export_mw"), ("charge_mw", "discharge_mw")):
            if min(s[one][t], s[other][t]) > NEGLIGIBLE:
                yield f"{one} and {other} at once in {t}"
        stored = (
            battery["charge_efficiency"] * s["charge_mw"][t] - s["discharge_mw"][t] / battery["discharge_efficiency"]
        )
        if abs(s["energy_mwh"][t + 1] - s["energy_mwh"][t] - hours * stored) > NEGLIGIBLE:
            yield f"battery {t}"
        if not battery["min_mwh"] - NEGLIGIBLE <= s["energy_mwh"][t + 1] <= battery["max_mwh"] + NEGLIGIBLE:
            yield f"energy_mwh {t + 1}: {s['energy_mwh'][t + 1]}"
        ramp = unit.get("ramp_mw_per_slot")
        if ramp is not None and abs(s["dispatchable_mw"][t] - was_mw) > ramp + NEGLIGIBLE:
            yield f"ramp {t}"
        was_mw = s["dispatchable_mw"][t]
    if abs(s["energy_mwh"][0] - battery["initial_mwh"]) > NEGLIGIBLE:
        yield "the battery does not begin where it should"
    if s["energy_mwh"][-1] < battery["initial_mwh"] - NEGLIGIBLE:
        yield "the battery ends below its beginning"


def emissions(instance, schedule):
    """Of each site [t]."""
    return {
        name: instance["slot_hours"]
        * sum(
            site["grid_t_per_mwh"][t] * schedule["sites"][name]["import_mw"][t]
            + site["dispatchable"]["e_t_per_mwh"] * schedule["sites"][name]["dispatchable_mw"][t]
            for t in range(instance["slots"])
        )
        for name, site in instance["sites"].items()
    }


def _parts(instance, schedule):
    hours, slots = instance["slot_hours"], range(instance["slots"])
    parts = dict.fromkeys(
        ("jobs", "inference", "drops", "network", "import", "export", "dispatchable", "starts", "wear", "carbon"), 0.0
    )
    parts["jobs"] = sum(instance["jobs"][job]["value_usd"] for job, run in schedule["jobs"].items() if run is not None)
    for region, classes in schedule["routed_mw"].items():
        for kind, sites in classes.items():
            own = instance["classes"][kind]
            parts["drops"] -= hours * own["drop_usd_per_mwh"] * sum(schedule["dropped_mw"][region][kind])
            for site, power in sites.items():
                parts["inference"] += hours * own["revenue_usd_per_mwh"] * sum(power)
                parts["network"] -= hours * instance["network_usd_per_mwh"][region][site] * sum(power)
    for name, site in instance["sites"].items():
        s = schedule["sites"][name]
        parts["import"] -= hours * sum(site["import_usd_per_mwh"][t] * s["import_mw"][t] for t in slots)
        parts["export"] += hours * sum(site["export_usd_per_mwh"][t] * s["export_mw"][t] for t in slots)
        parts["dispatchable"] -= hours * site["dispatchable"]["cost_usd_per_mwh"] * sum(s["dispatchable_mw"])
        parts["wear"] -= hours * site["battery"]["wear_usd_per_mwh"] * sum(s["discharge_mw"])
        starts = sum(1 for t in slots if s["on"][t] and not (t and s["on"][t - 1]))
        parts["starts"] -= site["dispatchable"]["start_usd"] * starts
    parts["carbon"] = -instance["carbon_price_usd_per_t"] * sum(emissions(instance, schedule).values())
    return parts


def _figures(instance, plan):
    parts = _parts(instance, plan["schedule"])
    for part, usd in parts.items():
        if not isclose(plan["parts_usd"][part], usd, rel_tol=1e-9, abs_tol=1e-5):
            yield f"part {part} is {usd}, not {plan['parts_usd'][part]}"
    if not isclose(sum(parts.values()), plan["benefit_usd"], rel_tol=1e-9, abs_tol=1e-5):
        yield f"the benefit is {sum(parts.values())}, not {plan['benefit_usd']}"
    emitted = sum(emissions(instance, plan["schedule"]).values())
    if not isclose(emitted, plan["emissions_t"], rel_tol=1e-9, abs_tol=1e-9):
        yield f"emissions are {emitted}, not {plan['emissions_t']}"
    excess = 0.0 if instance["carbon_budget_t"] is None else max(0.0, emitted - instance["carbon_budget_t"])
    if not isclose(excess, plan["budget_excess_t"], rel_tol=1e-9, abs_tol=1e-6):
        yield f"the budget is exceeded by {excess}, not by {plan['budget_excess_t']}"
