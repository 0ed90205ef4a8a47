"""`walras microgrid price-rules`."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from math import inf
from pathlib import Path

import click

from ...archive.new_folder import claimed_folder
from ...microgrid.instance import Instance
from ...microgrid.instance_reading import read_instance
from ...microgrid.joint_plan import Effort
from ...microgrid.price_rules.compared_rules import RuleComparison, RulesInterrupted, compare_rules
from ...microgrid.price_rules.rules_folder import write_rules
from ..options import FiniteFloat, NumberWithin
from ..printing.rule_tables import print_rules
from ..process.interrupts import Interrupts
from ..progress import plan_progress
from .compare_plans import EXIT_NOT_WITHIN_GAP, LONGEST_SECONDS
from .instance_options import instance_options
from .publishing import publish


@click.command("price-rules")
@instance_options
@click.option(
    "--gap",
    type=NumberWithin(0, 1),
    default=1e-4,
    show_default=True,
    help="Relative, of benefit and bound; convex-hull prices rest within a tenth of it.",
)
@click.option(
    "--time-limit", type=FiniteFloat(LONGEST_SECONDS), help="Seconds for the plan, and for convex-hull prices."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="A new folder for instance, plan with prices and a figure."
)
@click.option("--json", "as_json", is_flag=True, help="Plan and rules as one JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def price_rules(
    ctx: click.Context,
    scenario: str,
    seed: int | None,
    overrides: tuple[str, ...],
    gap: float,
    time_limit: float | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Price the joint plan by three rules, and say what everybody loses by following it.

    Marginal prices hold all choices; convex-hull prices are those at which all together lose least; augmented-
    Lagrangian prices add a penalty on deviations, the smallest that deters everybody. SCENARIO is as for `walras
    microgrid instance`. Exit code 3: the plan is not within the gap, or convex-hull prices are not at rest.
    """
    with nullcontext() if out is None else claimed_folder(out) as claim:
        instance = read_instance(scenario, overrides, seed)
        comparison = _compared(instance, gap, time_limit, ctx.obj, quiet=quiet)
        show = partial(print_rules, comparison)
        if as_json:
            show = partial(click.echo, json.dumps(comparison.as_json(), allow_nan=False))
        publish(claim, lambda claim: write_rules(comparison, claim, ctx.obj.breakable), show, quiet=quiet)
    if not comparison.is_whole:
        ctx.exit(EXIT_NOT_WITHIN_GAP)


def _compared(
    instance: Instance, gap: float, time_limit: float | None, interrupts: Interrupts, *, quiet: bool
) -> RuleComparison:
    """Plan and rules, as far as they have come by the time that the user breaks it off."""
    with plan_progress(quiet=quiet) as told:
        effort = Effort(gap, inf if time_limit is None else time_limit, told)
        try:
            with interrupts.breakable():
                return compare_rules(instance, effort)
        except RulesInterrupted as error:
            if error.comparison.plan is None:
                raise
            return error.comparison
        finally:
            interrupts.hold()
