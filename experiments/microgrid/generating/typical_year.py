"""Sun, wind and temperature of a typical meteorological year, by the extra ``profiles``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ....agents.arrays import FloatArray
from ...errors import Fault, ScenarioError
from .profiles import SiteProfiles

_HOURS = 8760
_LOSSES, _PER_DEGREE = 0.14, -0.004
_TURBINE, _HUB_METRES, _MEASURED_METRES, _SHEAR = "E-126/4200", 135.0, 10.0, 1 / 7


def typical_profiles(path: Path, first_day: int, slots: int, slot_hours: float) -> SiteProfiles:
    """Profiles from a file of a typical year in EnergyPlus' layout (EPW), by pvlib and windpowerlib.

    Panels face the equator, tilted by the latitude, as PVWatts has them: 14 % of losses, 0.4 % for each degree above
    25 °C. Wind speed rises from 10 m to 135 m with the power 1/7; a turbine E-126/4200 makes power of it. Slots have
    the means of the hours that they cover; after the last day of the year follows the first.

    Parameters
    ----------
    path : Path
    first_day : int
        Of the year, from 1; its first hour is that of the first slot, in local standard time.
    slots : int
    slot_hours : float

    Raises
    ------
    ScenarioError
        If the extra is not installed, or the file is none.
    """
    hourly = _hourly(path)
    edges = 24.0 * (first_day - 1) + slot_hours * np.arange(slots + 1, dtype=np.float64)
    return SiteProfiles(*(_means(values, edges) for values in hourly))


def _hourly(path: Path) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Shares of the peak of sun and wind, and °C: arrays of shape (8760,)."""
    try:
        import pvlib
        import windpowerlib
    except ImportError as error:
        raise _refusal(
            path, "needs pvlib and windpowerlib, the extra profiles: pip install walras[profiles]"
        ) from error
    try:
        if not path.is_file():
            raise _refusal(path, "is no file; a typical year as EPW is needed")
        weather, place = pvlib.iotools.read_epw(str(path), coerce_year=2001)
        columns = weather[["ghi", "dhi", "dni", "temp_air", "wind_speed"]].to_numpy(dtype=np.float64)
        latitude, longitude = float(place["latitude"]), float(place["longitude"])
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise _refusal(path, f"cannot be read as EPW: {' '.join(str(error).split())}") from error
    if len(columns) != _HOURS or not np.isfinite(columns).all():
        raise _refusal(path, f"has {len(columns)} hours; {_HOURS} with finite numbers are needed")
    wind = _wind_share(windpowerlib, columns[:, 4])
    return _solar_share(pvlib, weather, latitude, longitude), wind, columns[:, 3]


def _solar_share(pvlib: Any, weather: Any, latitude: float, longitude: float) -> FloatArray:
    # Irradiance is a mean over the hour, so the sun stands as in its middle.
    sun = pvlib.solarposition.get_solarposition(weather.index.shift(30, freq="min"), latitude, longitude)
    sun.index = weather.index
    on_panel = pvlib.irradiance.get_total_irradiance(
        abs(latitude),
        180.0 if latitude >= 0 else 0.0,
        sun["apparent_zenith"],
        sun["azimuth"],
        weather["dni"],
        weather["ghi"],
        weather["dhi"],
    )["poa_global"].fillna(0.0)
    cell = pvlib.temperature.pvsyst_cell(on_panel, weather["temp_air"], weather["wind_speed"])
    power = pvlib.pvsystem.pvwatts_dc(on_panel, cell, 1.0, _PER_DEGREE) * (1 - _LOSSES)
    return _share(power)


def _wind_share(windpowerlib: Any, speed: FloatArray) -> FloatArray:
    turbine = windpowerlib.WindTurbine(turbine_type=_TURBINE, hub_height=_HUB_METRES)
    at_hub = speed * (_HUB_METRES / _MEASURED_METRES) ** _SHEAR
    curve = turbine.power_curve
    power = windpowerlib.power_output.power_curve(at_hub, curve["wind_speed"], curve["value"])
    return _share(np.asarray(power) / turbine.nominal_power)


def _share(values: Any) -> FloatArray:
    return np.asarray(np.clip(values, 0.0, 1.0), dtype=np.float64)


def _means(values: FloatArray, edges: FloatArray) -> FloatArray:
    """Means between edges in hours, of hourly values that repeat."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    years, hours = np.divmod(edges, len(values))
    sums = years * total[-1] + np.interp(hours, np.arange(len(total)), total)
    return np.asarray(np.diff(sums) / np.diff(edges), dtype=np.float64)


def _refusal(path: Path, message: str) -> ScenarioError:
    return ScenarioError(str(path), [Fault("", message)])
