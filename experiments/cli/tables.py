"""Results as tables for a reader at the terminal, from the JSON document of a study."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

from rich.console import Console
from rich.table import Table

from ..results.shown_hour import ShownHour, shown_hour
from .ranges import LEGEND, Keys, range_at, ranged_figures, with_range

Interval = list[float]
Row = tuple[str, str, Keys, float | None, Interval | None]

# Wider intervals than this, relatively or in the figure's unit, are shown.
_VISIBLE_WIDTH = 1e-4


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
    console = Console(highlight=False, markup=False, soft_wrap=True)
    status = document["status"].replace("_", " ")
    certificate, seconds = document["certificate"], document["seconds"]
    console.print(f"{document['scenario']}: {status} after {document['rounds']} rounds ({document['reason']})")
    console.print(
        f"certificate of round {document['best_round']}: relative gap {_number(certificate['relative_gap'])}, largest "
        f"relative imbalance {_number(certificate['max_relative_imbalance'])}, violation "
        f"{_number(certificate.get('max_relative_violation'))}"
    )
    console.print(_shown_allocation(certificate.get("repaired_gap")))
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
    if "monolith_failure" in document:
        console.print(f"no monolith beside it: {document['monolith_failure']}")
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


def _shown_allocation(repaired_gap: float | None) -> str:
    if repaired_gap is None:
        return "shown is that round as it is: no allocation near it was found that clears and keeps every limit"
    return (
        "shown is the nearest allocation that clears and keeps every limit; its welfare is the best to within "
        f"{_number(repaired_gap)} of turnover"
    )


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
    set_valued = any(interval is not None for *_, interval in rows)
    if shown.hours > 1:
        console.print(f"totals of {shown.hours} hours; leases and prices of {shown} (--hour shows another)")
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("figure")
    table.add_column("unit")
    table.add_column("decomposed", justify="right")
    if monolith is not None:
        table.add_column("monolith", justify="right")
        table.add_column("difference", justify="right")
    if set_valued:
        table.add_column("in all equilibria", justify="right")
    for figure, unit, keys, theirs, interval in rows:
        ours = _lookup(result, keys)
        cells = [figure, unit, with_range(ours, range_at(result, keys))]
        if theirs is not None:
            cells += [f"{theirs:,.4f}", f"{ours - theirs:+.1e}"]
        if set_valued and interval is not None:
            cells.append(f"{interval[0]:,.4f} to {interval[1]:,.4f}")
        table.add_row(*cells)
    console.print(table)
    left_out = ranged_figures(result, everything=verbose)[1]
    if any(range_at(result, keys) is not None for _, _, keys, *_ in rows):
        console.print(f"{LEGEND}; {left_out} more such figures with -v" if left_out else LEGEND)


def _rows(
    result: dict[str, Any],
    monolith: dict[str, Any] | None,
    intervals: dict[str, Interval],
    period: int,
    *,
    verbose: bool,
) -> Iterator[Row]:
    at, hour = str(period), f"hour {period + 1}"

    def row(figure: str, unit: str, *keys: str) -> Row:
        theirs = None if monolith is None else _lookup(monolith, keys)
        interval = intervals.get(".".join(keys))
        if interval is not None and None in interval:
            interval = None
        if interval is not None and interval[1] - interval[0] <= _VISIBLE_WIDTH * max(1.0, abs(interval[1])):
            interval = None
        return figure, unit, keys, theirs, interval

    yield row("welfare", "$", "welfare_usd")
    yield row("demand, hydro included", "MWh", "demand_mwh")
    yield row("generation, hydro left out", "MWh", "generation_mwh")
    yield row("congestion rent", "$", "congestion_rent_usd")
    yield row("system CO2", "t", "co2_t", "system")
    yield row("CO2 of local work", "t", "co2_t", "local")
    yield row("CO2 of modular datacenters", "t", "co2_t", "mdc")
    for name in result["lease"]:
        yield row(f"lease of {name}, {hour}", "MWh", "lease", name, "energy_mwh", at)
        yield row(f"lease price of {name}, {hour}", "$/GPU", "lease", name, "price_usd_per_gpu", at)
        yield row(f"CO2 intensity of {name}, {hour}", "kg/MWh", "lease", name, "intensity_kg_per_mwh", at)
    for name in result["workload_price_usd_per_mwh"]:
        yield row(f"price of local work of {name}, {hour}", "$/MWh", "workload_price_usd_per_mwh", name, at)
    buses = list(result["price_usd_per_mwh"])
    if not verbose:
        # A price that is not finite comes last.
        prices = {bus: result["price_usd_per_mwh"][bus][period] for bus in buses}
        by_price = sorted(buses, key=lambda bus: inf if prices[bus] is None else prices[bus])
        buses = sorted({by_price[0], by_price[len(by_price) // 2], by_price[-1]}, key=buses.index)
    for bus in buses:
        yield row(f"nodal price at bus {bus}, {hour}", "$/MWh", "price_usd_per_mwh", bus, at)
    usual: set[Keys] = {
        ("lease", name, key, at) for name in result["lease"] for key in ("energy_mwh", "price_usd_per_gpu")
    }
    usual |= {("price_usd_per_mwh", bus, at) for bus in buses}
    for figure, unit, keys in ranged_figures(result, everything=verbose)[0]:
        if keys not in usual:
            yield row(figure, unit, *keys)
    if verbose:
        for name in result["surplus_usd"]:
            yield row(f"surplus of {name}", "$", "surplus_usd", name)


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
