"""`walras microgrid judge`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from math import inf
from pathlib import Path

import click

from ...archive.new_folder import claimed_folder
from ...microgrid.coupling.judged_folder import write_judged
from ...microgrid.coupling.judged_seeds import JudgedSeeds, JudgingInterrupted, judge_seeds
from ...microgrid.instance import Instance
from ...microgrid.joint_plan import Effort
from ..options import FiniteFloat, NumberWithin
from ..printing.judged_tables import print_judged
from ..process.interrupts import Interrupts
from ..progress import plan_progress
from .compare_plans import EXIT_NOT_WITHIN_GAP, LONGEST_SECONDS
from .coupling_options import CouplingOptions, coupling_options
from .instance_options import instance_options
from .publishing import publish
from .vary_instance import DEFAULT_SEEDS, instances_of_seeds


@click.command()
@instance_options
@click.option(
    "--seeds",
    type=click.IntRange(1, 1000),
    help=f"Instances, of consecutive seeds from --seed on.  [default: {DEFAULT_SEEDS}; of a whole instance 1]",
)
@coupling_options
@click.option("--gap", type=NumberWithin(0, 1), default=1e-4, show_default=True, help="Relative, of benefit and bound.")
@click.option("--time-limit", type=FiniteFloat(LONGEST_SECONDS), help="Seconds for each solver run. Default: none.")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for instance, changes and figure.")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def judge(
    ctx: click.Context,
    scenario: str,
    seed: int | None,
    overrides: tuple[str, ...],
    seeds: int | None,
    market: str,
    market_overrides: tuple[str, ...],
    at: tuple[str, ...],
    margin: float,
    export_share: float,
    gap: float,
    time_limit: float | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Hold what sites claim to save against what a power market emits, by the rule that they schedule by.

    Sites plan by average intensity, by marginal emissions at their bus, or by its price alone, beside a market that is
    then cleared again; changes are from sites that look at neither (jobs and requests by a policy, energy at the mean
    price of the day). SCENARIO is as for `walras microgrid couple`. Exit code 3: some rule has no schedule.
    """
    with nullcontext() if out is None else claimed_folder(out) as claim:
        instances = instances_of_seeds(scenario, overrides, seed, seeds)
        options = CouplingOptions(market, market_overrides, at, margin, export_share)
        judged = _judged(instances, options, gap, inf if time_limit is None else time_limit, ctx.obj, quiet=quiet)
        show = partial(print_judged, judged)
        if as_json:
            show = partial(click.echo, json.dumps(judged.as_json(), allow_nan=False))
        publish(claim, lambda claim: write_judged(judged, claim, ctx.obj.breakable), show, quiet=quiet)
    if not judged.is_whole:
        ctx.exit(EXIT_NOT_WITHIN_GAP)


def _judged(
    instances: Mapping[int | None, Instance],
    options: CouplingOptions,
    gap: float,
    seconds: float,
    interrupts: Interrupts,
    *,
    quiet: bool,
) -> JudgedSeeds:
    """All seeds, or those judged by the time that the user breaks it off."""
    with plan_progress(quiet=quiet) as told:
        try:
            with interrupts.breakable():
                standing = options.standing(next(iter(instances.values())))
                return judge_seeds(instances, standing, options.connection, Effort(gap, seconds, told))
        except JudgingInterrupted as error:
            if not error.judged.judgements:
                raise
            return error.judged
        finally:
            interrupts.hold()
