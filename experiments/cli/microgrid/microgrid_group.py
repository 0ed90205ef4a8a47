"""`walras microgrid`: datacenters that schedule compute and power together."""

from __future__ import annotations

import click

from ..process.lazy_group import LazyGroup

MICROGRID_COMMANDS = {
    "compare": (
        ".compare_plans:compare",
        "Plan compute and power together, with both baselines beside it that plan only one of them.",
    ),
    "couple": (
        ".couple_markets:couple",
        "Find sites and a power market together: sites plan by prices that their load moves.",
    ),
    "instance": (
        ".show_instance:instance",
        "Show an instance with all its numbers: sites, jobs, classes of inference, demand.",
    ),
    "judge": (
        ".judge_rules:judge",
        "Hold what sites claim to save against what a power market emits, by the rule that they schedule by.",
    ),
    "price-rules": (
        ".price_rules:price_rules",
        "Price the joint plan by marginal, convex-hull and augmented-Lagrangian prices: who loses by following it.",
    ),
    "roll": (
        ".roll_slots:roll",
        "Plan slot by slot with forecasts that err and jobs that arrive, beside perfect foresight.",
    ),
    "study": (
        ".vary_instance:study",
        "Vary one thing after the other over many seeds, and judge what is claimed of joint planning.",
    ),
}


@click.group(cls=LazyGroup, places=MICROGRID_COMMANDS, package=__package__)
def microgrid() -> None:
    """Schedule compute and power of datacenters that are microgrids (the system of arXiv 2605.03751)."""
