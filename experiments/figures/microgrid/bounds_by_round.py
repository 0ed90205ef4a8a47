"""Bound and schedule of a decomposed plan, round by round."""

from __future__ import annotations

from matplotlib.figure import Figure

from ...microgrid.decomposition.priced_bound import PricedBound
from ..style import COLOURS, legend_beside, new_figure, plain, style_axes


def bounds_figure(priced: PricedBound, joint_usd: float | None) -> Figure:
    """Dual value at each round's prices, the least one by then, and the best schedule; by time below.

    Parameters
    ----------
    priced : PricedBound
    joint_usd : float, or None
        What the joint plan is worth, where there is one.
    """
    figure = new_figure(7.2, 4.6)
    by_round, by_time = figure.subplots(2, 1, sharey=True)
    rounds = priced.rounds
    found = [one for one in rounds if one.benefit_usd is not None]
    for axes, of_time, label in ((by_round, "round", "round"), (by_time, "seconds", "seconds since the beginning")):
        style_axes(axes, label, plain("thousand $"))
        for name, shown, figure_of, style in (
            ("no plan exceeds", rounds, "bound_usd", {"marker": "o", "drawstyle": "steps-post"}),
            ("best schedule", found, "benefit_usd", {"marker": "s", "drawstyle": "steps-post", "linestyle": "--"}),
            ("dual value", rounds, "dual_usd", {"marker": "x", "linestyle": ""}),
        ):
            x, y = [getattr(one, of_time) for one in shown], [getattr(one, figure_of) / 1000 for one in shown]
            axes.plot(x, y, label=name, color=COLOURS[len(axes.lines)], markersize=4, linewidth=1.2, **style)
        for usd, name, dots in ((priced.relaxed_usd, "linear relaxation", ":"), (joint_usd, "joint plan", "-.")):
            if usd is not None:
                axes.axhline(usd / 1000, label=name, color="black", linestyle=dots, linewidth=1)
    legend_beside(by_round)
    return figure
