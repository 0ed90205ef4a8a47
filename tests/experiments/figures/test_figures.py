"""Figures of a run folder: files in two formats that show something, axes with names and units."""

import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import to_hex
from support.command import assert_refused, walras_command

from walras import load_scenario
from walras.experiments.archive.writer import write_run_folder
from walras.experiments.figures.convergence import convergence_figure
from walras.experiments.figures.drawing import draw
from walras.experiments.figures.layout import bus_positions
from walras.experiments.figures.network import CONGESTED, network_figure
from walras.experiments.results.shown_hour import shown_hour
from walras.experiments.study import decompose
from walras.network import read_case

NAMES = ["convergence.png", "convergence.svg", "network.png", "network.svg"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    study = decompose(load_scenario("rts24", ["coordinator.tolerance=1e-4"]))
    return write_run_folder(study, tmp_path_factory.mktemp("runs") / "rts24", draw)


@pytest.fixture(scope="module")
def drawn(folder, tmp_path_factory):
    """A folder into which `walras plot` has drawn."""
    out = tmp_path_factory.mktemp("figures") / "new"
    answer = walras_command("plot", folder.path, "--out", out)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [str(out / name) for name in NAMES]
    return out


def test_plot_draws_into_the_folder_that_is_asked_for_and_nothing_else(drawn):
    assert sorted(path.name for path in drawn.iterdir()) == NAMES


def test_without_a_place_the_figures_go_into_the_run_folder(folder, tmp_path):
    copy = shutil.copytree(folder.path, tmp_path / "copy", ignore=shutil.ignore_patterns("*.png", "*.svg"))
    answer = walras_command("plot", copy)
    assert answer.out.splitlines() == [str(copy / name) for name in NAMES]
    assert {path.name for path in copy.iterdir()} == {path.name for path in folder.path.iterdir()}


@pytest.mark.parametrize("name", ["convergence.png", "network.png"])
def test_pictures_are_not_blank(drawn, name):
    pixels = matplotlib.image.imread(drawn / name)
    assert min(pixels.shape[:2]) > 600
    assert pixels[..., :3].std() > 0.05
    # Something is drawn in each quarter.
    middle_row, middle_column = pixels.shape[0] // 2, pixels.shape[1] // 2
    for rows in (slice(None, middle_row), slice(middle_row, None)):
        for columns in (slice(None, middle_column), slice(middle_column, None)):
            assert pixels[rows, columns, :3].std() > 0.02


@pytest.mark.parametrize("name", ["convergence.svg", "network.svg"])
def test_vector_graphics_are_xml_with_many_paths(drawn, name):
    root = ET.parse(drawn / name).getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) > 30


def convergence_of(folder):
    return convergence_figure(folder, shown_hour(folder.document["result"], None))


def test_axes_of_the_convergence_figure_have_names_and_units(folder):
    residuals, *prices = convergence_of(folder).axes
    assert residuals.get_ylabel() == "relative residual"
    assert residuals.get_yscale() == "log"
    assert prices
    for axes in prices:
        assert re.fullmatch(r"\w+ price \[\\\$/(MWh|GPU)\]", axes.get_ylabel())
    assert prices[-1].get_xlabel() == "round"
    for axes in (residuals, *prices):
        assert axes.get_legend().get_texts()


def test_the_curves_are_the_residuals_of_the_rounds(folder):
    axes = convergence_of(folder).axes[0]
    curves = {line.get_label(): line for line in axes.lines}
    assert len(curves) == 3
    imbalance = next(line for label, line in curves.items() if "imbalance" in label)
    shown = folder.rounds[folder.rounds["max_relative_imbalance"] > 0]
    np.testing.assert_array_equal(imbalance.get_xdata(), shown["round"])
    np.testing.assert_array_equal(imbalance.get_ydata(), shown["max_relative_imbalance"])
    gap = next(line for label, line in curves.items() if "gap" in label)
    assert len(gap.get_xdata()) == folder.rounds["relative_gap"].notna().sum()


def map_of(folder, case=None):
    return network_figure(folder, case or read_case("rts24"), shown_hour(folder.document["result"], None))


def test_the_map_shows_every_bus_every_line_and_the_unit_of_the_colours(folder):
    case = read_case("rts24")
    axes, bar = map_of(folder, case).axes
    assert bar.get_ylabel() == "nodal price [$/MWh]"
    assert {text.get_text() for text in axes.texts} >= set(map(str, case.grid.buses))
    *lines, dots = axes.collections
    assert sum(len(some.get_segments()) for some in lines) == len(case.grid.line_ids)
    prices = folder.document["result"]["price_usd_per_mwh"]
    np.testing.assert_allclose(dots.get_array(), [prices[str(bus)][0] for bus in case.grid.buses])


def test_the_map_marks_the_lines_with_a_price(folder):
    axes = map_of(folder).axes[0]
    priced = [line for line, (price,) in folder.document["result"]["line_price_usd_per_mw"].items() if price > 0]
    assert priced
    assert sum(text.get_text().endswith(r"\$/MW") for text in axes.texts) == len(priced)
    marked = next(some for some in axes.collections if to_hex(some.get_edgecolor()[0]) == CONGESTED.lower())
    assert len(marked.get_segments()) == len(priced)


def test_a_map_without_congestion_has_no_colour_bar_and_explains_no_lines(folder):
    result = folder.document["result"]
    level = {
        "price_usd_per_mwh": {bus: [42.1234] for bus in result["price_usd_per_mwh"]},
        "line_price_usd_per_mw": {line: [0.0] for line in result["line_price_usd_per_mw"]},
    }
    document = {**folder.document, "result": {**result, **level}}
    figure = map_of(replace(folder, document=document))
    (axes,) = figure.axes
    assert axes.get_legend() is None
    assert axes.get_title() == "rts24: the nodal price is 42.12 \\$/MWh at every bus\nhour 1"
    assert map_of(folder).axes[0].get_legend() is not None


def test_one_outlier_does_not_take_all_the_colours(folder):
    axes, _ = map_of(folder).axes
    prices = np.array([price for (price,) in folder.document["result"]["price_usd_per_mwh"].values()])
    assert prices.max() > 1.3 * np.sort(prices)[-2]
    dots = axes.collections[-1]
    assert dots.norm.vmax == pytest.approx(np.sort(prices)[-2])
    assert dots.norm.vmin == pytest.approx(prices.min())
    # What the colour does not tell stands there in words.
    assert [text.get_text() for text in axes.texts if "MWh" in text.get_text()] == [rf"{prices.max():.3g} \$/MWh"]


def test_buses_without_coordinates_are_laid_out_apart():
    case = read_case("rts24")
    bare = type(case)(case.grid, case.load_mw, case.unit_groups)
    points = np.array(list(bus_positions(bare).values()))
    assert np.isfinite(points).all()
    distances = np.linalg.norm(points[:, None] - points[None], axis=2)
    assert distances[~np.eye(len(points), dtype=bool)].min() > 0.01


def test_figures_that_cannot_be_written_are_refused_by_name(folder, tmp_path):
    (tmp_path / "file").write_text("")
    answer = walras_command("plot", folder.path, "--out", tmp_path / "file")
    assert_refused(answer, str(tmp_path / "file"), "is no folder")
