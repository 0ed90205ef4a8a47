"""`walras microgrid compare`."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from math import inf
from pathlib import Path

import click

from ....coordinator.programmes.integer_searches import solve_side_by_side
from ...archive.new_folder import claimed_folder
from ...microgrid.decomposition.decomposed_plan import DECOMPOSING, MAX_ROUNDS, decomposed_plan
from ...microgrid.decomposition.searches_on_ray import searches_on_ray
from ...microgrid.instance import Instance
from ...microgrid.instance_reading import read_instance
from ...microgrid.joint_plan import Effort
from ...microgrid.plans_compared import Comparison, ComparisonInterrupted, Planned, compare_plans
from ...microgrid.plans_folder import write_plans
from ..options import MOST_WORKERS, RAY, FiniteFloat, NumberWithin
from ..printing.plan_tables import print_comparison
from ..process.interrupts import Interrupts
from ..progress import plan_progress
from .instance_options import instance_options
from .publishing import publish

EXIT_NOT_WITHIN_GAP = 3
LONGEST_SECONDS = 1e7


@click.command()
@instance_options
@click.option("--gap", type=NumberWithin(0, 1), default=1e-3, show_default=True, help="Relative, of benefit and bound.")
@click.option("--time-limit", type=FiniteFloat(LONGEST_SECONDS), help="Seconds for each solver run. Default: none.")
@click.option("--decompose", is_flag=True, help="Also plan by prices: a bound and a schedule at every round.")
@click.option(
    "--mechanism",
    type=click.Choice(list(DECOMPOSING)),
    default=next(iter(DECOMPOSING)),
    show_default=True,
    help="What finds prices under --decompose.",
)
@click.option(
    "--max-rounds",
    type=click.IntRange(1),
    default=MAX_ROUNDS,
    show_default=True,
    help="Announcements of prices and splits of branches under --decompose.",
)
@click.option(
    "--on",
    type=click.Choice(["local", RAY]),
    default="local",
    show_default=True,
    help="Where sites search under --decompose: in threads, or on Ray.",
)
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Searches at once.  [default: all cores of Ray]")
@click.option("--ray-address", metavar="HOST:PORT", help="A Ray that runs there.  [default: one is started here]")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for instance, plans and figures.")
@click.option("--json", "as_json", is_flag=True, help="All plans as one JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def compare(
    ctx: click.Context,
    scenario: str,
    seed: int | None,
    overrides: tuple[str, ...],
    gap: float,
    time_limit: float | None,
    decompose: bool,
    mechanism: str,
    max_rounds: int,
    on: str,
    workers: int | None,
    ray_address: str | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Plan compute and power together, with both baselines beside it that plan only one of them.

    Compute-only planning does not look at power, budgets included; energy-only planning takes compute from a policy.
    With --decompose sites also plan by themselves at prices of inference, jobs and carbon: no plan is worth more than
    the bound that these prices prove.
    SCENARIO is as for `walras microgrid instance`. Exit code 3: a plan has no schedule within the gap.
    """
    if on == RAY and not decompose:
        raise click.UsageError(f"--on {RAY} is where sites search under --decompose.")
    if on != RAY and (workers is not None or ray_address is not None):
        raise click.UsageError(f"--workers and --ray-address need --on {RAY}.")
    with nullcontext() if out is None else claimed_folder(out) as claim:
        instance = read_instance(scenario, overrides, seed)
        by_prices = partial(decomposed_plan, mechanism=DECOMPOSING[mechanism], max_rounds=max_rounds)
        searching = searches_on_ray(workers, ray_address) if on == RAY else nullcontext(solve_side_by_side)
        with searching as side_by_side:
            decomposed = partial(by_prices, side_by_side=side_by_side) if decompose else None
            comparison = _compared(instance, gap, time_limit, decomposed, ctx.obj, quiet=quiet)
        show = partial(print_comparison, comparison)
        if as_json:
            show = partial(click.echo, json.dumps(comparison.as_json(), allow_nan=False))
        publish(claim, lambda claim: write_plans(comparison, claim, ctx.obj.breakable), show, quiet=quiet)
    if not comparison.is_whole:
        ctx.exit(EXIT_NOT_WITHIN_GAP)


def _compared(
    instance: Instance,
    gap: float,
    time_limit: float | None,
    decompose: Planned | None,
    interrupts: Interrupts,
    *,
    quiet: bool,
) -> Comparison:
    """All plans, or those made by the time that the user breaks it off."""
    with plan_progress(quiet=quiet) as told:
        effort = Effort(gap, inf if time_limit is None else time_limit, told)
        try:
            with interrupts.breakable():
                return compare_plans(instance, effort, decompose=decompose)
        except ComparisonInterrupted as error:
            if not error.comparison.plans:
                raise
            return error.comparison
        finally:
            interrupts.hold()
