"""A site with its profiles, in the keys of the file."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....agents.arrays import FloatArray
from .generator_section import GeneratorSection
from .profiles import SiteProfiles, daily_cosine, hours_of_day, photovoltaic_bell, time_of_use_tariff, wind_series
from .site_kinds import SiteKind

DECIMALS = 6
_IDLE_SHARE = 0.075
_PUE_BY_DEGREE, _MILD_CELSIUS, _WARMEST_HOUR = 0.004, 15.0, 15.0
_DIRTIEST_HOUR, _INTENSITY_SWING = 20.0, 0.25
_IMPORT_BY_CAPACITY, _EXPORT_BY_CAPACITY = 1.5, 1.0
_EXPORT_SHARE, _EXPORT_FEE = 0.85, 3.0
_BATTERY_HOURS, _ROUND_TRIP, _WEAR = 4.0, 0.85, 4.0
_EMPTY_SHARE, _INITIAL_SHARE = 0.1, 0.5
_GAS_LEAST_SHARE, _GAS_COST, _GAS_START = 0.4, 75.0, 60.0
_GAS_T_PER_MWH = 0.45


def analytic_profiles(kind: SiteKind, settings: GeneratorSection, random: np.random.Generator) -> SiteProfiles:
    """A clear day again and again, and wind that is drawn."""
    hours = hours_of_day(settings.slots, settings.slot_hours)
    return SiteProfiles(
        photovoltaic_bell(hours),
        wind_series(settings.slots, settings.slot_hours, random),
        kind.mean_celsius + kind.swing_celsius * daily_cosine(hours, _WARMEST_HOUR),
    )


def site_document(kind: SiteKind, settings: GeneratorSection, outside: SiteProfiles) -> dict[str, Any]:
    """A site over the slots.

    Power usage effectiveness rises by 0.004 for each degree above 15 °C. Grid intensity swings by a quarter, highest at
    20 h. Exports earn 85 % of the import price less 3 $/MWh. Batteries hold four hours, lose 15 % in a round trip and
    keep 10 % (NREL ATB). Gas burns 8.5 MMBtu/MWh of 53.06 kg/MMBtu.
    """
    hours = hours_of_day(settings.slots, settings.slot_hours)
    renewable = kind.solar_mw * outside.solar_share + kind.wind_mw * outside.wind_share
    tariff = kind.tariff_factor * time_of_use_tariff(hours)
    return {
        "it_capacity_mw": kind.it_capacity_mw,
        "idle_mw": round(_IDLE_SHARE * kind.it_capacity_mw, DECIMALS),
        "pue": series(kind.pue + _PUE_BY_DEGREE * np.maximum(outside.celsius - _MILD_CELSIUS, 0.0)),
        "renewable_mw": series(settings.renewable_scale * renewable),
        "dispatchable": _gas_unit(kind.gas_mw),
        "battery": _battery(settings.battery_scale * kind.battery_mwh),
        "import_mw": round(_IMPORT_BY_CAPACITY * kind.it_capacity_mw, DECIMALS),
        "export_mw": round(_EXPORT_BY_CAPACITY * kind.it_capacity_mw, DECIMALS),
        "import_usd_per_mwh": series(tariff),
        "export_usd_per_mwh": series(_EXPORT_SHARE * tariff - _EXPORT_FEE),
        "grid_t_per_mwh": series(kind.grid_t_per_mwh * (1 + _INTENSITY_SWING * daily_cosine(hours, _DIRTIEST_HOUR))),
    }


def series(values: FloatArray) -> list[float]:
    """Numbers for a file, with so few decimals that they are the same on every machine."""
    return [float(value) for value in np.round(values, DECIMALS)]


def _gas_unit(max_mw: float) -> dict[str, float]:
    there = max_mw > 0
    return {
        "max_mw": max_mw,
        "min_mw": round(_GAS_LEAST_SHARE * max_mw, DECIMALS),
        "cost_usd_per_mwh": _GAS_COST if there else 0.0,
        "start_usd": _GAS_START if there else 0.0,
        "e_t_per_mwh": _GAS_T_PER_MWH if there else 0.0,
    }


def _battery(max_mwh: float) -> dict[str, float]:
    efficiency = round(_ROUND_TRIP**0.5, DECIMALS) if max_mwh > 0 else 1.0
    return {
        "max_mwh": round(max_mwh, DECIMALS),
        "min_mwh": round(_EMPTY_SHARE * max_mwh, DECIMALS),
        "max_mw": round(max_mwh / _BATTERY_HOURS, DECIMALS),
        "charge_efficiency": efficiency,
        "discharge_efficiency": efficiency,
        "initial_mwh": round(_INITIAL_SHARE * max_mwh, DECIMALS),
        "wear_usd_per_mwh": _WEAR if max_mwh > 0 else 0.0,
    }
