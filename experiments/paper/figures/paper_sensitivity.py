"""How far verdicts reach: the figures of claims 4, 6 and 7 over what the paper leaves open, monoliths alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedFormatter, FixedLocator, FormatStrFormatter, NullLocator
from matplotlib.typing import LineStyleType

from ...figures.style import COLOURS, legend_beside, new_figure, plain, style_axes
from ..lookup import SCHEME_NAMES, Cases
from ..paper_settings import SETTINGS
from ..printed import PRINTED_FORWARD_REDUCTION_PERCENT, SCHEMES
from .paper_curves import LINE_WIDTH, MARKER_SIZE, Look

_OWN = Look("the paper's setting", COLOURS[6], "-", "o")
_LOOKS: tuple[tuple[str, LineStyleType, str], ...] = (
    (COLOURS[0], "--", "s"),
    (COLOURS[1], "-.", "^"),
    (COLOURS[2], ":", "D"),
    (COLOURS[3], (0, (5, 1, 1, 1, 1, 1)), "v"),
    (COLOURS[4], (0, (8, 2)), "P"),
    (COLOURS[5], (0, (3, 1)), "X"),
)
_ALPHA_TICKS = (0.1, 0.5, 0.9, 0.97, 0.99, 0.999)
_ROW_INCHES, _WIDTH_INCHES = 1.75, 8.6
_WIDE_PERCENT = 30.0
_RATES, _FORWARD = "emission rates", "forward contracts"


@dataclass(frozen=True)
class _Variant:
    """One curve in each column: a setting, and who is bound by forward contracts in it."""

    look: Look
    setting: str
    basis: str


_Curve = Callable[[_Variant], "pd.Series[Any]"]


def sensitivity_figures(frame: pd.DataFrame) -> dict[str, Figure]:
    """One figure for each of claims 4, 6 and 7.

    Parameters
    ----------
    frame : DataFrame
        The case study: what `run_chain` returns, for all chains one below the other.

    Returns
    -------
    dict of str to Figure
        By a name that can be a file's. Rows of panels: elasticity, line limits, emission rates and, but for claim 4,
        forward contracts; what is not among the cases is not drawn.
    """
    cases = Cases(frame)
    ends = {"60%": 0, "highest position": -1}
    return {
        "claim4-sensitivity": _figure(
            cases,
            "cost of workload\n[thousand $]",
            {SCHEME_NAMES[scheme]: _cost_of(cases, scheme) for scheme in SCHEMES},
            with_forward=False,
        ),
        "claim6-sensitivity": _with_printed(
            _figure(
                cases,
                "system CO₂ against\nno forward [%]",
                {f"forward, {told}": _change_of(cases, end) for told, end in ends.items()},
                with_forward=True,
            )
        ),
        "claim7-sensitivity": _figure(
            cases,
            "rent against that\nat least alpha [%]",
            {f"forward, {told}": _rent_of(cases, end) for told, end in ends.items()},
            with_forward=True,
        ),
    }


def _cost_of(cases: Cases, scheme: str) -> _Curve:
    def cost(variant: _Variant) -> pd.Series[Any]:
        rows = cases.spot(variant.setting, scheme)
        return (rows["workload_cost_usd.local"] + rows["workload_cost_usd.mdc"]) / 1000

    return cost


def _change_of(cases: Cases, end: int) -> _Curve:
    def change(variant: _Variant) -> pd.Series[Any]:
        rows = _forward(cases, variant, end)
        without = cases.spot(variant.setting, "ex_ante")["co2_t.system"].reindex(rows.index)
        return 100 * (rows["co2_t.system"] / without - 1)

    return change


def _rent_of(cases: Cases, end: int) -> _Curve:
    def rent(variant: _Variant) -> pd.Series[Any]:
        found = _forward(cases, variant, end)["congestion_rent_usd"]
        # Without congestion there is nothing to compare with.
        return 100 * (found / found.iloc[:1].sum() - 1) if found.iloc[:1].sum() > 1 else found[:0]

    return rent


def _forward(cases: Cases, variant: _Variant, end: int) -> pd.DataFrame:
    positions = cases.forward_positions(variant.setting, variant.basis)
    return cases.forward(variant.setting, variant.basis, positions[end] if positions else 0.0)


def _rows(cases: Cases, *, with_forward: bool) -> dict[str, list[_Variant]]:
    """The variants of each row of panels, the paper's setting first."""
    known, own = cases.all_settings, cases.own
    basis = next(iter(cases.forward_bases(own)), "contract")
    found: dict[str, list[tuple[str, str, str]]] = {"elasticity": [], "line limits": [], _RATES: []}
    if with_forward:
        found[_FORWARD] = [(f"by {other}", own, other) for other in cases.forward_bases(own)[1:]]
    for name in known:
        varied = SETTINGS[name].varied
        row = {"": _RATES, "forward": _FORWARD}.get(varied, varied)
        if name != own and row in found:
            told = SETTINGS[name].title.removeprefix(f"{row} ")
            found[row].append((told, name, "contract"))
    return {
        row: [
            _Variant(_OWN, own, basis),
            *(
                _Variant(Look(told, *look), name, bound)
                for (told, name, bound), look in zip(others, _LOOKS, strict=False)
            ),
        ]
        for row, others in found.items()
    }


def _figure(cases: Cases, label: str, columns: dict[str, _Curve], *, with_forward: bool) -> Figure:
    rows = _rows(cases, with_forward=with_forward)
    figure = new_figure(_WIDTH_INCHES, _ROW_INCHES * len(rows) + 0.5)
    grid = figure.subplots(len(rows), len(columns), squeeze=False, sharex=True, sharey="row")
    for panels, (row, variants) in zip(grid, rows.items(), strict=True):
        for axes, curve in zip(panels, columns.values(), strict=True):
            style_axes(axes, "", "")
            axes.tick_params(labelsize="small")
            _draw(axes, variants, curve)
        _press_together(panels[0])
        panels[0].set_ylabel(plain(label), fontsize="small")
        legend_beside(panels[-1], title=row)
    for axes, title in zip(grid[0], columns, strict=True):
        axes.set_title(title, fontsize="medium")
    for axes in grid[-1]:
        _name_alphas(axes)
    return figure


def _draw(axes: Axes, variants: Sequence[_Variant], curve: _Curve) -> None:
    # The paper's setting last, so that nothing hides it.
    for order, variant in enumerate(variants):
        values = curve(variant)
        values = values[values.index < 1]
        look = variant.look
        axes.plot(
            _to_axis(values.index.to_numpy(dtype=float)),
            values,
            color=look.colour,
            linestyle=look.line_style,
            marker=look.marker,
            markersize=MARKER_SIZE * (0.7 if order == 0 else 1.0),
            linewidth=LINE_WIDTH,
            label=look.label,
            zorder=4 if order == 0 else 3,
        )


def _press_together(axes: Axes) -> None:
    """Make an upright axis logarithmic beyond some percent, where one curve would hide what the others do."""
    low, high = axes.get_ylim()
    if low < -_WIDE_PERCENT:
        axes.set_yscale("symlog", linthresh=10)
        axes.set_ylim(1.5 * low, max(high, 10.0))
        axes.yaxis.set_major_locator(FixedLocator([tick for tick in (-100, -50, -20, -10, -5, 0, 5, 10) if tick > low]))
        axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.yaxis.set_minor_locator(NullLocator())


def _name_alphas(axes: Axes) -> None:
    """Logarithmic in kappa = (1 - alpha) / alpha, which falls to the right."""
    axes.xaxis.set_major_locator(FixedLocator([_to_axis(alpha) for alpha in _ALPHA_TICKS]))
    axes.xaxis.set_major_formatter(FixedFormatter([f"{alpha:g}" for alpha in _ALPHA_TICKS]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(r"cost weight $\alpha$ [-], even in $\log((1 - \alpha) / \alpha)$", fontsize="small")


def _to_axis(alpha: Any) -> Any:
    return -np.log10((1 - alpha) / alpha)


def _with_printed(figure: Figure) -> Figure:
    """Where the paper has its curves at the highest position for small alpha."""
    low, high = (-percent for percent in PRINTED_FORWARD_REDUCTION_PERCENT)
    for axes in figure.axes[1::2]:
        axes.axhspan(high, low, color="#999999", alpha=0.3, linewidth=0, zorder=1)
        axes.annotate(
            "the paper", (0.02, (low + high) / 2), xycoords=("axes fraction", "data"), fontsize="x-small", va="center"
        )
    for axes in figure.axes:
        axes.axhline(0.0, color="#666666", linewidth=0.8, zorder=2)
    return figure
