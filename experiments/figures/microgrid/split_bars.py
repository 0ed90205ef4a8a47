"""What the joint plan gains through routing, job timing, battery, generation and export, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from ...microgrid.studies.claim_runs import SETTINGS, ClaimRun
from ...microgrid.studies.coalition_plans import PLAYERS
from ...microgrid.studies.study_document import split_spread
from ..style import COLOURS, new_figure, plain, style_axes

_WIDTH = 0.26


def split_figure(runs: Sequence[ClaimRun]) -> Figure:
    """Medians of Shapley values over seeds, by setting of carbon; lines span all seeds."""
    figure = new_figure(7.2, 3.4)
    axes = figure.subplots()
    style_axes(axes, "", plain("Shapley value [thousand $]"))
    for number, setting in enumerate(SETTINGS):
        found = split_spread(runs, setting)
        known = [(place, one) for place, player in enumerate(PLAYERS) if (one := found[player]) is not None]
        if not known:
            continue
        places = np.array([place for place, _ in known]) + (number - 1) * _WIDTH
        medians = np.array([one.median for _, one in known]) / 1000
        low, high = (np.array([getattr(one, end) for _, one in known]) / 1000 for end in ("min", "max"))
        spans = np.stack([np.maximum(medians - low, 0.0), np.maximum(high - medians, 0.0)])
        axes.bar(places, medians, _WIDTH, yerr=spans, capsize=2, color=COLOURS[number], label=plain(setting))
    axes.set_xticks(range(len(PLAYERS)), [player.replace("_", " ") for player in PLAYERS])
    axes.axhline(0, color="black", linewidth=0.6)
    axes.legend(frameon=False, fontsize="small", title="carbon", title_fontsize="small")
    axes.set_title("beyond the policy's compute on sun, wind and imports; lines: all seeds", fontsize="small")
    return figure
