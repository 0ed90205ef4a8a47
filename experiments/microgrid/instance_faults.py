"""Rules of an instance across its keys, held against a document that may be malformed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeGuard

from ...network.plain import listing, shown
from ..errors import Fault

_SITE_SERIES = ("pue", "renewable_mw", "import_usd_per_mwh", "export_usd_per_mwh", "grid_t_per_mwh")
_BY_PAIR = ("latency_ms", "network_usd_per_mwh")


def cross_key_faults(document: dict[str, Any]) -> list[Fault]:
    """Every list of a wrong length, name that leads nowhere and bound that contradicts another.

    What has the wrong type is passed over: the schema reports it. Not faults, since each has a meaning: a window
    shorter than the job, which then never runs; a job without sites; a region without requests of some class; sites
    that take nothing; export above import prices, since a site does not import and export in the same slot.
    """
    return [*_length_faults(document), *_site_faults(document), *_job_faults(document), *_demand_faults(document)] + [
        fault for key in _BY_PAIR for fault in _pair_faults(document, key)
    ]


def _length_faults(document: dict[str, Any]) -> Iterator[Fault]:
    slots = document.get("slots")
    if not _is_whole(slots):
        return
    series = [
        (f"sites.{name}.{key}", site.get(key)) for name, site in _sections(document, "sites") for key in _SITE_SERIES
    ]
    for region, demand in _sections(document, "demand_mw"):
        series += [(f"demand_mw.{region}.{name}", values) for name, values in demand.items()]
    for path, values in series:
        if isinstance(values, list) and len(values) != slots:
            yield Fault(path, f"has {len(values)} numbers for {slots} slots; one a slot is needed")


def _site_faults(document: dict[str, Any]) -> Iterator[Fault]:
    for name, site in _sections(document, "sites"):
        for section, lower, upper in (
            ("dispatchable", "min_mw", "max_mw"),
            ("battery", "min_mwh", "initial_mwh"),
            ("battery", "initial_mwh", "max_mwh"),
        ):
            values = site.get(section)
            low, high = (values.get(lower), values.get(upper)) if isinstance(values, dict) else (None, None)
            if _is_number(low) and _is_number(high) and low > high:
                message = f"is {shown(low)}; at most {upper} is allowed, which is {shown(high)}"
                yield Fault(f"sites.{name}.{section}.{lower}", message)


def _job_faults(document: dict[str, Any]) -> Iterator[Fault]:
    slots, sites = document.get("slots"), _texts(document.get("sites"))
    for name, job in _sections(document, "jobs"):
        release, deadline, path = job.get("release"), job.get("deadline"), f"jobs.{name}"
        if _is_whole(deadline) and _is_whole(slots) and deadline >= slots:
            yield Fault(f"{path}.deadline", f"is {shown(deadline)}; the last slot is {slots - 1} (slots count from 0)")
        if _is_whole(release) and _is_whole(deadline) and release > deadline:
            yield Fault(f"{path}.release", f"is {shown(release)}; at most the deadline is allowed, {shown(deadline)}")
        listed: set[str] = set()
        for site in _texts(job.get("sites")):
            if site in listed:
                yield Fault(f"{path}.sites", f"{shown(site)} is listed twice; every site may stand once")
            elif sites and site not in sites:
                yield Fault(f"{path}.sites", f"{shown(site)} is no site; allowed: {listing(sites)}")
            listed.add(site)


def _demand_faults(document: dict[str, Any]) -> Iterator[Fault]:
    classes = _texts(document.get("classes"))
    for region, demand in _sections(document, "demand_mw"):
        for name in _texts(demand):
            if name not in classes and isinstance(document.get("classes"), dict):
                yield Fault(f"demand_mw.{region}.{name}", f"is no class of inference; allowed: {listing(classes)}")


def _pair_faults(document: dict[str, Any], key: str) -> Iterator[Fault]:
    if not all(isinstance(document.get(each), dict) for each in ("demand_mw", "sites", key)):
        return
    regions, sites = _texts(document["demand_mw"]), _texts(document["sites"])
    yield from _not_the_same(key, _texts(document[key]), regions, "region of demand_mw")
    for region, by_site in _sections(document, key):
        if region in regions:
            yield from _not_the_same(f"{key}.{region}", _texts(by_site), sites, "site")


def _not_the_same(path: str, given: list[str], needed: list[str], kind: str) -> Iterator[Fault]:
    for name in given:
        if name not in needed:
            yield Fault(f"{path}.{name}", f"is no {kind}; allowed: {listing(needed)}")
    missing = [name for name in needed if name not in given]
    if missing:
        yield Fault(path, f"says nothing about {listing(missing)}; every {kind} is needed")


def _sections(document: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    """The mappings below a key, with their names."""
    items = document.get(key)
    named = items.items() if isinstance(items, dict) else ()
    return [(name, item) for name, item in named if isinstance(name, str) and isinstance(item, dict)]


def _texts(items: Any) -> list[str]:
    """Those items of a list, or keys of a mapping, that may be names."""
    listed: Iterable[Any] = items if isinstance(items, (list, dict)) else ()
    return [item for item in listed if isinstance(item, str)]


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
