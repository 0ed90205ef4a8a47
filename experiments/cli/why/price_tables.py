"""Why a price is what it is, as tables for a reader at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from ..printing.columns import Column, print_columns, terminal

Pair = Sequence[float | None]
# What counts as rounding beside 1 $, kg or MWh.
_ROUNDING = 1e-7
# Strict complementarity below this: a whole MWh may well be beyond the next limit.
_CLOSE = 1e-2
# What is left out of a document does not move.
_STILL = (0.0, 0.0)
_FEW = 8
_MANY_BUSES = 30
_LABELS = {
    "line_limit": "limit of line",
    "cost_weight": "alpha of",
    "emission_rate": "emission rate of",
    "marginal_cost": "marginal cost of",
    "capacity": "capacity of",
}
# A whole unit of alpha is all that there is.
_SHARE = {"cost_weight": 0.01}


def print_why(document: dict[str, Any], *, verbose: bool) -> None:
    """Print who and what set the price of the document's bus, and what would change it.

    Parameters
    ----------
    document : dict
        Of `why_document`.
    verbose : bool
        Everybody who moves, every parameter, every bus.
    """
    console, bus = terminal(), document["bus"]
    price = document["price_usd_per_mwh"][bus]
    of_hour = f", hour {document['hour']} of {document['hours']}" if document["hours"] > 1 else ""
    console.print(f"{document['scenario']}{of_hour}, disclosure {document['disclosure'].replace('_', ' ')}")
    if price is None:
        less, more = document["price_between_usd_per_mwh"][bus]
        ends = f"one MWh less saves {_end(less)}, one more costs {_end(more)}"
        console.print(f"the price at bus {bus} is not unique: {ends}")
    else:
        console.print(f"energy at bus {bus} costs {_digits(price)} $/MWh")
    rise, emissions = document["own_price_rise_usd_per_mwh2"][bus], document["marginal_emissions_kg_per_mwh"][bus]
    console.print(f"one more MWh there: price {_cell(rise)} $/MWh, system CO2 {_cell(emissions)} kg")
    _print_nearness(console, document["point"])
    _print_agents(console, document["set_by"]["agents"], "for one more MWh", verbose=verbose)
    if document["set_by"]["agents_for_one_less"] is not None:
        _print_agents(console, document["set_by"]["agents_for_one_less"], "for one MWh less", verbose=verbose)
    _print_lines(console, document)
    _print_parameters(console, document, verbose=verbose)
    _print_buses(console, document, verbose=verbose)
    _print_caveats(console, document)


def _print_nearness(console: Console, point: dict[str, Any]) -> None:
    strict = point["strict_complementarity"]
    if strict is not None and point["tolerance"] <= strict < _CLOSE:
        console.print(
            f"careful: {point['nearest_limit_of']} is so near to a limit (see the end) that these are rates for small "
            "changes; a whole MWh may change prices and CO2 by other amounts"
        )


def _print_agents(console: Console, agents: list[dict[str, Any]], when: str, *, verbose: bool) -> None:
    console.print()
    if not agents:
        console.print(f"{when}: nobody can yield it")
        return
    shown = agents if verbose else agents[:_FEW]
    rest = agents[len(shown) :]
    rows = [(one["name"], one) for one in shown]
    if rest:
        rows.append((f"{len(rest)} others", _sum(rest)))
    rows.append(("together", _sum(agents)))
    labels = [
        Column(f"{when},\nwho yields it", [name for name, _ in rows], "left"),
        Column("bus", [str(one.get("bus") or "") for _, one in rows]),
    ]
    headings = {
        "yields_mwh": "yields\nMWh",
        "price_part_usd_per_mwh": "part of price\n$/MWh",
        "slope_part_usd_per_mwh2": "part of its rise\n$/MWh per MWh",
        "emissions_kg": "CO2\nkg",
    }
    columns = [Column(text, [_number(one[key]) for _, one in rows]) for key, text in headings.items()]
    print_columns(console, labels, columns)


def _sum(agents: list[dict[str, Any]]) -> dict[str, float | None]:
    keys = ("yields_mwh", "price_part_usd_per_mwh", "slope_part_usd_per_mwh2", "emissions_kg")
    columns = {key: [one[key] for one in agents] for key in keys}
    return {key: None if None in column else sum(column) for key, column in columns.items()}


def _print_lines(console: Console, document: dict[str, Any]) -> None:
    bus, hub, lines = document["bus"], document["set_by"]["hub"], document["set_by"]["lines"]
    prices = document["price_usd_per_mwh"]
    console.print()
    if not lines:
        console.print("no line is full: the price is that at the hub")
        return
    if prices[bus] is not None and prices[hub] is not None:
        parts = "".join(
            f" {'-' if one['price_part_usd_per_mwh'] < 0 else '+'} {_digits(abs(one['price_part_usd_per_mwh']))}"
            f" (line {one['line']})"
            for one in lines
            if abs(one["price_part_usd_per_mwh"]) > _ROUNDING
        )
        console.print(f"{_digits(prices[bus])} = {_digits(prices[hub])} at the hub, bus {hub},{parts}")
    labels = [
        Column("full line", [one["line"] for one in lines], "left"),
        Column("from", [str(one["from_bus"]) for one in lines]),
        Column("to", [str(one["to_bus"]) for one in lines]),
    ]
    columns = [
        Column("flow\nMW", [_number(one["flow_mw"]) for one in lines]),
        Column("price of limit\n$/MW", [_number(one["price_usd_per_mw"]) for one in lines]),
        Column(f"of 1 MW from bus {bus}\nMW along it", [_number(one["share_of_bus"]) for one in lines]),
        Column("part of price\n$/MWh", [_number(one["price_part_usd_per_mwh"]) for one in lines]),
    ]
    print_columns(console, labels, columns)


def _print_parameters(console: Console, document: dict[str, Any], *, verbose: bool) -> None:
    price = f"price_usd_per_mwh.{document['bus']}"
    figures = {
        price: f"price at bus {document['bus']}\n$/MWh",
        "co2_kg.system": "system CO2\nkg",
        "workload_cost_usd.local": "cost of local\nwork $",
        "workload_cost_usd.mdc": "cost of\nleases $",
        "congestion_rent_usd": "congestion\nrent $",
    }
    rows = [
        (kind, name, own)
        for kind, names in document["derivatives"].items()
        if kind in _LABELS
        for name, own in names.items()
    ]
    if not verbose:
        moving = [
            row
            for row in rows
            if _size(row[2].get(price, _STILL)) > _ROUNDING or row[0] in ("line_limit", "cost_weight")
        ]
        kept = {"line_limit": moving, "cost_weight": moving}
        for kind in ("emission_rate", "marginal_cost", "capacity"):
            kept[kind] = sorted(
                (row for row in moving if row[0] == kind), key=lambda row: -_size(row[2].get(price, _STILL))
            )[:4]
        rows = [row for row in rows if row in kept[row[0]]]
    if not rows:
        return
    console.print()
    labels = [
        Column("a unit more of", [f"{_LABELS[kind]} {name}" for kind, name, _ in rows], "left"),
        Column("unit", [_unit(document, kind) for kind, *_ in rows], "left"),
    ]
    columns = [
        Column(text, [_cell(own.get(key, _STILL), _SHARE.get(kind, 1.0)) for kind, _, own in rows])
        for key, text in figures.items()
    ]
    print_columns(console, labels, columns)


def _unit(document: dict[str, Any], kind: str) -> str:
    return f"{_SHARE[kind]:g}" if kind in _SHARE else str(document["units"][kind])


def _print_buses(console: Console, document: dict[str, Any], *, verbose: bool) -> None:
    emissions, rises = document["marginal_emissions_kg_per_mwh"], document["own_price_rise_usd_per_mwh2"]
    buses = list(emissions)
    left_out = 0
    if len(buses) > _MANY_BUSES and not verbose:
        known = sorted((b for b in buses if emissions[b][1] is not None), key=lambda b: emissions[b][1])
        chosen = {*known[:_FEW], *known[-_FEW:], document["bus"]}
        left_out = len(buses) - len(chosen)
        buses = [b for b in buses if b in chosen]
    console.print()
    labels = [Column("bus", buses, "left")]
    columns = [
        Column("price\n$/MWh", [_price(document, b) for b in buses]),
        Column("marginal emissions\nkg/MWh", [_cell(emissions[b]) for b in buses]),
        Column("price rises by\n$/MWh per MWh", [_cell(rises[b]) for b in buses]),
    ]
    print_columns(console, labels, columns)
    if left_out:
        console.print(f"the cleanest and the dirtiest buses; {left_out} between them with -v")


def _print_caveats(console: Console, document: dict[str, Any]) -> None:
    point = document["point"]
    console.print()
    if point["mix_kg_per_mwh"]:
        mixes = ", ".join(f"{name}: {_digits(mix)}" for name, mix in point["mix_kg_per_mwh"].items())
        console.print(f"derivatives are for disclosed purchase mixes as they are, in kg/MWh: {mixes}")
    strict = point["strict_complementarity"]
    if strict is not None and strict < point["tolerance"]:
        where = f"{point['nearest_limit_of']} touches a limit that has no price"
        console.print(f"strict complementarity fails: {where}; where the two sides differ, less / more are shown")
    elif strict is not None:
        console.print(
            f"strict complementarity {strict:.1e} (MWh from a limit, or its price over a typical one), least for "
            f"{point['nearest_limit_of']}: beyond that much change derivatives may be others"
        )
    if document["not_unique"]:
        names = ", ".join(document["not_unique"])
        console.print(f"no derivatives, since not unique: {names}")
    if point["run_status"] not in (None, "converged"):
        status = point["run_status"]
        console.print(f"the run ended without converging ({status}): all here is of the equilibrium that it looked for")
    if point["run_price_difference_usd_per_mwh"] is not None:
        off = point["run_price_difference_usd_per_mwh"]
        console.print(f"prices of the run are those of the equilibrium to {off:.1e} $/MWh")
    console.print(f"KKT conditions hold to {point['kkt_residual']:.1e} MWh and $/MWh")


def _price(document: dict[str, Any], bus: str) -> str:
    price = document["price_usd_per_mwh"][bus]
    if price is not None:
        return _digits(price)
    less, more = document["price_between_usd_per_mwh"][bus]
    return f"[{_end(less)}, {_end(more)}]"


def _cell(pair: Pair, share: float = 1.0) -> str:
    """A derivative; both sides where they differ."""
    less, more = (None if one is None else one * share for one in pair)
    if less is not None and more is not None and abs(less - more) <= _ROUNDING * max(1.0, abs(more)):
        return _signed(more)
    return "none" if less is None and more is None else f"{_signed(less)} / {_signed(more)}"


def _size(pair: Pair) -> float:
    return max((abs(one) for one in pair if one is not None), default=0.0)


def _signed(value: float | None) -> str:
    if value is None:
        return "none"
    return "0" if abs(value) < _ROUNDING else f"{value:+.4g}"


def _number(value: float | None) -> str:
    if value is None:
        return "open"
    return "0" if abs(value) < _ROUNDING else f"{value:.4g}"


def _digits(value: float) -> str:
    return f"{value:.4g}"


def _end(value: float | None) -> str:
    return "no limit" if value is None else _digits(value)
