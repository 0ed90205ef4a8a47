"""The JSON document of `walras why`."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite
from typing import Any

import numpy as np

from .limits_held import TOLERANCE
from .opened import Opened
from .price_makers import MarginalAgent
from .why import SYSTEM_CO2, Why

NOT_UNIQUE = "has many values in this equilibrium, so that none of them has a derivative"
Pair = list[float | None]
# Of a derivative: less is none.
_ROUNDING = 1e-12


def why_document(opened: Opened, why: Why, bus: int) -> dict[str, Any]:
    """Nested dictionaries of plain numbers and strings.

    A derivative is a pair, for one unit less and for one more of the parameter, each per unit; null where there is
    none. Figures that do not move are left out, and parameters of which nothing depends, as limits of lines that are
    not full.
    """
    strictness, whose = why.strictness()
    more, less = why.agents(bus)
    return {
        "scenario": opened.scenario.name,
        "disclosure": opened.scenario.disclosure,
        "hour": why.hour + 1,
        "hours": opened.scenario.periods,
        "bus": str(bus),
        "point": {
            "kkt_residual": opened.point.residual,
            "strict_complementarity": strictness if isfinite(strictness) else None,
            "nearest_limit_of": whose,
            "tolerance": TOLERANCE,
            "mix_kg_per_mwh": {
                f"{good.seller}, hour {good.period + 1}": mix for good, mix in opened.mix_kg_per_mwh.items()
            },
            "run_status": None if opened.run is None else opened.run["status"],
            "run_price_difference_usd_per_mwh": _run_difference(opened, why),
        },
        "price_usd_per_mwh": {str(b): why.value(f"price_usd_per_mwh.{b}") for b in why.buses},
        "price_between_usd_per_mwh": {
            str(b): list(why.price_between(b)) for b in why.buses if why.value(f"price_usd_per_mwh.{b}") is None
        },
        "marginal_emissions_kg_per_mwh": {str(b): _pair(why, "load", str(b), SYSTEM_CO2) for b in why.buses},
        "own_price_rise_usd_per_mwh2": {
            str(b): _pair(why, "load", str(b), f"price_usd_per_mwh.{b}") for b in why.buses
        },
        "set_by": {
            "hub": str(why.ledger.grid_operator.grid.hub),
            "agents": list(map(asdict, more)),
            "agents_for_one_less": list(map(asdict, less)) if _differs(more, less) else None,
            "lines": [asdict(line) for line in why.lines(bus)],
        },
        "derivatives": _derivatives(why),
        "units": {
            **{parameter.kind: parameter.unit for parameter in why.followed.parameters},
            **{figure.name.partition(".")[0]: figure.unit for figure in why.followed.figures},
        },
        "not_unique": {
            figure.name: NOT_UNIQUE
            for figure, is_unique in zip(why.followed.figures, why.followed.is_unique, strict=True)
            if not is_unique
        },
    }


def _pair(why: Why, kind: str, name: str, figure: str) -> Pair:
    found = why.derivative(kind, name, figure)
    return [found.less, found.more]


def _derivatives(why: Why) -> dict[str, dict[str, dict[str, Pair]]]:
    result: dict[str, dict[str, dict[str, Pair]]] = {}
    for p, parameter in enumerate(why.followed.parameters):
        own = {}
        for f, figure in enumerate(why.followed.figures):
            found = why.followed.table[p, f]
            if any(side is None or abs(side) > _ROUNDING for side in (found.less, found.more)):
                own[figure.name] = [found.less, found.more]
        result.setdefault(parameter.kind, {})[parameter.name] = own
    return result


def _differs(more: list[MarginalAgent], less: list[MarginalAgent]) -> bool:
    """Whether others take up one MWh less than yield one more, or by other amounts."""
    names = {one.name: one.yields_mwh for one in more}, {one.name: one.yields_mwh for one in less}
    if names[0].keys() != names[1].keys():
        return True
    pairs = [(names[0][name], names[1][name]) for name in names[0]]
    return any((a is None) != (b is None) or (a is not None and b is not None and abs(a - b) > 1e-6) for a, b in pairs)


def _run_difference(opened: Opened, why: Why) -> float | None:
    """How far the prices of the run are from those of the equilibrium, where both have one."""
    if opened.run is None:
        return None
    shown = opened.run["result"]["price_usd_per_mwh"]
    ours = {str(bus): why.value(f"price_usd_per_mwh.{bus}") for bus in why.buses}
    off = [
        abs(shown[bus][why.hour] - price)
        for bus, price in ours.items()
        if price is not None and bus in shown and shown[bus][why.hour] is not None
    ]
    return float(np.max(off)) if off else None
