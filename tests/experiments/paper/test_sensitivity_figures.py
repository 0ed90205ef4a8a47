"""Figures of claims over what the paper leaves open, drawn from a small table whose curves are known."""

import itertools

import numpy as np
import pandas as pd
import pytest
from cases.paper_frame import FIRST, paper_frame

from walras.experiments.paper.figures.paper_sensitivity import sensitivity_figures
from walras.experiments.paper.paper_settings import PAPER, SETTINGS

VARIED = [name for name, setting in SETTINGS.items() if setting.varied]


@pytest.fixture(scope="module")
def frame():
    """The paper's setting and variations of it, which emit and cost twice as much with forward contracts."""
    own = paper_frame().assign(forward_basis="contract")
    by_generator = own[own["forward_position"] > 0].assign(forward_basis="generator")
    parts = [own, by_generator]
    for name in VARIED:
        of_monolith = own[own["side"] == "monolith"].assign(setting=name)
        factor = np.where(of_monolith["forward_position"] > 0, 2.0, 1.0)
        parts.append(of_monolith.assign(**{"co2_t.system": of_monolith["co2_t.system"] * factor}))
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def figures(frame):
    return sensitivity_figures(frame)


def curves(axes):
    return {line.get_label(): line.get_ydata() for line in axes.lines if not line.get_label().startswith("_")}


def test_there_is_one_for_each_claim_with_a_row_for_each_thing_left_open(figures):
    assert list(figures) == ["claim4-sensitivity", "claim6-sensitivity", "claim7-sensitivity"]
    rows = {
        name: [axes.get_legend().get_title().get_text() for axes in figure.axes[1::2]]
        for name, figure in figures.items()
    }
    assert rows["claim4-sensitivity"] == ["elasticity", "line limits", "emission rates"]
    assert (
        rows["claim6-sensitivity"] == rows["claim7-sensitivity"] == [*rows["claim4-sensitivity"], "forward contracts"]
    )


def test_every_variation_has_a_curve_of_its_own(figures):
    drawn = [curves(axes) for axes in figures["claim6-sensitivity"].axes[1::2]]
    assert all("the paper's setting" in found for found in drawn)
    assert sum(len(found) - 1 for found in drawn) == len(VARIED) + 1
    for axes in figures["claim6-sensitivity"].axes:
        shown = [line for line in axes.lines if not line.get_label().startswith("_")]
        assert len({(line.get_color(), line.get_linestyle(), line.get_marker()) for line in shown}) == len(shown)


def test_curves_are_the_changes_against_no_forward_contracts(figures):
    # 4.5 % less at 60 %, 3 % less at 90 % in the table of the paper's setting; variations emit twice that.
    for column, reduction in ((0, 4.5), (1, 3.0)):
        found = curves(figures["claim6-sensitivity"].axes[column])
        np.testing.assert_allclose(found["the paper's setting"], -reduction)
        np.testing.assert_allclose(found["-0.4"], 100 * (2 * (1 - reduction / 100) - 1))


def test_rent_begins_at_zero_and_costs_are_in_thousands(figures):
    for axes in figures["claim7-sensitivity"].axes:
        for values in curves(axes).values():
            assert values[0] == pytest.approx(0.0)
    own = curves(figures["claim4-sensitivity"].axes[0])["the paper's setting"]
    weight = (1 - FIRST) / FIRST
    assert own[0] == pytest.approx(50 + 24 * (200 + 145 * weight) / 1000)


def test_axes_have_names_and_units_and_nothing_overlaps(figures):
    for figure in figures.values():
        figure.draw_without_rendering()
        for left in figure.axes[::2]:
            assert left.get_ylabel().rstrip("]").endswith(("%", r"\$"))
        for lowest in figure.axes[-2:]:
            assert lowest.get_xlabel().startswith(r"cost weight $\alpha$ [-]")
        boxes = [axes.get_legend().get_window_extent() for axes in figure.axes[1::2]]
        assert not any(one.overlaps(other) for one, other in itertools.combinations(boxes, 2))
        assert all(box.x1 <= figure.bbox.x1 for box in boxes)


def test_without_variations_the_papers_setting_stands_alone():
    for figure in sensitivity_figures(paper_frame()).values():
        figure.draw_without_rendering()
        for axes in figure.axes[:4]:
            assert list(curves(axes)) == ["the paper's setting"]


def test_settings_are_named_after_what_is_varied():
    assert {SETTINGS[name].varied for name in VARIED} == {"elasticity", "line limits", "forward"}
    for name in VARIED:
        assert SETTINGS[name].scenario == SETTINGS[PAPER].scenario
        assert SETTINGS[name].standing_for_printed == SETTINGS[PAPER].standing_for_printed
