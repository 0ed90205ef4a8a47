"""Judged rules of scheduling, for a reader at the terminal."""

from __future__ import annotations

from ...microgrid.coupling.judged_seeds import JudgedSeeds
from ...microgrid.coupling.scheduling_rules import Rule
from .columns import Column, print_columns, terminal

# Figure of `Verdict`, heading, decimals.
_FIGURES = (
    ("claimed_t", "claimed\nt", 0),
    ("actual_t", "actual\nt", 0),
    ("by_average_t", "by average\nintensity, t", 0),
    ("by_marginal_t", "by marginal\nemissions, t", 0),
    ("congestion_rent_usd", "congestion\nrent, $", 0),
    ("price_usd_per_mwh", "mean price\n$/MWh", 2),
    ("site_price_usd_per_mwh", "sites' price\n$/MWh", 2),
    ("net_import_mwh", "net import\nMWh", 0),
    ("it_mwh", "computed\nMWh", 0),
)


def print_judged(judged: JudgedSeeds) -> None:
    """Print by how much each rule changes emissions, rent and prices: medians over seeds, least and most below."""
    console = terminal()
    seeds = len(judged.judgements)
    console.print(
        f"Changes from sites that look neither at hourly prices nor at carbon; median of {seeds}, least, most."
    )
    spreads = {rule: judged.spread(rule) for rule in Rule}
    labels = [label for rule in Rule for label in (str(rule).replace("_", " "), "  least", "  most")]
    columns = []
    for name, heading, decimals in _FIGURES:
        cells: list[str] = []
        for rule in Rule:
            found = spreads[rule].get(name)
            values = (None,) * 3 if found is None else (found.median, found.min, found.max)
            cells += ["" if value is None else f"{round(value, decimals) + 0.0:+,.{decimals}f}" for value in values]
        columns.append(Column(heading, cells))
    print_columns(console, [Column("schedules by", labels, "left")], columns)
    for seed, judgement in judged.judgements.items():
        if judgement.reason:
            console.print(f"{'' if seed is None else f'seed {seed}: '}{judgement.reason}")
    for rule in Rule:
        claimed, actual = judged.changes(rule, "claimed_t"), judged.changes(rule, "actual_t")
        if claimed:
            believed = sum(c < 0 <= a for c, a in zip(claimed, actual, strict=True))
            off = sum(abs(c - a) for c, a in zip(claimed, actual, strict=True)) / len(claimed)
            console.print(
                f"By {str(rule).replace('_', ' ')}: claims are {off:,.0f} t off on average; in {believed} of "
                f"{len(claimed)} less is claimed, and the system emits more."
            )
