"""Seeded instances: the same settings give the same numbers."""

from __future__ import annotations

from collections.abc import Collection
from itertools import cycle, islice
from math import dist
from pathlib import Path
from typing import Any

import numpy as np

from ....agents.arrays import FloatArray
from .generated_sites import DECIMALS, analytic_profiles, series, site_document
from .generator_section import GeneratorSection
from .profiles import SiteProfiles, daily_cosine, hours_of_day
from .site_kinds import SiteKind, site_kind
from .typical_year import typical_profiles

_CLASSES = {
    "chat": {"latency_ms": 60.0, "revenue_usd_per_mwh": 400.0, "drop_usd_per_mwh": 200.0},
    "batch": {"latency_ms": 200.0, "revenue_usd_per_mwh": 220.0, "drop_usd_per_mwh": 50.0},
}
_SHARES = {"chat": 0.7, "batch": 0.3}
_BUSIEST_HOUR, _TROUGH = 15.0, 0.55
_NEAREST_MS, _MS_BY_DISTANCE = 8.0, 70.0
_NETWORK_USD_PER_MWH_MS = 0.05
_CARBON_USD_PER_T = 50.0
_JOB_MW, _JOB_USD_PER_MWH = (3.0, 8.0), (260.0, 340.0)
# Whole hours, both ends possible.
_JOB_HOURS, _SLACK_HOURS = (3, 10), (2, 8)
# Whatever is drawn has a stream of its own, for each site or job.
_PLACES, _WIND, _JOBS = range(3)


def generated_document(settings: GeneratorSection) -> dict[str, Any]:
    """An instance in the keys of the file.

    What is drawn for a site or job depends on the seed and on its own position, not on how many others there are: the
    first ten jobs of twenty are the ten jobs of another instance.

    Raises
    ------
    ScenarioError
        If a trace or typical year cannot be read, or the trace has no request in the slots.
    """
    regions = settings.sites if settings.regions is None else settings.regions
    kinds = [site_kind(_stream(settings, _PLACES, i), i) for i in range(max(settings.sites, regions))]
    sites = {f"site{i + 1}": kind for i, kind in enumerate(kinds[: settings.sites])}
    homes = {f"region{i + 1}": kind for i, kind in enumerate(kinds[:regions])}
    latency = {region: {site: _latency_ms(home, sites[site]) for site in sites} for region, home in homes.items()}
    shapes = _demand_shapes(settings)
    return {
        "slots": settings.slots,
        "slot_hours": settings.slot_hours,
        "sites": {
            name: site_document(kind, settings, profiles)
            for (name, kind), profiles in zip(sites.items(), _profiles(settings, sites.values()), strict=True)
        },
        "jobs": {f"job{i + 1}": _job(settings, _stream(settings, _JOBS, i), list(sites)) for i in range(settings.jobs)},
        "classes": {name: dict(numbers) for name, numbers in _CLASSES.items()},
        "demand_mw": {
            region: {name: series(settings.demand_scale * home.peak_mw * shape) for name, shape in shapes.items()}
            for region, home in homes.items()
        },
        "latency_ms": latency,
        "network_usd_per_mwh": {
            region: {site: round(_NETWORK_USD_PER_MWH_MS * ms, DECIMALS) for site, ms in by_site.items()}
            for region, by_site in latency.items()
        },
        "carbon_budget_t": None,
        "carbon_price_usd_per_t": _CARBON_USD_PER_T,
    }


def _stream(settings: GeneratorSection, purpose: int, index: int) -> np.random.Generator:
    return np.random.default_rng([settings.seed, purpose, index])


def _profiles(settings: GeneratorSection, kinds: Collection[SiteKind]) -> list[SiteProfiles]:
    """Of each site: those of typical years, in turn, or else analytic ones."""
    if not settings.weather:
        return [analytic_profiles(kind, settings, _stream(settings, _WIND, i)) for i, kind in enumerate(kinds)]
    days = [
        typical_profiles(Path(name), settings.first_day, settings.slots, settings.slot_hours)
        for name in settings.weather
    ]
    return list(islice(cycle(days), len(kinds)))


def _latency_ms(home: SiteKind, site: SiteKind) -> float:
    return round(_NEAREST_MS + _MS_BY_DISTANCE * dist(home.place, site.place), DECIMALS)


def _demand_shapes(settings: GeneratorSection) -> dict[str, FloatArray]:
    """By class, the share of a region's peak: of a trace, or of a sine over the day, down to 55 %."""
    if settings.trace is not None:
        # It takes pandas, which takes longer to import than an instance to generate.
        from ..traces.trace_demand import read_trace

        return read_trace(Path(settings.trace), settings.slots, settings.slot_hours).at_peak(1.0)
    swing = daily_cosine(hours_of_day(settings.slots, settings.slot_hours), _BUSIEST_HOUR)
    shape = (1 + _TROUGH) / 2 + (1 - _TROUGH) / 2 * swing
    return {name: share * shape for name, share in _SHARES.items()}


def _job(settings: GeneratorSection, random: np.random.Generator, sites: list[str]) -> dict[str, Any]:
    """A job whose window, cut to the slots that there are, begins anywhere."""
    it_mw, usd_per_mwh = round(random.uniform(*_JOB_MW), 2), random.uniform(*_JOB_USD_PER_MWH)
    hours, slack_hours = (int(random.integers(low, high, endpoint=True)) for low, high in (_JOB_HOURS, _SLACK_HOURS))
    slots = min(max(round(hours / settings.slot_hours), 1), settings.slots)
    window = min(slots + round(slack_hours / settings.slot_hours), settings.slots)
    release = int(random.integers(0, settings.slots - window, endpoint=True))
    power = round(settings.job_power_scale * it_mw, DECIMALS)
    return {
        "it_mw": power,
        "slots": slots,
        "release": release,
        "deadline": release + window - 1,
        "value_usd": round(usd_per_mwh * power * slots * settings.slot_hours, 2),
        "sites": sites,
        "mandatory": False,
    }
