"""The four sites of `microgrid4`, and others like them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class SiteKind:
    """What tells sites apart.

    Parameters
    ----------
    it_capacity_mw : float
    pue : float
        Up to 15 °C outside.
    mean_celsius, swing_celsius : float
        Of the outside temperature over a day.
    solar_mw, wind_mw : float
        Peaks.
    battery_mwh, gas_mw : float
    tariff_factor : float
        Of the common tariff.
    grid_t_per_mwh : float
        Mean over a day.
    place : tuple of float
        Coordinates in a unit square.
    peak_mw : float
        Largest inference demand of the region around it, all classes together.
    """

    it_capacity_mw: float
    pue: float
    mean_celsius: float
    swing_celsius: float
    solar_mw: float
    wind_mw: float
    battery_mwh: float
    gas_mw: float
    tariff_factor: float
    grid_t_per_mwh: float
    place: tuple[float, float]
    peak_mw: float


SITE_KINDS = (
    SiteKind(30.0, 1.15, 20.0, 8.0, 40.0, 0.0, 40.0, 8.0, 1.0, 0.30, (0.0, 0.0), 9.0),
    SiteKind(30.0, 1.12, 14.0, 5.0, 5.0, 50.0, 30.0, 0.0, 0.9, 0.28, (0.4, 0.1), 8.0),
    SiteKind(40.0, 1.25, 26.0, 7.0, 5.0, 5.0, 10.0, 15.0, 0.8, 0.65, (0.7, 0.6), 14.0),
    SiteKind(20.0, 1.10, 9.0, 6.0, 0.0, 5.0, 10.0, 0.0, 1.15, 0.08, (0.1, 0.8), 5.0),
)

# Beyond the fourth: how far sizes, tariffs and intensities are from those of the kind.
_SIZES, _TARIFFS, _INTENSITIES = (0.8, 1.2), (0.9, 1.1), (0.8, 1.2)


def site_kind(random: np.random.Generator, index: int) -> SiteKind:
    """The site at a position: the first four as they are, later ones in turn like these, elsewhere."""
    kind = SITE_KINDS[index % len(SITE_KINDS)]
    if index < len(SITE_KINDS):
        return kind
    size, tariff, intensity = (random.uniform(*ends) for ends in (_SIZES, _TARIFFS, _INTENSITIES))
    x, y = random.uniform(size=2)
    return replace(
        kind,
        it_capacity_mw=round(size * kind.it_capacity_mw, 2),
        solar_mw=round(size * kind.solar_mw, 2),
        wind_mw=round(size * kind.wind_mw, 2),
        battery_mwh=round(size * kind.battery_mwh, 2),
        gas_mw=round(size * kind.gas_mw, 2),
        tariff_factor=round(tariff * kind.tariff_factor, 3),
        grid_t_per_mwh=round(intensity * kind.grid_t_per_mwh, 3),
        place=(round(x, 3), round(y, 3)),
        peak_mw=round(size * kind.peak_mw, 2),
    )
