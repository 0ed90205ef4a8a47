"""An instance with one thing changed; everything else stays, and the given instance too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..instance import BatterySection, Instance, SiteSection

_BATTERY_SIZES = ("max_mwh", "min_mwh", "initial_mwh", "max_mw")


def within_radius(instance: Instance, radius_ms: float) -> Instance:
    """Every class bears latencies up to the radius, whatever it bore before.

    A region's nearest sites stay in reach at any radius, so that a radius of 0 means these alone.
    """
    classes = {name: own.model_copy(update={"latency_ms": float(radius_ms)}) for name, own in instance.classes.items()}
    latency = {}
    for region, by_site in instance.latency_ms.items():
        nearest = min(by_site.values())
        latency[region] = {site: min(ms, radius_ms) if ms == nearest else ms for site, ms in by_site.items()}
    return instance.model_copy(update={"classes": classes, "latency_ms": latency})


def scaled_batteries(instance: Instance, factor: float) -> Instance:
    """Contents and power of all batteries times a factor."""

    def scaled(own: BatterySection) -> BatterySection:
        return own.model_copy(update={key: factor * getattr(own, key) for key in _BATTERY_SIZES})

    return _with_sites(instance, lambda site: {"battery": scaled(site.battery)})


def scaled_renewables(instance: Instance, factor: float) -> Instance:
    """Sun and wind of all sites times a factor."""
    return _with_sites(instance, lambda site: {"renewable_mw": [factor * mw for mw in site.renewable_mw]})


def without_renewables(instance: Instance, name: str) -> Instance:
    """One site without sun and wind."""
    bare = instance.sites[name].model_copy(update={"renewable_mw": [0.0] * instance.slots})
    return instance.model_copy(update={"sites": {**instance.sites, name: bare}})


def with_carbon_price(instance: Instance, usd_per_t: float) -> Instance:
    """Another price of carbon."""
    return instance.model_copy(update={"carbon_price_usd_per_t": float(usd_per_t)})


def with_carbon_budget(instance: Instance, budget_t: float | None) -> Instance:
    """Another budget of all sites together; None for any emissions."""
    return instance.model_copy(update={"carbon_budget_t": budget_t})


def _with_sites(instance: Instance, change: Callable[[SiteSection], dict[str, Any]]) -> Instance:
    sites = {name: site.model_copy(update=change(site)) for name, site in instance.sites.items()}
    return instance.model_copy(update={"sites": sites})
