"""The figure of a sweep: what came out, over what varied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from ..errors import RunFolderError
from ..sweep.kept_sweep import KeptSweep
from .drawing import folder_for_figures
from .style import COLOURS, LINE_STYLES, legend_beside, new_figure, plain, save_figure, style_axes

# Column of `runs.parquet`, and its label.
_PANELS = {
    "welfare_usd": "welfare [$]",
    "congestion_rent_usd": "congestion rent [$]",
    "co2_t.system": "system CO₂ [t]",
    "rounds": "rounds",
}
# More lines than these cannot be told apart.
_MOST_LINES = 14


def draw_sweep(sweep: KeptSweep, out: Path) -> list[Path]:
    """Draw it as PNG and SVG into a folder, and return the paths.

    Raises
    ------
    RunFolderError
        If nothing varied that can stand on an axis, or `out` is no folder.
    OSError
        If it cannot be written.
    """
    figure = sweep_figure(sweep)
    return save_figure(figure, folder_for_figures(out), "sweep")


def sweep_figure(sweep: KeptSweep) -> Figure:
    """Panels over the first number that varied, a line for each choice of the rest; runs that converged alone.

    Raises
    ------
    RunFolderError
        If no number varied, or no run converged.
    """
    converged = sweep.runs[sweep.runs["status"] == "converged"]
    across = next((name for name in sweep.parameters if _is_axis(converged[name])), None)
    if across is None:
        raise RunFolderError(
            f"{sweep.path}: a figure needs a number that takes several values in runs that converged; "
            f"`walras show {sweep.path}` shows the table, `walras plot {sweep.path}/runs/KEY` draws one run"
        )
    others = [name for name in sweep.parameters if name != across]
    panels = {column: label for column, label in _PANELS.items() if column in converged}
    figure = new_figure(8.4, 0.8 + 2.1 * len(panels))
    all_axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    keys = converged[others].astype(str).agg(", ".join, axis=1) if others else pd.Series("", index=converged.index)
    for axes, (column, label) in zip(all_axes, panels.items(), strict=True):
        for position, (key, rows) in enumerate(converged.groupby(keys, sort=False)):
            if position == _MOST_LINES:
                break
            ordered = rows.sort_values(across)
            axes.plot(
                ordered[across],
                ordered[column].astype(float),
                marker="o",
                markersize=4,
                linewidth=1.4,
                color=COLOURS[position % len(COLOURS)],
                linestyle=LINE_STYLES[position % len(LINE_STYLES)],
                label=plain(str(key)),
            )
        style_axes(axes, "", plain(label))
        if column == "rounds":
            axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    all_axes[-1].set_xlabel(plain(across))
    left_out = keys.nunique() - _MOST_LINES
    more = f"; {left_out} more lines are left out" if left_out > 0 else ""
    figure.suptitle(f"{len(converged)} of {len(sweep.runs)} runs, those that converged{more}", fontsize="medium")
    if others:
        legend_beside(all_axes[0], title=plain(",\n".join(others)))
    figure.align_ylabels()
    return figure


def _is_axis(values: pd.Series[Any]) -> bool:
    return is_numeric_dtype(values.dtype) and not is_bool_dtype(values.dtype) and values.min() < values.max()
