"""Analytic profiles over slots; a slot's hour is that of the day at which it begins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....agents.arrays import FloatArray

_SUNRISE, _SUNSET = 6.0, 18.0
# Beginning in hours of the day, and price: night, shoulder, solar, peak, shoulder, night.
_TARIFF = ((0.0, 35.0), (6.0, 45.0), (10.0, 30.0), (16.0, 80.0), (21.0, 45.0), (23.0, 35.0))
_HOURLY_WIND_MEMORY = 0.9
_WIND_MEAN, _WIND_SPREAD = 0.35, 0.25


@dataclass(frozen=True, eq=False)
class SiteProfiles:
    """What a site meets outside: arrays of shape (slots,).

    Parameters
    ----------
    solar_share, wind_share : arrays
        Of the peak.
    celsius : array
    """

    solar_share: FloatArray
    wind_share: FloatArray
    celsius: FloatArray


def hours_of_day(slots: int, slot_hours: float) -> FloatArray:
    """Shape (slots,)."""
    return np.arange(slots, dtype=np.float64) * slot_hours % 24.0


def daily_cosine(hours: FloatArray, peak_hour: float) -> FloatArray:
    """Between -1 and 1, highest at an hour of the day."""
    return np.cos((hours - peak_hour) * 2 * np.pi / 24)


def photovoltaic_bell(hours: FloatArray) -> FloatArray:
    """Share of the peak: half a sine from 6 to 18 h, to the power 1.5, of a clear day."""
    elevation = np.maximum(np.sin(np.pi * (hours - _SUNRISE) / (_SUNSET - _SUNRISE)), 0.0)
    return elevation**1.5


def wind_series(slots: int, slot_hours: float, random: np.random.Generator) -> FloatArray:
    """Share of the peak: a stationary AR(1) series of mean 0.35 and spread 0.25, cut at 0 and 1.

    From one hour to the next 0.9 of a deviation stays, whatever the length of a slot.
    """
    deviation = stationary_series(slots, _HOURLY_WIND_MEMORY**slot_hours, random)
    return np.clip(_WIND_MEAN + _WIND_SPREAD * deviation, 0.0, 1.0)


def stationary_series(slots: int, memory: float, random: np.random.Generator) -> FloatArray:
    """An AR(1) series of mean 0 and variance 1, of which a share `memory` stays from one slot to the next."""
    draws = random.standard_normal(slots)
    series = np.empty(slots)
    series[0] = draws[0]
    for slot in range(1, slots):
        series[slot] = memory * series[slot - 1] + np.sqrt(1 - memory**2) * draws[slot]
    return series


def time_of_use_tariff(hours: FloatArray) -> FloatArray:
    """$/MWh: 35 at night, 45 shoulder, 30 while the sun is high (10 to 16 h), 80 at the peak (16 to 21 h)."""
    begins, prices = (np.array(column) for column in zip(*_TARIFF, strict=True))
    return prices[np.searchsorted(begins, hours, side="right") - 1]
