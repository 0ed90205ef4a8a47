"""Profiles of typical years: by pvlib and windpowerlib on a small made-up year, or refused in words."""

import sys

import numpy as np
import pytest

from walras.experiments.errors import ScenarioError
from walras.experiments.microgrid.generating.typical_year import _means, typical_profiles
from walras.experiments.microgrid.instance_reading import read_instance

HOURS = 8760


@pytest.fixture(scope="session")
def year(tmp_path_factory):
    """Half a sine of sun from 6 to 18 h every day at 45° north, 8 m/s of wind, and the day of the year in °C."""
    rows = ["LOCATION,Nowhere,X,XXX,TMY3,1,45.0,0.0,0.0,100.0", *(["COMMENT"] * 7)]
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    dates = [(month + 1, day + 1) for month, length in enumerate(days) for day in range(length)]
    for number, (month, day) in enumerate(dates):
        for hour in range(24):
            ghi = max(0.0, 700 * np.sin(np.pi * (hour + 0.5 - 6) / 12))
            cells = ["0"] * 35
            cells[:6] = ["2001", str(month), str(day), str(hour + 1), "60", "?"]
            cells[6], cells[13], cells[15], cells[21] = f"{number / 10}", f"{ghi:.3f}", f"{ghi:.3f}", "8.0"
            rows.append(",".join(cells))
    path = tmp_path_factory.mktemp("weather") / "year.epw"
    path.write_text("\n".join(rows) + "\n")
    return path


def test_slots_have_the_means_of_the_hours_that_they_cover():
    values = np.arange(4.0)
    assert _means(values, np.array([0.0, 1.0, 3.0, 3.5, 4.0])) == pytest.approx([0, 1.5, 3, 3])
    assert _means(values, np.array([3.0, 5.0, 12.0])) == pytest.approx([1.5, (6 + 6 - 0) / 7])


def test_without_the_extra_it_is_refused_in_words(year, monkeypatch):
    monkeypatch.setitem(sys.modules, "pvlib", None)
    with pytest.raises(ScenarioError, match=r"year\.epw: needs pvlib and windpowerlib, .*walras\[profiles\]"):
        typical_profiles(year, 1, 24, 1.0)


def test_a_year_has_sun_by_day_and_wind_and_temperature_as_they_are(year):
    pytest.importorskip("pvlib", reason="needs the extra profiles")
    pytest.importorskip("windpowerlib", reason="needs the extra profiles")
    day = typical_profiles(year, 172, 24, 1.0)
    assert not day.solar_share[:4].any()
    assert 0.4 < day.solar_share.max() < 0.8
    assert 10 <= day.solar_share.argmax() <= 13
    assert np.ptp(day.wind_share) == pytest.approx(0)
    assert 0.3 < day.wind_share[0] < 1
    assert day.celsius == pytest.approx([17.1] * 24)
    half_hours = typical_profiles(year, 172, 48, 0.5)
    assert half_hours.solar_share.reshape(24, 2).mean(axis=1) == pytest.approx(day.solar_share)
    assert typical_profiles(year, 365, 48, 1.0).celsius == pytest.approx([36.4] * 24 + [0] * 24)


def test_sites_take_typical_years_in_turn(year, tmp_path):
    pytest.importorskip("pvlib", reason="needs the extra profiles")
    pytest.importorskip("windpowerlib", reason="needs the extra profiles")
    own = year.parent / "own.yaml"
    own.write_text("generator: {weather: [year.epw], first_day: 100}\n")
    sites, day = read_instance(own).sites, typical_profiles(year, 100, 24, 1.0)
    assert sites["site2"].renewable_mw == pytest.approx(list(5 * day.solar_share + 50 * day.wind_share), abs=1e-6)
    assert sites["site3"].pue == [1.25] * 24
    assert sites["site1"].import_usd_per_mwh == read_instance("microgrid4").sites["site1"].import_usd_per_mwh


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "is no file"),
        ("", "cannot be read as EPW"),
        ("LOCATION,a\n", "cannot be read as EPW"),
        ("short", "needed"),
    ],
)
def test_what_is_no_typical_year_is_refused(year, tmp_path, text, words):
    pytest.importorskip("pvlib", reason="needs the extra profiles")
    pytest.importorskip("windpowerlib", reason="needs the extra profiles")
    path = tmp_path / "odd.epw"
    if text is not None:
        path.write_text("\n".join(year.read_text().splitlines()[:40]) if text == "short" else text)
    with pytest.raises(ScenarioError, match=words):
        typical_profiles(path, 1, 24, 1.0)
