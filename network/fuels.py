"""What a MWh emits by the fuel it is made from, where a case names fuels but no rates."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources

TABLE = "by_fuel"
UNKNOWN_FUEL = "unknown"


@cache
def fuel_rates_kg_per_mwh() -> dict[str, float]:
    """CO2 of generation by fuel [kg/MWh]: averages of the United States, see ``data/fuels/SOURCES.md``."""
    text = resources.files(__package__).joinpath("data", "fuels", "kg_per_mwh.csv").read_text(encoding="utf-8")
    return {row["fuel"]: float(row["kg_per_mwh"]) for row in csv.DictReader(text.splitlines())}


def emission_rates_of(fuel: str) -> dict[str, float]:
    """The emission table of a unit of which only the fuel is known.

    A fuel that is not in the table emits like the average of all sources.
    """
    rates = fuel_rates_kg_per_mwh()
    return {TABLE: rates.get(fuel.strip().lower().replace("_", " "), rates[UNKNOWN_FUEL])}
