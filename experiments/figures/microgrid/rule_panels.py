"""What participants lose by following the plan at each rule's prices, and the prices of inference."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ....agents.arrays import FloatArray
from ....agents.goods import Family
from ...microgrid.instance import Instance
from ...microgrid.price_rules.compared_rules import RuleComparison
from ...microgrid.price_rules.priced_rule import PricedRule, Rule, by_participant
from ..style import COLOURS, LINE_STYLES, new_figure, plain, save_figure, style_axes

# The augmented Lagrangian's linear part is the convex hull's prices.
_SHOWN = {Rule.MARGINAL: "marginal", Rule.CONVEX_HULL: "convex hull; augmented\nLagrangian's linear part"}
_HEIGHT = 0.38


def rule_figure(comparison: RuleComparison) -> Figure:
    """Bars for all participants that lose at any rule's prices; mean prices of inference by slot."""
    shown = {name: (comparison.rules[name], label) for name, label in _SHOWN.items() if name in comparison.rules}
    lost = {name: by_participant(rule.lost.lost_usd, comparison.participants) for name, (rule, _) in shown.items()}
    least = max((rule.lost.content_usd for rule, _ in shown.values()), default=0.0)
    losers = [who for who in dict.fromkeys(comparison.participants) if any(of[who] > least for of in lost.values())]
    figure = new_figure(8.0, max(3.2, 1.4 + 0.34 * len(losers)))
    bars, lines = figure.subplots(1, 2, width_ratios=(1.1, 1.0))
    style_axes(bars, plain("lost opportunity cost [$]"), "")
    style_axes(lines, "slot", plain("inference [$/MWh of IT]"))
    for number, (name, (rule, label)) in enumerate(shown.items()):
        places = np.arange(len(losers)) + (number - 0.5) * _HEIGHT
        values = [max(lost[name][who], 0.0) for who in losers]
        told = plain(f"{label}: {rule.lost.total_usd:,.0f} $ in all")
        drawn = bars.barh(places, values, _HEIGHT, color=COLOURS[number], label=told)
        bars.bar_label(drawn, [f"{usd:,.2f}" if usd > least else "" for usd in values], padding=2, fontsize="x-small")
        _draw_prices(lines, comparison, rule, number)
    bars.set_yticks(range(len(losers)), [name for _, name in losers])
    bars.margins(x=0.12)
    bars.set_ylim(max(len(losers), 1) - 0.4, -0.6)
    figure.legend(
        *bars.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False, fontsize="small"
    )
    bars.set_title(_penalty_told(comparison), fontsize="small")
    lines.set_title(_carbon_told(comparison, shown), fontsize="small")
    return figure


def draw_rules(comparison: RuleComparison, folder: Path) -> list[Path]:
    """Draw the figure of all rules that there are; returns the paths of PNG and SVG, none without a rule."""
    return save_figure(rule_figure(comparison), folder, "price_rules") if comparison.rules else []


def _draw_prices(axes: Axes, comparison: RuleComparison, rule: PricedRule, number: int) -> None:
    means = mean_inference_prices(comparison, rule)
    axes.step(range(len(means)), means, where="mid", color=COLOURS[number], linestyle=LINE_STYLES[number])


def mean_inference_prices(comparison: RuleComparison, rule: PricedRule) -> FloatArray:
    """By slot, weighed by demand; nan where there is none; shape (slots,)."""
    instance = comparison.instance
    demand, worth = np.zeros(instance.slots), np.zeros(instance.slots)
    for good, price in zip(comparison.goods, rule.lost.prices.tolist(), strict=True):
        if good.family == Family.INFERENCE:
            wanted = _demand_mw(instance, good.buyer, good.period)
            demand[good.period] += wanted
            worth[good.period] += wanted * price
    return np.asarray(np.divide(worth, demand, out=np.full(instance.slots, np.nan), where=demand > 0))


def _demand_mw(instance: Instance, buyer: str, slot: int) -> float:
    region, _, name = buyer.rpartition(", ")
    return instance.demand_mw[region][name][slot]


def _penalty_told(comparison: RuleComparison) -> str:
    rule = comparison.rules.get(Rule.AUGMENTED_LAGRANGIAN)
    if rule is None or rule.penalty is None:
        return ""
    return plain(f"{rule.penalty.usd_per_unit:,.1f} $ per unit of deviation deter all at hull prices")


def _carbon_told(comparison: RuleComparison, shown: dict[Rule, tuple[PricedRule, str]]) -> str:
    position = [n for n, good in enumerate(comparison.goods) if good.family == Family.CARBON]
    if not position:
        return "mean over regions and classes"
    prices = " and ".join(f"{rule.lost.prices[position[0]]:,.0f}" for rule, _ in shown.values())
    return plain(f"mean over regions and classes; carbon: {prices} $/t")
