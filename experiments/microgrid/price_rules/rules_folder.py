"""The folder of compared rules: instance, plan with prices, and a figure."""

from __future__ import annotations

from pathlib import Path

from ...archive.new_folder import Claim
from ..plans_folder import Breakable, write_drawn
from .compared_rules import RuleComparison


def write_rules(comparison: RuleComparison, claim: Claim, breakable: Breakable) -> None:
    """Write ``instance.json``, ``price_rules.json`` and the figure, as `write_drawn`."""

    def draw(folder: Path) -> None:
        from ...figures.microgrid.rule_panels import draw_rules

        draw_rules(comparison, folder)

    write_drawn(comparison.instance, {"price_rules.json": comparison.as_json()}, draw, claim, breakable)
