"""How all figures look: colours that the colour-blind can tell apart, and writing to PNG and SVG."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from ..archive.keeping import write_aside

# Okabe and Ito, "Color universal design", 2008; yellow, which vanishes on white, is left out.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
LINE_STYLES = ("-", "--", "-.", ":")
_DOTS_PER_INCH = 160


def new_figure(width_inches: float, height_inches: float) -> Figure:
    """An empty figure that touches no global state of matplotlib."""
    figure = Figure(figsize=(width_inches, height_inches), dpi=_DOTS_PER_INCH, layout="constrained")
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


def legend_beside(axes: Axes, title: str | None = None) -> None:
    """The legend to the right of a panel, where it hides nothing."""
    axes.legend(
        title=title,
        title_fontsize="small",
        frameon=False,
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
        fontsize="small",
    )


def logarithmic_y(axes: Axes) -> None:
    """Decades in plain letters: matplotlib's formulas and minor ticks take most of the time of a figure."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(numticks=10))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())


def plain(text: str) -> str:
    """Text in which dollar signs are no formulas."""
    return text.replace("$", r"\$")


def save_figure(figure: Figure, folder: Path, name: str) -> list[Path]:
    """Write PNG and SVG aside and rename them; returns their paths."""
    # Found once for both, and without the trial drawings of `savefig`.
    layout = figure.get_layout_engine()
    if layout is not None:
        layout.execute(figure)
        figure.set_layout_engine("none")
    png, svg = folder / f"{name}.png", folder / f"{name}.svg"
    # The lightest compression: files are a little larger, and written in a fraction of the time.
    write_aside(png, partial(FigureCanvasAgg(figure).print_png, pil_kwargs={"compress_level": 1}))
    write_aside(svg, FigureCanvasSVG(figure).print_svg)
    return [png, svg]
