"""Curves of a study over what varied: medians over seeds as lines, quartiles and extremes as bands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...microgrid.microgrid_plan import JOINT, PLANS
from ...microgrid.report.claims_section import CLAIMS_FIGURE
from ...microgrid.report.curves_section import figure_name
from ...microgrid.report.split_section import SPLIT_FIGURE
from ...microgrid.studies.abatement import abatement
from ...microgrid.studies.spread import Spread, spread
from ...microgrid.studies.study_document import StudyDone, gain_spread, spread_of
from ...microgrid.studies.study_kinds import AXES, BUDGET_SHARES, StudyKind
from ..style import COLOURS, LINE_STYLES, new_figure, plain, save_figure, style_axes
from .claim_intervals import claims_figure
from .split_bars import split_figure

_MARKERS = ("o", "s", "^")
_BAND = 0.16


def draw_study(study: StudyDone, folder: Path) -> list[str]:
    """Draw a figure for each kind, one of the claims and one of the split, as PNG and SVG; returns their names."""
    figures = {figure_name(kind): study_figure(study, kind) for kind in study.kinds}
    if study.claims:
        figures[CLAIMS_FIGURE] = claims_figure(study.claims)
    if any(run.split is not None for run in study.claims):
        figures[SPLIT_FIGURE] = split_figure(study.claims)
    for name, figure in figures.items():
        save_figure(figure, folder, name)
    return list(figures)


def study_figure(study: StudyDone, kind: StudyKind) -> Figure:
    """Benefit, gain and emissions of the three plans; of budgets also what it costs to emit less, of sizes the time."""
    panels = 4 if kind in (StudyKind.BUDGET, StudyKind.SCALE) else 3
    figure = new_figure(3.7 * panels, 3.5)
    axes = figure.subplots(1, panels)
    _draw_plans(axes[0], study, kind, "benefit [thousand $]", "benefit_usd", 1e-3)
    _draw_gains(axes[1], study, kind)
    _draw_plans(axes[2], study, kind, "emissions [t]", "emissions_t", 1.0)
    if kind is StudyKind.BUDGET:
        _draw_abatement(axes[3], study)
    elif kind is StudyKind.SCALE:
        _draw_plans(axes[3], study, kind, "time [s]", "seconds", 1.0)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False, fontsize="small")
    seeds = len({point.seed for point in study.points if point.kind is kind})
    bands = f", {seeds} seeds (line: median; dark band: quartiles; light band: extremes)" if seeds > 1 else ""
    figure.suptitle(plain(study.scenario + bands), fontsize="small")
    return figure


def _draw_gains(axes: Axes, study: StudyDone, kind: StudyKind) -> None:
    """Seed by seed, since instances differ by more than plans do."""
    style_axes(axes, plain(_broken(AXES[kind])), plain("joint less baseline [thousand $]"))
    by_value = study.values_of(kind)
    for position, name in enumerate(PLANS):
        if name != JOINT:
            found = [(value, gain_spread(points, name)) for value, points in by_value]
            _draw_band(axes, [(value, one) for value, one in found if one is not None], name, position, 1e-3)
    axes.axhline(0, color="black", linewidth=0.6)


def _draw_plans(axes: Axes, study: StudyDone, kind: StudyKind, label: str, figure: str, scale: float) -> None:
    style_axes(axes, plain(_broken(AXES[kind])), plain(label))
    by_value = study.values_of(kind)
    for position, name in enumerate(PLANS):
        found = [(value, spread_of(points, name, figure)) for value, points in by_value]
        _draw_band(axes, [(value, one) for value, one in found if one is not None], name, position, scale)


def _draw_abatement(axes: Axes, study: StudyDone) -> None:
    style_axes(axes, plain(_broken(AXES[StudyKind.BUDGET])), plain("benefit lost per t avoided [$/t]"))
    chosen = [point for point in study.points if point.kind is StudyKind.BUDGET]
    curves = [abatement([p for p in chosen if p.seed == seed]) for seed in study.seeds]
    for position, (name, figure) in enumerate((("average", "average_usd_per_t"), ("marginal", "marginal_usd_per_t"))):
        found = [
            (share, spread(getattr(step, figure) for curve in curves for step in curve if step.share == share))
            for share in sorted(BUDGET_SHARES)
        ]
        _draw_band(axes, [(share, one) for share, one in found if one is not None], name, position + len(PLANS), 1.0)
    axes.legend(frameon=False, fontsize="small")


def _draw_band(axes: Axes, found: Sequence[tuple[float, Spread]], name: str, position: int, scale: float) -> None:
    colour = COLOURS[position]
    across = [value for value, _ in found]
    for lower, upper in (("min", "max"), ("lower_quartile", "upper_quartile")):
        low, high = ([scale * getattr(one, end) for _, one in found] for end in (lower, upper))
        axes.fill_between(across, low, high, color=colour, alpha=_BAND, linewidth=0)
    axes.plot(
        across,
        [scale * one.median for _, one in found],
        color=colour,
        linestyle=LINE_STYLES[position % len(LINE_STYLES)],
        marker=_MARKERS[position % len(_MARKERS)],
        markersize=4,
        linewidth=1.4,
        label=name.replace("_", " "),
    )


def _broken(label: str) -> str:
    """A long label on two lines."""
    return label.replace(" [", "\n[") if len(label) > 30 else label
