"""Generating units of outside cases, one by one, made into the unit groups of a `Case`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .case import UnitGroup
from .costs import Block
from .fuels import UNKNOWN_FUEL, emission_rates_of


@dataclass(frozen=True)
class Unit:
    """One generating unit.

    Units are equal when all but their names are: then they can be run as one.
    """

    name: str = field(compare=False)
    bus: int
    unit_type: str
    fuel: str
    blocks: tuple[Block, ...]
    ramp_mw_per_h: float | None = None
    emission_rate_kg_per_mwh: float | None = None


def unit_groups(units: Iterable[Unit]) -> tuple[UnitGroup, ...]:
    """Run equal units at one bus as one group, and split units whose cost has several blocks.

    A group bears the name of its first unit; its blocks are numbered. n equal units share any output
    equally, so the slope of their common marginal cost is 1/n of one unit's. Blocks share the ramp
    limit by their size: together they never break the unit's limit, but cannot use all of it.
    """
    members: dict[Unit, int] = {}
    for unit in units:
        members[unit] = members.get(unit, 0) + 1
    return tuple(group for unit, count in members.items() for group in _groups(unit, count))


def fixed_injection(bus: int, injection_mw: float) -> UnitGroup:
    """What a bus with negative load always injects."""
    return UnitGroup(
        name=f"injection@{bus}",
        bus=bus,
        unit_type="injection",
        fuel=UNKNOWN_FUEL,
        fixed=True,
        capacity_mw=injection_mw,
        cost_usd_per_mwh=0.0,
        cost_slope_usd_per_mwh2=0.0,
        emission_rates_kg_per_mwh=emission_rates_of(UNKNOWN_FUEL),
    )


def _groups(unit: Unit, count: int) -> list[UnitGroup]:
    capacity_mw = sum(block.capacity_mw for block in unit.blocks)
    rates = emission_rates_of(unit.fuel)
    if unit.emission_rate_kg_per_mwh is not None:
        rates = dict.fromkeys(rates, unit.emission_rate_kg_per_mwh)
    return [
        UnitGroup(
            name=unit.name if len(unit.blocks) == 1 else f"{unit.name} block {number}",
            bus=unit.bus,
            unit_type=unit.unit_type,
            fuel=unit.fuel,
            fixed=False,
            capacity_mw=count * block.capacity_mw,
            cost_usd_per_mwh=block.cost_usd_per_mwh,
            cost_slope_usd_per_mwh2=block.cost_slope_usd_per_mwh2 / count,
            emission_rates_kg_per_mwh=rates,
            ramp_mw_per_h=(
                None if unit.ramp_mw_per_h is None else count * unit.ramp_mw_per_h * block.capacity_mw / capacity_mw
            ),
        )
        for number, block in enumerate(unit.blocks, start=1)
    ]
