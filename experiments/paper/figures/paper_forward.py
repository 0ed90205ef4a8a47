"""What forward contracts do to the system in the case study, ex ante, against alpha."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.typing import LineStyleType

from ...figures.style import COLOURS
from .paper_curves import Curve, Look, chain_rows, curve
from .paper_drawing import draw_curves
from .paper_limits import limit_logarithmically
from .paper_panels import TABLE_TITLES, add_legends, panel_grid

_ROWS = {
    "co2_t.system": ("(a) system CO₂ [t]", 1.0, 10.0),
    "congestion_rent_usd": ("(b) congestion rent\n[thousand $]", 1000.0, 1.0),
    "total_demand_mwh": ("(c) conventional demand\n[MWh]", 1.0, 10.0),
}
_LINE_STYLES: tuple[LineStyleType, ...] = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (3, 1)))
_COLOURS = (COLOURS[6], COLOURS[4], COLOURS[0], COLOURS[2], COLOURS[1], COLOURS[5])
_MARKERS = ("D", "o", "s", "^", "v", "P")
# Largest value in parts of the least.
_WIDE = 3.0


def forward_figure(cases: pd.DataFrame, forward_basis: str) -> Figure:
    """System CO2, congestion rent and demand without forward contracts and with each forward position.

    Parameters
    ----------
    cases : DataFrame
        The whole case study.
    forward_basis : str
        Forward contracts that hold by `generator` or by `contract`; at most five positions can be told apart.
    """
    is_shown = cases["setting"].isin(TABLE_TITLES) & (cases["forward_basis"] == forward_basis)
    of_basis = cases[is_shown & (cases["forward_position"] > 0)]
    looks = {0.0: Look("spot only", _COLOURS[0], _LINE_STYLES[0], _MARKERS[0])}
    for number, position in enumerate(sorted(of_basis["forward_position"].unique()), start=1):
        looks[position] = Look(
            f"{100 * position:.0f} % forward", _COLOURS[number], _LINE_STYLES[number], _MARKERS[number]
        )
    figure, columns = panel_grid(7.0, [label for label, _, _ in _ROWS.values()])
    shown: list[Curve] = []
    for table, panels in columns.items():
        for axes, (path, (_, per, least_span)) in zip(panels, _ROWS.items(), strict=True):
            curves = [
                # Without forward contracts their basis means nothing, and one chain stands for both.
                curve(
                    look,
                    chain_rows(cases, table, "ex_ante", forward_basis if position else "generator", position),
                    [path],
                    per,
                )
                for position, look in looks.items()
            ]
            draw_curves(axes, curves, least_span)
            if _is_wide(curves):
                limit_logarithmically([axes], curves, ticks=(1, 1.5, 2, 3, 5))
            shown += curves
    add_legends(figure, looks.values(), shown)
    return figure


def _is_wide(curves: Sequence[Curve]) -> bool:
    """Whether a linear axis would press all curves but the highest together."""
    sides = pd.concat([curve.sides for curve in curves]).to_numpy()
    known = sides[np.isfinite(sides)]
    return known.size > 0 and bool(known.max() > _WIDE * known.min())
