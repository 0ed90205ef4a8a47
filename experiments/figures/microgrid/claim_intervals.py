"""What the abstract's findings are judged by: each claim's number over seeds, by setting of carbon."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...microgrid.studies.abstract_claims import Verdict, verdicts
from ...microgrid.studies.claim_runs import SETTINGS, ClaimRun
from ..style import COLOURS, new_figure, plain, style_axes

_APART = 0.22


def claims_figure(runs: Sequence[ClaimRun]) -> Figure:
    """A panel for each finding and unit: medians, quartiles as thick lines, extremes as thin ones; limits dashed."""
    found: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in verdicts(runs):
        found.setdefault((verdict.claim.finding, verdict.claim.measure), []).append(verdict)
    rows = {panel: list(dict.fromkeys(verdict.claim.words for verdict in own)) for panel, own in found.items()}
    heights = [len(claims) + 0.8 for claims in rows.values()]
    figure = new_figure(9.0, 1.2 + 0.42 * sum(heights))
    panels = figure.subplots(len(rows), 1, height_ratios=heights, squeeze=False)[:, 0]
    for axes, (panel, claims) in zip(panels, rows.items(), strict=True):
        finding, measure = panel
        style_axes(axes, plain(measure), "")
        for verdict in found[panel]:
            _draw(axes, verdict, claims.index(verdict.claim.words))
        axes.axvline(found[panel][0].claim.more_than, color="black", linestyle="--", linewidth=0.9)
        axes.set_yticks(range(len(claims)), claims)
        axes.set_ylim(len(claims) - 0.5, -0.5)
        axes.set_title(finding, fontsize="small", loc="left")
    handles, labels = panels[0].get_legend_handles_labels()
    by_label = dict(zip(labels, handles, strict=True))
    figure.legend(by_label.values(), by_label, loc="outside lower center", ncols=len(by_label), frameon=False)
    return figure


def _draw(axes: Axes, verdict: Verdict, row: int) -> None:
    found, number = verdict.spread, SETTINGS.index(verdict.setting)
    if found is None:
        return
    height, colour = row + (number - 1) * _APART, COLOURS[number]
    axes.plot([found.min, found.max], [height, height], color=colour, linewidth=1)
    axes.plot([found.lower_quartile, found.upper_quartile], [height, height], color=colour, linewidth=4)
    axes.plot([found.median], [height], color=colour, marker="o", markersize=5, label=plain(verdict.setting))
