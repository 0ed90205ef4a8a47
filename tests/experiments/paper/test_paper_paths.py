"""Paths in the figures, tables and report of the case study: made up, so that every value is known."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from cases.paper_frame import hand_made_study
from support.case_study import case_study

from walras.experiments.kappa_path.interpolant import POLYNOMIAL, lobatto_kappas
from walras.experiments.kappa_path.kappa_path import Breakpoint, KappaPath
from walras.experiments.kappa_path.kappa_piece import KappaPiece
from walras.experiments.paper.case_paths import breakpoint_table, sample_differences
from walras.experiments.paper.chain_tasks import path_tasks
from walras.experiments.paper.chains import chains
from walras.experiments.paper.figures.paper_figures import paper_figures
from walras.experiments.paper.figures.paper_paths import followed_curve
from walras.experiments.paper.lookup import Cases
from walras.experiments.paper.report.report import report

TURNS = (0.5, 2.0)
NAMES = (
    *(f"lease.mdc{number}.{what}" for number in (1, 2, 3) for what in ("price_usd_per_gpu", "intensity_kg_per_mwh")),
    *(f"lease.mdc{number}.mix_kg_per_mwh" for number in (1, 2, 3)),
    *(f"{what}.{where}" for what in ("co2_t", "workload_cost_usd") for where in ("local", "mdc")),
    "co2_t.system",
)


def figure(name, piece, kappa):
    """Affine in kappa; the CO2 of the workload falls by 5 t where the last piece begins."""
    if name.startswith("co2_t"):
        return 40 - 3 * kappa / 19 - 5 * (piece == 2) + 1300 * (name == "co2_t.system")
    return (NAMES.index(name) + 1) * (0.1 + 0.01 * kappa)


def made_up_path():
    pieces = []
    for number, (low, high) in enumerate(pairwise((0.0, *TURNS, 19.0))):
        kappas = lobatto_kappas(POLYNOMIAL, low, high, 1e-3, 3)
        values = np.array([[figure(name, number, kappa) for name in NAMES] for kappa in kappas])
        pieces.append(KappaPiece(low, high, NAMES, POLYNOMIAL, kappas, values, 0.0))
    points = [Breakpoint(0.5, 1 / 1.5, "line 7 starts to bind", False), Breakpoint(2.0, 1 / 3, "all jump | over", True)]
    return KappaPath("made up", "ex_ante", tuple(pieces), tuple(points))


@pytest.fixture(scope="module")
def paths():
    return {(table, scheme): made_up_path() for table in ("paper", "rts96") for scheme in ("ex_post", "ex_ante")}


def test_a_followed_curve_is_the_sum_with_a_gap_where_it_jumps():
    found = followed_curve(made_up_path(), ["co2_t.local", "co2_t.mdc"], per=2.0)
    assert found.values.index.is_monotonic_increasing
    assert (found.values.index[0], found.values.index[-1]) == pytest.approx((0.05, 1.0))
    assert found.values.isna().sum() == 1
    assert found.values.index[found.values.isna()][0] == pytest.approx(1 / 3)
    for alpha, value in found.values.dropna().items():
        kappa = (1 - alpha) / alpha
        expected = {40 - 3 * kappa / 19 - drop for drop in (0, 5)}
        assert min(abs(value - one) for one in expected) < 1e-9
    # Both sides of the jump, and twice the bend.
    assert sorted(round(alpha, 6) for alpha in found.turns.index) == pytest.approx([1 / 3] * 2 + [2 / 3] * 2, abs=1e-6)
    low, high = sorted(found.turns[found.turns.index < 0.5])
    assert high - low == pytest.approx(5)
    assert followed_curve(None, ["co2_t.local"]) is None


def test_lines_are_paths_and_breakpoints_have_ticks(paths):
    figures = paper_figures(case_study(), paths)
    for name in ("fig1-lease-price", "fig3-workload-co2", "fig4-workload-cost"):
        texts = [text.get_text() for text in figures[name].legends[1].get_texts()]
        assert "breakpoint" in texts
        for axes in figures[name].axes:
            assert any(line.get_marker() == "|" and len(line.get_xdata()) >= 4 for line in axes.lines)
            assert max(len(line.get_xdata()) for line in axes.lines) >= 180
    panel = figures["fig3-workload-co2"].axes[0]
    drawn = next(line for line in panel.lines if len(line.get_xdata()) >= 180)
    assert np.nanmin(drawn.get_ydata()) == pytest.approx(32)
    # All that is drawn is inside.
    least, largest = panel.get_ylim()
    assert least < 32
    assert largest > 40
    assert "breakpoint" not in [text.get_text() for text in figures["fig6-accounting"].legends[1].get_texts()]


def test_names_stand_beside_curves_that_are_apart(paths):
    beside = {
        text.get_text() for axes in paper_figures(case_study(), paths)["fig2-mdc-intensity"].axes for text in axes.texts
    }
    assert beside & {"MDC 1", "MDC 2", "MDC 3"}


def test_samples_are_held_against_the_paths(paths):
    frame = case_study()
    differences = sample_differences(paths, Cases(frame))
    assert len(differences) == 4 * 4
    row = differences.set_index(["setting", "disclosure", "figure"]).loc["rts96", "ex_post", "CO2 of the workload [t]"]
    below = sorted(set(frame.loc[frame["alpha"] < 1, "alpha"]))
    expected = max(
        abs(value - figure("co2_t.local", 2 if (1 - alpha) / alpha >= 2 else 0, (1 - alpha) / alpha))
        for alpha in below
        for value in (37.8, 10.0)
    )
    assert row["samples"] == len(below)
    assert (row["monolith"], row["decomposed"]) == pytest.approx((expected, expected))


def test_breakpoints_are_a_table_and_a_section_of_the_report(paths):
    table = breakpoint_table(paths)
    assert len(table) == 8
    assert table["what_happens"].tolist()[:2] == ["line 7 starts to bind", "all jump | over"]
    study = hand_made_study()
    assert "Nothing was followed." in report(study, [])
    followed = replace(study, paths={key: path for key, path in paths.items() if key[0] == "paper"})
    text = report(followed, [])
    assert "the paper's setting, ex ante: 2 (1 jumps)" in text
    assert "all jump \\| over (jump)" in text
    assert "0.666667" in text
    assert len(followed.frames()["breakpoints"]) == 4
    assert len(followed.document()["path_differences"]) == 8


def test_paths_are_those_of_the_papers_setting_without_forward_contracts():
    tasks = path_tasks(chains())
    # What takes long comes first.
    assert [task.name.removeprefix("path of ") for task in tasks] == [
        "paper-ex_ante-generator-0",
        "paper-ex_post-generator-0",
    ]
