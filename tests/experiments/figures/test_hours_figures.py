"""Figures of several hours: heat maps of buses and hours, and curves with totals."""

import re

import numpy as np
import pytest
from support.command import walras_command
from support.three_hours import write_three_hours

from walras.experiments.archive import frames
from walras.experiments.archive.run_folder import read_run_folder
from walras.experiments.figures.buses_by_hour import buses_by_hour_figure
from walras.experiments.figures.convergence import convergence_figure
from walras.experiments.figures.hours import hours_figure
from walras.experiments.figures.network import network_figure
from walras.experiments.results.shown_hour import shown_hour
from walras.network import read_case


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    scenario = write_three_hours(tmp_path_factory.mktemp("hours"))
    assert walras_command("run", scenario, "-q", "--out", out).code == 0
    return read_run_folder(out)


@pytest.fixture(scope="module")
def case(folder):
    return read_case(folder.document["scenario_document"]["grid"]["source"])


@pytest.fixture(scope="module")
def shown(folder):
    return shown_hour(folder.document["result"], None)


def test_the_hours_are_drawn_beside_the_others(folder):
    names = {path.name for path in folder.path.iterdir()}
    assert {"hours.png", "hours.svg", "buses_by_hour.png", "buses_by_hour.svg"} <= names


def test_the_map_names_its_hour_and_shows_its_prices(folder, case):
    for hour, title in ((None, "hour 2 of 3, the largest price spread"), (3, "hour 3 of 3")):
        chosen = shown_hour(folder.document["result"], hour)
        axes = network_figure(folder, case, chosen).axes[0]
        assert axes.get_title().endswith(title)
        prices = folder.document["result"]["price_usd_per_mwh"].values()
        np.testing.assert_array_equal(axes.collections[-1].get_array(), [series[chosen.period] for series in prices])


def test_heat_maps_hold_every_bus_and_hour(folder, case, shown):
    figure = buses_by_hour_figure(folder, case, shown)
    left, right, *bars = figure.axes
    prices = np.array(list(folder.document["result"]["price_usd_per_mwh"].values()))
    np.testing.assert_array_equal(left.images[0].get_array(), prices)
    np.testing.assert_array_equal(right.images[0].get_array(), prices - prices[0])
    assert [bar.get_ylabel() for bar in bars] == [r"nodal price [\$/MWh]", r"wheeling price [\$/MWh]"]
    assert [label.get_text() for label in left.get_yticklabels()] == ["1", "2"]
    assert (left.get_ylabel(), left.get_xlabel(), right.get_xlabel()) == ("bus", "hour", "hour")
    assert "hour 2 of 3" in figure.get_suptitle()


def test_wheeling_that_costs_nothing_is_white(folder, case, shown):
    norm = buses_by_hour_figure(folder, case, shown).axes[1].images[0].norm
    assert norm(0.0) == pytest.approx(0.5)


def test_curves_have_units_totals_and_the_values_of_every_hour(folder, case, shown):
    result = folder.document["result"]
    figure = hours_figure(folder, case, shown)
    energy, price, lease, lease_price = figure.axes
    for axes in figure.axes:
        assert re.search(r"\[(MWh|\\\$/MWh|\\\$/GPU)\]", axes.get_ylabel())
        assert axes.get_legend().get_texts()
    demand = np.sum(list(result["demand_mwh"].values()), axis=0)
    (line,) = (line for line in energy.lines if line.get_label().startswith("demand"))
    np.testing.assert_allclose(line.get_ydata(), [*demand, demand[-1]])
    assert f"{demand.sum():,.0f} MWh in all" in line.get_label()
    (leased,) = (line for line in lease.lines if line.get_label().startswith("m,"))
    assert leased.get_ydata()[:3].tolist() == result["lease"]["m"]["energy_mwh"]
    assert lease_price.lines[0].get_ydata()[:3].tolist() == result["lease"]["m"]["price_usd_per_gpu"]
    assert figure.axes[-1].get_xlabel() == "hour"
    assert price.get_xlim() == (0.5, 3.5)


def test_hours_without_finite_prices_or_leases_are_gaps(folder, case, shown):
    result = folder.document["result"]
    bare = {
        **result,
        "lease": {},
        "price_usd_per_mwh": {bus: [None, *series[1:]] for bus, series in result["price_usd_per_mwh"].items()},
    }
    kept = type(folder)(folder.path, {**folder.document, "result": bare}, folder.rounds, folder.prices, folder.trades)
    figure = hours_figure(kept, case, shown)
    _, price = figure.axes
    assert np.isnan(price.lines[0].get_ydata()).tolist() == [True, False, False, False]
    figure.draw_without_rendering()
    buses_by_hour_figure(kept, case, shown).draw_without_rendering()


@pytest.mark.parametrize("hour", [None, 1, 2, 3])
def test_prices_over_the_rounds_are_those_of_the_hour_that_is_asked_for(folder, hour):
    chosen = shown_hour(folder.document["result"], hour)
    figure = convergence_figure(folder, chosen)
    labels = [axes.get_ylabel() for axes in figure.axes]
    told = f"hour {hour or 2}"
    assert labels[1:] == [f"lease price [\\$/GPU]\n{told}", f"wheeling price [\\$/MWh]\n{told}"]
    watched = folder.prices[~folder.prices["is_final"] & (folder.prices["period"] == chosen.period)]
    wheeling = watched[watched["kind"] == "wheeling"].sort_values("round")["price"]
    np.testing.assert_array_equal(figure.axes[-1].lines[0].get_ydata(), wheeling)


def test_of_many_prices_over_the_rounds_those_of_one_hour_are_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(frames, "_MOST_PRICES", 10)
    scenario = write_three_hours(tmp_path)
    assert walras_command("run", scenario, "-q", "--out", tmp_path / "run", "--hour", 3).code == 0
    prices = read_run_folder(tmp_path / "run").prices
    assert set(prices[~prices["is_final"]]["period"]) == {2}
    assert set(prices[prices["is_final"]]["period"]) == {0, 1, 2}
    kept = read_run_folder(tmp_path / "run")
    figure = convergence_figure(kept, shown_hour(kept.document["result"], 1))
    assert figure.axes[-1].get_ylabel() == "wheeling price [\\$/MWh]\nhour 3"
