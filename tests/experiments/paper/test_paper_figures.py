"""Figures of the case study, drawn from a small table whose curves are known."""

import itertools
import re
import warnings

import numpy as np
import pytest
from support.case_study import ALPHAS, LOCAL_AT_ONE_T, case_study, with_stalled_runs

from walras.experiments.paper.figures.paper_figures import paper_figures

NAMES = [
    "fig1-lease-price",
    "fig2-mdc-intensity",
    "fig3-workload-co2",
    "fig4-workload-cost",
    "fig5-forward-by-generator",
    "fig5-forward-by-contract",
    "fig6-accounting",
]


@pytest.fixture(scope="module")
def cases():
    return case_study()


@pytest.fixture(scope="module")
def figures(cases):
    return paper_figures(cases)


@pytest.fixture(scope="module")
def stalled_figures(cases):
    return paper_figures(with_stalled_runs(cases))


def _line(axes, label_of_colour, legend):
    """The line, without markers, that looks like a legend's entry."""
    (sample,) = [handle for handle in legend.legend_handles if handle.get_label() == label_of_colour]
    lines = [
        line
        for line in axes.lines
        if line.get_color() == sample.get_color() and line.get_linewidth() == sample.get_linewidth()
    ]
    (line,) = [line for line in lines if line.get_marker() == "None" and line.get_linestyle() != "None"]
    return line


def _crosses(axes):
    return [line for line in axes.lines if line.get_marker() == "x" and len(line.get_xdata())]


def _texts(figure):
    """All texts that are seen, with their boxes in pixels."""
    figure.draw_without_rendering()
    found = list(figure.texts) + [text for legend in figure.legends for text in legend.get_texts()]
    for axes in figure.axes:
        found += [axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
        found += [text for text in axes.get_xticklabels() if axes.xaxis.get_tick_params()["labelbottom"]]
        limits = axes.get_ylim()
        found += [text for text in axes.get_yticklabels() if limits[0] <= text.get_position()[1] <= limits[1]]
    return [(text, text.get_window_extent()) for text in found if text.get_visible() and text.get_text().strip()]


def test_all_figures_are_there_by_names_of_files(figures):
    assert list(figures) == NAMES
    assert all(re.fullmatch(r"[a-z0-9-]+", name) for name in figures)
    assert {figure.get_figwidth() for figure in figures.values()} == {7.0}


@pytest.mark.parametrize("name", NAMES)
def test_axes_have_names_and_units_and_tables_their_titles(figures, name):
    axes = figures[name].axes
    assert [panel.get_title() for panel in axes[:2]] == ["the paper's setting", "RTS-96 rates"]
    for left in axes[::2]:
        assert re.search(r"\w.*\[(\\\$/GPU|kg/MWh|t|thousand \\\$|MWh)\]$", left.get_ylabel(), re.DOTALL)
    for lowest in axes[-2:]:
        assert lowest.get_xlabel().startswith(r"cost weight $\alpha$ [-]")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", ["figures", "stalled_figures"])
def test_labels_lie_apart_and_inside_and_nothing_warns(request, name, which):
    figure = request.getfixturevalue(which)[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        texts = _texts(figure)
    assert len(texts) > 20
    for text, box in texts:
        assert box.x0 >= figure.bbox.x0, text.get_text()
        assert box.x1 <= figure.bbox.x1, text.get_text()
        assert box.y0 >= figure.bbox.y0, text.get_text()
        assert box.y1 <= figure.bbox.y1, text.get_text()
    for (one, box), (other, other_box) in itertools.combinations(texts, 2):
        assert not box.overlaps(other_box), (one.get_text(), other.get_text())


@pytest.mark.parametrize("name", NAMES)
def test_legends_and_notes_lie_beside_the_panels_and_above_the_curves(figures, name):
    figure = figures[name]
    figure.draw_without_rendering()
    for legend, axes in itertools.product(figure.legends, figure.axes):
        assert not legend.get_window_extent().overlaps(axes.get_window_extent())
    for axes in figure.axes:
        for note in axes.texts:
            box = note.get_window_extent()
            for line in axes.lines:
                assert not any(box.contains(*point) for point in axes.transData.transform(line.get_xydata()))


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("fig1-lease-price", ["all MDCs, ex post", "MDC 1", "MDC 2", "MDC 3"]),
        ("fig2-mdc-intensity", ["MDC 1", "MDC 2", "MDC 3"]),
        ("fig3-workload-co2", ["ex post", "ex ante"]),
        ("fig4-workload-cost", ["ex post", "ex ante"]),
        (
            "fig5-forward-by-generator",
            ["spot only", "60 % forward", "70 % forward", "80 % forward", "90 % forward"],
        ),
        (
            "fig5-forward-by-contract",
            ["spot only", "60 % forward", "70 % forward", "80 % forward", "89 % forward"],
        ),
        ("fig6-accounting", ["market-based, by contracts", "location-based, mean of all energy"]),
    ],
)
def test_legends_say_what_curves_and_marks_are(figures, stalled_figures, name, entries):
    above, below = ([text.get_text() for text in legend.get_texts()] for legend in figures[name].legends)
    assert above == entries
    # Sums have no band.
    bands = [] if name == "fig6-accounting" else ["equilibria found"]
    assert below == ["monolith", "decomposed", *bands]
    stalled = [text.get_text() for text in stalled_figures[name].legends[1].get_texts()]
    assert stalled == [*below, "not converged"]


@pytest.mark.parametrize("name", NAMES)
def test_runs_that_did_not_converge_are_hollow_and_crossed(figures, stalled_figures, name):
    assert not any(_crosses(axes) for axes in figures[name].axes)
    crossed = [cross for axes in stalled_figures[name].axes for cross in _crosses(axes)]
    assert crossed
    hollow = [
        line
        for axes in stalled_figures[name].axes
        for line in axes.lines
        if line.get_markerfacecolor() == "none" and len(line.get_xdata())
    ]
    assert len(hollow) == len(crossed)
    for line, cross in zip(hollow, crossed, strict=True):
        assert cross.get_xdata().tolist() == [0.5]
        np.testing.assert_array_equal(line.get_xydata(), cross.get_xydata())


def test_lines_are_the_monolith_below_one_and_markers_all_decomposed_runs(cases, figures):
    figure = figures["fig4-workload-cost"]
    axes = figure.axes[2]
    chain = cases[(cases["setting"] == "paper") & (cases["forward_position"] == 0)]
    for scheme in ("ex_post", "ex_ante"):
        line = _line(axes, scheme.replace("_", " "), figure.legends[0])
        expected = chain[(chain["disclosure"] == scheme) & (chain["side"] == "monolith") & (chain["alpha"] < 1)]
        np.testing.assert_allclose(line.get_xdata(), expected["alpha"])
        np.testing.assert_allclose(line.get_ydata(), expected["workload_cost_usd.mdc"] / 1000)
        markers = [one for one in axes.lines if one.get_color() == line.get_color() and len(one.get_xdata()) == 6]
        assert [one.get_linestyle() for one in markers] == ["None"]
        np.testing.assert_array_equal(markers[0].get_xdata(), ALPHAS)


def test_bands_reach_from_the_least_to_the_largest(figures):
    axes = figures["fig2-mdc-intensity"].axes[0]
    first = axes.collections[0].get_paths()[0].get_extents()
    # MDC 1 below alpha = 1: 0.8 and 1.2 times 600 alpha.
    np.testing.assert_allclose([first.ymin, first.ymax], [0.8 * 60, 1.2 * 600 * 0.999])
    # Ex post nothing spreads, and ends of sums are unknown.
    assert not figures["fig1-lease-price"].axes[0].collections
    assert not figures["fig3-workload-co2"].axes[4].collections


def test_unequal_lease_prices_ex_post_are_all_shown(cases):
    high = (cases["disclosure"] == "ex_post") & (cases["setting"] == "rts96")
    column = "lease.mdc2.price_usd_per_gpu"
    figure = paper_figures(cases.assign(**{column: cases[column].mask(high, cases[column] * 1.01)}))["fig1-lease-price"]
    equal, unequal = ({line.get_color() for line in axes.lines if len(line.get_xdata())} for axes in figure.axes[:2])
    assert (len(equal), len(unequal)) == (1, 3)


def test_a_jump_at_alpha_one_stands_in_words_and_leaves_the_rest_readable(figures):
    axes = figures["fig3-workload-co2"].axes[0]
    notes = [text.get_text() for text in axes.texts]
    assert any("143" in note for note in notes)
    assert axes.get_ylim()[1] < LOCAL_AT_ONE_T
    # Where it is of the size of the rest it is drawn.
    accounting = figures["fig6-accounting"].axes[0]
    assert not accounting.texts
    assert accounting.get_ylim()[1] > LOCAL_AT_ONE_T + 10


def test_the_alpha_axis_shows_both_ends_in_order(figures):
    axes = figures["fig1-lease-price"].axes[0]
    places = axes.transAxes.inverted().transform(
        axes.transData.transform([(alpha, 1.0) for alpha in np.linspace(0.1, 1.0, 91)])
    )[:, 0]
    assert (np.diff(places) > 0).all()
    assert places[0] > 0.005
    assert places[-1] < 0.995
    # Alphas above 0.9 get a good part of it.
    assert 0.3 < places[-1] - places[80] < 0.6
    backward = axes.transData.inverted().transform(axes.transData.transform([(0.97, 1.0)]))
    np.testing.assert_allclose(backward[0, 0], 0.97)


def test_rounding_errors_fill_no_panel(cases):
    noise = 1e-4 * np.sin(np.arange(len(cases)))
    figure = paper_figures(cases.assign(**{"co2_t.local": noise}))["fig3-workload-co2"]
    least, largest = figure.axes[0].get_ylim()
    assert largest - least > 1


def test_chains_that_are_missing_leave_empty_panels(cases):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for figure in paper_figures(cases[cases["setting"] == "paper"]).values():
            figure.draw_without_rendering()
            assert not any(len(line.get_xdata()) for line in figure.axes[1].lines)
            assert any(len(line.get_xdata()) for line in figure.axes[0].lines)


def test_a_rent_many_times_the_others_is_drawn_on_a_logarithmic_axis(cases):
    dear = (cases["forward_basis"] == "contract") & (cases["forward_position"] == 0.89)
    rents = cases["congestion_rent_usd"].mask(dear, 395e3)
    figures = paper_figures(cases.assign(congestion_rent_usd=rents))
    for basis, scale in (("generator", "linear"), ("contract", "log")):
        axes = figures[f"fig5-forward-by-{basis}"].axes[2]
        assert axes.get_yscale() == scale
        assert axes.get_ylim()[0] > 0
    assert axes.get_ylim()[1] > 395
