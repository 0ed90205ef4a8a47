"""Compared price rules for a reader at the terminal."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ....agents.goods import Family
from ...microgrid.price_rules.compared_rules import RuleComparison
from ...microgrid.price_rules.priced_rule import PricedRule, Rule, Side, by_participant
from .columns import Column, print_columns, terminal
from .plan_tables import money

_HEADINGS = {
    Rule.MARGINAL: "marginal",
    Rule.CONVEX_HULL: "convex\nhull",
    Rule.AUGMENTED_LAGRANGIAN: "augmented\nLagrangian",
}
_TOGETHER = {
    Side.REGIONS: "lost by regions",
    Side.JOB_OWNERS: "lost by job owners",
    Side.CARBON_BUDGET: "lost by budget",
}
_MEANS = {
    Family.INFERENCE: ("mean price of inference", "$/MWh"),
    Family.TRAINING: ("mean price of a job", "$"),
    Family.CARBON: ("price of carbon", "$/t"),
}
# Names of those who would deviate, before the rest is counted.
_NAMED = 8


def print_rules(comparison: RuleComparison) -> None:
    """Print a column for each rule: prices, lost opportunity costs, penalty; then who would deviate."""
    console, plan = terminal(), comparison.plan
    if plan is None or plan.schedule is None:
        console.print("There is no plan to price." if plan is None or not plan.reason else plan.reason)
        return
    console.print(
        f"The plan ({str(plan.status).replace('_', ' ')}) is worth {money(plan.benefit_usd)} $, and no plan more than "
        f"{money(plan.bound_usd)} $."
    )
    rules = {name: comparison.rules[name] for name in _HEADINGS if name in comparison.rules}
    rows = _rows(comparison)
    labels = [Column("", [name for name, _, _ in rows], "left"), Column("unit", [unit for _, unit, _ in rows], "left")]
    shown = [Column(_HEADINGS[name], [cell(rule) for _, _, cell in rows]) for name, rule in rules.items()]
    print_columns(console, labels, shown)
    for name, rule in rules.items():
        if name != Rule.AUGMENTED_LAGRANGIAN:
            console.print(f"At {_words(name)} prices {_deviating(rule.deviates(comparison.participants))}.")
    if Rule.AUGMENTED_LAGRANGIAN in rules:
        console.print(
            "The augmented Lagrangian's linear part are the convex hull's prices; what it adds is a penalty on every "
            "unit (MWh, job, t) that a trade deviates by, within which nobody gains by deviating or need be paid."
        )


def _rows(comparison: RuleComparison) -> list[tuple[str, str, Callable[[PricedRule], str]]]:
    participants, plan = comparison.participants, comparison.plan
    benefit_usd = 0.0 if plan is None else plan.benefit_usd
    sites = [name for side, name in dict.fromkeys(participants) if side == Side.SITES]
    sides = [side for side in _TOGETHER if any(of == side for of, _ in participants)]

    def lost(side: Side, name: str | None, rule: PricedRule) -> str:
        by = by_participant(rule.lost.lost_usd, participants)
        return _cents(sum(usd for (of, own), usd in by.items() if of == side and name in (None, own)))

    return [
        ("status", "", lambda rule: _words(rule.status)),
        *_prices(comparison),
        *((f"lost by {name}", "$", partial(lost, Side.SITES, name)) for name in sites),
        *((_TOGETHER[side], "$", partial(lost, side, None)) for side in sides),
        ("lost by all", "$", lambda rule: _cents(rule.lost.total_usd)),
        ("all have at these prices", "$", lambda rule: money(benefit_usd + rule.lost.total_usd)),
        ("would deviate", "", lambda rule: str(len(rule.deviates(participants)))),
        ("side payments", "$", lambda rule: _cents(rule.side_payments_usd)),
        ("payments left over", "$", lambda rule: _cents(float(rule.lost.paid_usd.sum()))),
        ("penalty that deters all", "$/unit", _penalty),
        ("needed for", "", lambda rule: rule.penalty_for(participants) or ""),
    ]


def _prices(comparison: RuleComparison) -> list[tuple[str, str, Callable[[PricedRule], str]]]:
    families = np.array([str(good.family) for good in comparison.goods])

    def mean(family: Family, rule: PricedRule) -> str:
        return f"{rule.lost.prices[families == family].mean():,.2f}"

    return [(name, unit, partial(mean, family)) for family, (name, unit) in _MEANS.items() if family in families]


def _penalty(rule: PricedRule) -> str:
    return "unknown" if rule.penalty is None else f"{rule.penalty.usd_per_unit:,.2f}"


def _deviating(names: list[str]) -> str:
    if not names:
        return "nobody would deviate"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more} would rather do something else"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cents(usd: float) -> str:
    return f"{round(usd, 2) + 0:,.2f}"
