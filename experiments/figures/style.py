"""How all figures look: colours that the colour-blind can tell apart, and writing to PNG and SVG."""

from __future__ import annotations

from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe and Ito, "Color universal design", 2008; yellow, which vanishes on white, is left out.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
LINE_STYLES = ("-", "--", "-.", ":")


def new_figure(width_inches: float, height_inches: float) -> Figure:
    """An empty figure that touches no global state of matplotlib."""
    figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def style_axes(axes: Axes, x_label: str, y_label: str) -> None:
    """Labels, a light grid, no frame at the top and right."""
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def plain(text: str) -> str:
    """Text in which dollar signs are no formulas."""
    return text.replace("$", r"\$")


def save_figure(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write PNG and SVG aside and rename them; returns their paths."""
    paths = []
    for suffix in ("png", "svg"):
        path = folder / f"{name}.{suffix}"
        aside = folder / f".{name}.{suffix}.part"
        try:
            figure.savefig(aside, dpi=160, format=suffix)
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        paths.append(path)
    return paths
