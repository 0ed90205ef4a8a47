"""What a study of one kind found: curves, and medians at each value."""

from __future__ import annotations

from collections.abc import Sequence

from ...pages.markdown import markdown_table
from ..microgrid_plan import COMPUTE_ONLY, ENERGY_ONLY, JOINT
from ..studies.study_document import StudyDone, gain_spread, spread_of
from ..studies.study_kinds import AXES, StudyKind
from ..studies.study_runs import StudyPoint
from .spread_words import spread_words


def curves_section(study: StudyDone, kind: StudyKind, figures: Sequence[str]) -> list[str]:
    """A figure and a table."""
    image = figure_name(kind)
    columns = [
        AXES[kind],
        "joint, k$",
        "more than energy only, k$",
        "more than compute only, k$",
        "joint, t",
        "energy only, t",
        "compute only, t",
        *(["joint, s", "joint gap, %", "not within the gap"] if kind is StudyKind.SCALE else []),
    ]
    rows = [[points[0].label, *_row(kind, points)] for _, points in study.values_of(kind)]
    return [
        f"## Study: {kind.replace('-', ' ')}\n",
        "Medians over seeds, least and largest in brackets. A joint plan whose time was up may be worth less than a "
        "baseline.\n",
        *([f"![Curves over {AXES[kind]}]({image}.png)\n"] if image in figures else []),
        markdown_table(columns, rows, numbers=len(columns) - 1),
    ]


def figure_name(kind: StudyKind) -> str:
    """Of the file that holds the curves."""
    return f"study_{kind}".replace("-", "_")


def _row(kind: StudyKind, points: list[StudyPoint]) -> list[str]:
    cells = [
        spread_words(spread_of(points, JOINT, "benefit_usd"), 1e-3, ",.1f"),
        *(spread_words(gain_spread(points, name), 1e-3) for name in (ENERGY_ONLY, COMPUTE_ONLY)),
        *(
            spread_words(spread_of(points, name, "emissions_t"), form=",.1f")
            for name in (JOINT, ENERGY_ONLY, COMPUTE_ONLY)
        ),
    ]
    if kind is StudyKind.SCALE:
        late = sum(point.plans[JOINT].status != "optimal" for point in points)
        cells += [
            spread_words(spread_of(points, JOINT, "seconds"), form=",.1f"),
            spread_words(spread_of(points, JOINT, "gap"), 100.0, ".3f"),
            f"{late} of {len(points)}",
        ]
    return cells
