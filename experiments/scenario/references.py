"""Names in a scenario that must point at something: buses, batches, units, hours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...coordinator.catalogue import EX_POST_ONLY, MECHANISMS
from ...network.case import Case
from ...network.grid import GridError
from ...network.plain import listing, shown
from ...network.reader import read_case
from ..errors import Fault
from ..own_parts.own_code import is_code
from .names import GRID_OPERATOR, consumer_name


def case_and_faults(
    document: dict[str, Any], read: Callable[[str], Case] = read_case
) -> tuple[Case | None, list[Fault]]:
    """The case of a document that may be malformed, None where it cannot be read, and its `reference_faults`."""
    grid = document.get("grid", {})
    source = grid.get("source", "rts24") if isinstance(grid, dict) else None
    if not isinstance(source, str):
        return None, _faults_without_case(document)
    try:
        case = read(source)
    except GridError as error:
        return None, [*_faults_without_case(document), Fault("grid.source", str(error))]
    return case, reference_faults(document, case)


def reference_faults(document: dict[str, Any], case: Case) -> list[Fault]:
    """Every reference that leads nowhere and every name used twice, in a document that may be malformed.

    What has the wrong type is passed over: the schema reports it.
    """
    return [
        *_faults_without_case(document),
        *_taken_name_faults(document, case),
        *_bus_faults(document, case),
        *_emission_faults(document, case),
        *_cost_factor_faults(document, case),
        *_traded_hydro_faults(document, case),
    ]


def _faults_without_case(document: dict[str, Any]) -> list[Fault]:
    return [
        *_mechanism_faults(document),
        *_name_faults(document),
        *_batch_faults(document),
        *_period_faults(document),
        *_purchase_mix_faults(document),
        *_selection_faults(document),
        *_trade_faults(document),
    ]


def _sections(document: dict[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    items = document.get(key, [])
    if not isinstance(items, list):
        return []
    return [(f"{key}.{index}", item) for index, item in enumerate(items) if isinstance(item, dict)]


def _participants(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    kinds = ("hyperscalers", "modular_datacenters", "agents")
    return [section for kind in kinds for section in _sections(document, kind)]


def _name(section: dict[str, Any]) -> str | None:
    """The name of a section; None where it is no text, which the schema reports."""
    name = section.get("name")
    return name if isinstance(name, str) else None


def _mechanism_faults(document: dict[str, Any]) -> Iterator[Fault]:
    coordinator = document.get("coordinator")
    name = coordinator.get("mechanism", "admm") if isinstance(coordinator, dict) else "admm"
    if not isinstance(name, str):
        return
    if name not in MECHANISMS and not is_code(name):
        allowed = f"{', '.join(MECHANISMS)}, or an own one, module:Class"
        yield Fault("coordinator.mechanism", f"{shown(name)} is no mechanism; allowed: {allowed}")
    if name in EX_POST_ONLY and document.get("disclosure") == "ex_ante":
        yield Fault("coordinator.mechanism", f"{name} is for disclosure ex_post alone; admm takes ex_ante too")


def _trade_faults(document: dict[str, Any]) -> Iterator[Fault]:
    consumers = document.get("consumers")
    basis = consumers.get("forward_basis") if isinstance(consumers, dict) else None
    if document.get("trade") == "pooled" and basis == "contract":
        yield Fault("consumers.forward_basis", "contract is for trade bilateral alone; allowed: generator, consumer")


def _name_faults(document: dict[str, Any]) -> Iterator[Fault]:
    seen: dict[str, str] = {}
    for path, section in _participants(document):
        name = _name(section)
        if name is not None:
            if name in seen:
                yield Fault(f"{path}.name", f"{shown(name)} is the name of {seen[name]} too; every name may stand once")
            seen.setdefault(name, path)


def _taken_name_faults(document: dict[str, Any], case: Case) -> Iterator[Fault]:
    loads = {consumer_name(bus) for bus in case.load_mw}
    units = {group.name for group in case.unit_groups}
    for name in sorted(units & {*loads, GRID_OPERATOR}):
        yield Fault("grid.source", f"unit group {name!r} has the name of a load or of the grid operator")
    for path, section in _participants(document):
        if _name(section) in {*loads, *units, GRID_OPERATOR}:
            yield Fault(f"{path}.name", f"{section['name']!r} is the name of a load, a unit group or the grid operator")


def _batch_faults(document: dict[str, Any]) -> Iterator[Fault]:
    owners: dict[str, str] = {}
    for path, section in _sections(document, "hyperscalers"):
        batches = section.get("batches_mw")
        for batch in filter(_is_text, batches) if isinstance(batches, dict) else ():
            if batch in owners:
                yield Fault(
                    f"{path}.batches_mw.{batch}",
                    f"is a batch of {owners[batch]} too; every batch name may stand once",
                )
            owners.setdefault(batch, path)
    is_rented, allowed = bool(_sections(document, "hyperscalers")), listing(owners)
    for path, section in _sections(document, "modular_datacenters"):
        batches = section.get("batches")
        listed: set[str] = set()
        for batch in filter(_is_text, batches) if isinstance(batches, list) else ():
            if batch in listed:
                yield Fault(f"{path}.batches", f"{shown(batch)} is listed twice; every batch name may stand once")
            listed.add(batch)
            # Without hyperscalers the modular datacenters stand idle, and their lists say nothing.
            if is_rented and batch not in owners:
                yield Fault(f"{path}.batches", f"{shown(batch)} is no batch of a hyperscaler; allowed: {allowed}")


def _period_faults(document: dict[str, Any]) -> Iterator[Fault]:
    periods = document.get("periods", 1)
    if not isinstance(periods, int):
        return
    producers = document.get("producers")
    series = [("load_profile", document.get("load_profile"))]
    if isinstance(producers, dict):
        series.append(("producers.hydro_injection_mw", producers.get("hydro_injection_mw")))
    series += [
        (f"{path}.curtailed_mw", section.get("curtailed_mw"))
        for path, section in _sections(document, "modular_datacenters")
    ]
    for path, section in _sections(document, "hyperscalers"):
        batches = section.get("batches_mw")
        if isinstance(batches, dict):
            series += [(f"{path}.batches_mw.{batch}", values) for batch, values in batches.items()]
    mixes = document.get("purchase_mix_kg_per_mwh")
    if isinstance(mixes, dict):
        series += [(f"purchase_mix_kg_per_mwh.{name}", values) for name, values in mixes.items()]
    for path, values in series:
        if isinstance(values, list) and len(values) != periods:
            single = "" if path == "load_profile" else "one number, or "
            yield Fault(path, f"has {len(values)} numbers for {periods} periods; {single}one a period is needed")


def _purchase_mix_faults(document: dict[str, Any]) -> Iterator[Fault]:
    path = "purchase_mix_kg_per_mwh"
    mixes = document.get(path)
    if not isinstance(mixes, dict):
        return
    if document.get("disclosure", "ex_post") != "ex_ante":
        yield Fault(path, "has an effect only with ex ante disclosure; set disclosure to ex_ante or this to null")
    names = [name for _, section in _sections(document, "modular_datacenters") if (name := _name(section)) is not None]
    for name in filter(_is_text, mixes):
        if name not in names:
            yield Fault(f"{path}.{name}", f"{shown(name)} is no modular datacenter; allowed: {listing(names)}")


def _selection_faults(document: dict[str, Any]) -> Iterator[Fault]:
    if document.get("selection") == "none" and document.get("disclosure") == "ex_ante":
        yield Fault(
            "selection",
            "'none' is for disclosure ex_post alone: ex ante, what is disclosed is the mix of the contracts that are "
            "selected; allowed: least_norm, cleanest, dirtiest",
        )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _bus_faults(document: dict[str, Any], case: Case) -> Iterator[Fault]:
    buses = listing(map(str, case.grid.buses))
    for path, section in _participants(document):
        bus = section.get("bus")
        if isinstance(bus, int) and bus not in case.grid.bus_index:
            yield Fault(f"{path}.bus", f"{shown(bus)} is no bus of the grid; allowed: {buses}")


def _emission_faults(document: dict[str, Any], case: Case) -> Iterator[Fault]:
    producers = document.get("producers")
    rates = producers.get("emission_rates") if isinstance(producers, dict) else None
    path = "producers.emission_rates"
    groups = [group for group in case.unit_groups if _hydro_is_traded(producers) or not group.fixed]
    if rates is None and not all(group.emission_rates_kg_per_mwh for group in groups):
        yield Fault(
            path, "is not given, and the case has no emission table; kg/MWh by unit group, type or fuel is needed"
        )
    elif isinstance(rates, str):
        missing = [group for group in groups if rates not in group.emission_rates_kg_per_mwh]
        if missing:
            tables = sorted({table for group in groups for table in group.emission_rates_kg_per_mwh})
            yield Fault(
                path,
                f"{shown(rates)} is no emission table of the case; allowed: {', '.join(tables) or 'a mapping'}",
            )
    elif isinstance(rates, dict):
        yield from _unknown_units(path, rates, case)
        for group in groups:
            if not {group.name, group.unit_type, group.fuel} & set(rates):
                yield Fault(path, f"says nothing about {group.name} (type {group.unit_type}, fuel {group.fuel})")


def _hydro_is_traded(producers: Any) -> bool:
    return isinstance(producers, dict) and producers.get("hydro_traded_mw", 0) != 0


def _cost_factor_faults(document: dict[str, Any], case: Case) -> Iterator[Fault]:
    producers = document.get("producers")
    factors = producers.get("cost_factors") if isinstance(producers, dict) else None
    if isinstance(factors, dict):
        yield from _unknown_units("producers.cost_factors", factors, case)
        for key in () if _hydro_is_traded(producers) else filter(_is_text, factors):
            named = [group for group in case.unit_groups if key in (group.name, group.unit_type, group.fuel)]
            if named and all(group.fixed for group in named):
                yield Fault(
                    f"producers.cost_factors.{key}",
                    "names units with fixed dispatch alone, which offer nothing unless producers.hydro_traded_mw does",
                )


def _traded_hydro_faults(document: dict[str, Any], case: Case) -> Iterator[Fault]:
    producers = document.get("producers")
    if not isinstance(producers, dict):
        return
    traded, injected = producers.get("hydro_traded_mw"), producers.get("hydro_injection_mw")
    most = sum(group.capacity_mw for group in case.unit_groups if group.fixed)
    if isinstance(traded, (int, float)) and traded > most:
        yield Fault("producers.hydro_traded_mw", f"is {traded}; the units with fixed dispatch have {most:g} MW in all")
    elif isinstance(traded, (int, float)) and traded > 0:
        # What is traded is not injected: together they are no more than there is.
        hours = injected if isinstance(injected, list) else [injected]
        largest = max((hour for hour in hours if isinstance(hour, (int, float))), default=0.0)
        if largest + traded > most * (1 + 1e-9):
            yield Fault(
                "producers.hydro_injection_mw",
                f"is {largest:g} beside {traded:g} MW that are traded; the units with fixed dispatch have {most:g} MW",
            )


def _unknown_units(path: str, mapping: dict[Any, Any], case: Case) -> Iterator[Fault]:
    known = {key for group in case.unit_groups for key in (group.name, group.unit_type, group.fuel)}
    for key in filter(_is_text, mapping):
        if key not in known:
            yield Fault(f"{path}.{key}", f"is no unit group, unit type or fuel; allowed: {listing(sorted(known))}")
