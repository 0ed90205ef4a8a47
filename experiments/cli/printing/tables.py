"""Results as tables for a reader at the terminal, from the JSON document of a study."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from rich.console import Console

from ...results.shown_hour import ShownHour, shown_hour
from .columns import Column, print_columns, terminal
from .last_sentence import last_sentence
from .ranges import LEGEND, NOT_FOUND, Keys, is_visible, not_found, range_at, ranged_figures, rounded, with_range

Interval = list[float]
Row = tuple[str, str, Keys, float | None, Interval | None]


def print_document(document: dict[str, Any], *, verbose: bool, hour: int | None = None) -> None:
    """Print what came out: status, certificate, figures, and why it did not converge.

    Parameters
    ----------
    document : dict
    verbose : bool
    hour : int, optional
        Whose prices and leases are shown, counted from 1. Default: the one in which nodal prices differ most.

    Raises
    ------
    ValueError
        If there is no such hour.
    """
    shown = shown_hour(document["result"], hour)
    console = terminal()
    status = document["status"].replace("_", " ")
    certificate, seconds = document["certificate"], document["seconds"]
    console.print(f"{document['scenario']}: {status} after {document['rounds']} rounds ({document['reason']})")
    console.print(
        f"certificate of round {document['best_round']}: relative gap {_number(certificate['relative_gap'])}, largest "
        f"relative imbalance {_number(certificate['max_relative_imbalance'])}, violation "
        f"{_number(certificate.get('max_relative_violation'))}"
    )
    console.print(
        f"{_shown_allocation(certificate.get('repaired_gap'), document.get('selection'))}{_openness(document)}"
    )
    console.print(
        f"seconds: build {seconds['build']:.2f}, compile {seconds['compile']:.2f}, "
        f"iterate {seconds['iterate']:.2f}, certify {seconds['certify']:.2f}"
    )
    disclosure = document.get("disclosure", {})
    if disclosure.get("mix_kg_per_mwh"):
        mixes = ", ".join(
            f"{name} {_digits(value)}"
            for name, hours in disclosure["mix_kg_per_mwh"].items()
            for value in hours.values()
        )
        console.print(f"disclosed purchase mixes after {disclosure['mixes']} tried: {mixes} kg/MWh")
    _print_figures(console, document, shown, verbose=verbose)
    if verbose:
        for name, regret in certificate.get("regret_usd", {}).items():
            console.print(f"regret of {name}: {_number(regret)} $")
    if document.get("equilibrium"):
        equilibrium, difference = document["equilibrium"], document["difference"]
        console.print(
            f"monolith: MLCP residual {_number(equilibrium['mlcp_residual'])}, "
            f"{equilibrium['solver']} in {equilibrium['seconds']:.2f} s, contracts: {equilibrium['selection']}"
        )
        console.print(
            f"largest differences: welfare {_number(difference['welfare_relative'])} of turnover, nodal price "
            f"{_number(difference['price_usd_per_mwh'])} $/MWh, demand {_number(difference['demand_mwh'])} MWh, "
            f"generation {_number(difference['generation_mwh'])} MWh (where marginal cost rises)"
        )
    if "diagnosis" in document:
        _print_diagnosis(console, document["diagnosis"])
    console.print(last_sentence(document))


def _shown_allocation(repaired_gap: float | None, selection: str | None) -> str:
    if repaired_gap is None:
        return "shown is that round as it is: no allocation near it was found that clears and keeps every limit"
    contracts = (
        "; its contracts are one of many: none were selected, nor ranges looked for" if selection == "none" else ""
    )
    return (
        "shown is the nearest allocation that clears and keeps every limit; its welfare is the best to within "
        f"{_number(repaired_gap)} of turnover{contracts}"
    )


def _openness(document: dict[str, Any]) -> str:
    """A word where nothing says which figures of an equilibrium are unique; without a selection it is said already."""
    is_open = document["status"] == "converged" and document["result"].get("intervals") is None
    is_said = document.get("selection") == "none" and document["certificate"].get("repaired_gap") is not None
    return "; which figures are unique was not found out" if is_open and not is_said else ""


def _print_diagnosis(console: Console, diagnosis: dict[str, Any]) -> None:
    console.print(f"why: {diagnosis['summary']}")
    for symptom in diagnosis["goods"]:
        low, high = symptom["imbalance"]
        cheap, dear = symptom["price"]
        unit = symptom["unit"]
        console.print(
            f"  {symptom['good']} {symptom['pattern']}: imbalance {_digits(low)} to {_digits(high)} {unit}, "
            f"price {_digits(cheap)} to {_digits(dear)} $/{unit}"
        )


def _print_figures(console: Console, document: dict[str, Any], shown: ShownHour, *, verbose: bool) -> None:
    result, equilibrium = document["result"], document.get("equilibrium") or {}
    monolith, intervals = equilibrium.get("result"), equilibrium.get("interval", {})
    rows = list(_rows(result, monolith, intervals, shown.period, verbose=verbose))
    if shown.hours > 1:
        console.print(f"totals of {shown.hours} hours; leases and prices of {shown} (--hour shows another)")
    ours = [_lookup(result, keys) for _, _, keys, *_ in rows]
    labels = [Column("figure", [row[0] for row in rows], "left"), Column("unit", [row[1] for row in rows], "left")]
    ranges = [range_at(result, keys) for _, _, keys, *_ in rows]
    columns = [Column("decomposed", list(map(with_range, ours, ranges)))]
    if monolith is not None:
        theirs = [float("nan") if value is None else value for *_, value, _ in rows]
        columns += [
            Column("monolith", list(map(rounded, theirs))),
            Column("difference", [f"{mine - other:+.1e}" for mine, other in zip(ours, theirs, strict=True)]),
        ]
    if any(interval is not None for *_, interval in rows):
        columns.append(Column("in all equilibria", [_between(interval) for *_, interval in rows]))
    print_columns(console, labels, columns)
    left_out = ranged_figures(result, everything=verbose)[1]
    if any(ends is not None for ends in ranges):
        console.print(f"{LEGEND}; {left_out} more such figures with -v" if left_out else LEGEND)
    if unknown := not_found(result):
        console.print(NOT_FOUND.format(f"{unknown:,}"))


def _rows(
    result: dict[str, Any],
    monolith: dict[str, Any] | None,
    intervals: dict[str, Interval],
    period: int,
    *,
    verbose: bool,
) -> Iterator[Row]:
    at = str(period)
    hours = len(next(iter(result["price_usd_per_mwh"].values())))
    of_hour = f", hour {period + 1}" if hours > 1 else ""

    def row(figure: str, unit: str, *keys: str) -> Row:
        theirs = None if monolith is None else _lookup(monolith, keys)
        interval = intervals.get(".".join(keys))
        return figure, unit, keys, theirs, interval if interval is not None and is_visible(interval) else None

    yield row("welfare", "$", "welfare_usd")
    yield row("demand, hydro included", "MWh", "demand_mwh")
    yield row("generation, hydro left out", "MWh", "generation_mwh")
    yield row("congestion rent", "$", "congestion_rent_usd")
    yield row("system CO2", "t", "co2_t", "system")
    yield row("CO2 of local work", "t", "co2_t", "local")
    yield row("CO2 of modular datacenters", "t", "co2_t", "mdc")
    for name in result["lease"]:
        yield row(f"lease of {name}{of_hour}", "MWh", "lease", name, "energy_mwh", at)
        yield row(f"lease price of {name}{of_hour}", "$/GPU", "lease", name, "price_usd_per_gpu", at)
        yield row(f"CO2 intensity of {name}{of_hour}", "kg/MWh", "lease", name, "intensity_kg_per_mwh", at)
    for name in result["workload_price_usd_per_mwh"]:
        yield row(f"workload price of {name}{of_hour}", "$/MWh", "workload_price_usd_per_mwh", name, at)
    buses = list(result["price_usd_per_mwh"])
    if not verbose:
        # A price that is not finite comes last.
        prices = {bus: result["price_usd_per_mwh"][bus][period] for bus in buses}
        by_price = sorted(buses, key=lambda bus: inf if prices[bus] is None else prices[bus])
        buses = sorted({by_price[0], by_price[len(by_price) // 2], by_price[-1]}, key=buses.index)
    for bus in buses:
        yield row(f"nodal price at bus {bus}{of_hour}", "$/MWh", "price_usd_per_mwh", bus, at)
    usual: set[Keys] = {
        ("lease", name, key, at) for name in result["lease"] for key in ("energy_mwh", "price_usd_per_gpu")
    }
    usual |= {("price_usd_per_mwh", bus, at) for bus in buses}
    for figure, unit, keys in ranged_figures(result, everything=verbose)[0]:
        if keys not in usual:
            yield row(figure if hours > 1 else figure.removesuffix(", hour 1"), unit, *keys)
    if verbose:
        for name in result["surplus_usd"]:
            yield row(f"surplus of {name}", "$", "surplus_usd", name)


def _between(interval: Interval | None) -> str:
    return "" if interval is None else f"{rounded(interval[0])} to {rounded(interval[1])}"


def _lookup(result: dict[str, Any], keys: Keys) -> float:
    """Follow the keys; what is left of lists and dictionaries is summed."""
    value: Any = result
    for key in keys:
        value = value[int(key)] if isinstance(value, list) else value[key]
    return _total(value)


def _total(value: Any) -> float:
    if isinstance(value, dict):
        return sum(_total(item) for item in value.values())
    if isinstance(value, list):
        return sum(_total(item) for item in value)
    return float(value) if value is not None else float("nan")


def _digits(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.4g}"


def _number(value: float | None) -> str:
    return "not finite" if value is None else f"{value:.1e}"
