"""`walras microgrid roll`."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from math import inf
from pathlib import Path

import click

from ...archive.new_folder import claimed_folder
from ...microgrid.instance import Instance
from ...microgrid.joint_plan import Effort
from ...microgrid.rolling.days import DEFAULT_DAYS, instance_of_days
from ...microgrid.rolling.forecasts import ForecastErrors
from ...microgrid.rolling.not_knowing import NotKnowing, NotKnowingInterrupted, price_of_not_knowing
from ...microgrid.rolling.rolling_folder import write_rolling
from ...microgrid.rolling.slot_by_slot import Sight
from ..options import FiniteFloat, NumberWithin
from ..printing.rolling_tables import print_rolling
from ..process.interrupts import Interrupts
from ..progress import rolling_progress
from .compare_plans import EXIT_NOT_WITHIN_GAP, LONGEST_SECONDS
from .instance_options import instance_options
from .publishing import publish

_SHARE = NumberWithin(0, 2)
_MOST_HOURS = 1e5


@click.command()
@instance_options
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    help="Generate so many days, with as many jobs a day.  "
    f"[default: {DEFAULT_DAYS}; a whole instance has its own slots]",
)
@click.option(
    "--horizon", type=FiniteFloat(_MOST_HOURS), default=24.0, show_default=True, help="Hours that a plan looks ahead."
)
@click.option(
    "--every", type=click.IntRange(min=1), default=1, show_default=True, help="Slots from one plan to the next."
)
@click.option(
    "--notice",
    type=NumberWithin(0, _MOST_HOURS),
    default=0.0,
    show_default=True,
    help="Hours before its release that a job is known of.",
)
@click.option(
    "--error",
    type=_SHARE,
    default=0.2,
    show_default=True,
    help="Of forecasts of sun and wind far ahead: standard deviation, as a share of what comes.",
)
@click.option("--demand-error", type=_SHARE, default=0.05, show_default=True, help="The same of requests.")
@click.option(
    "--error-seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Seed of forecast errors."
)
@click.option("--gap", type=NumberWithin(0, 1), default=1e-4, show_default=True, help="Relative, of benefit and bound.")
@click.option("--time-limit", type=FiniteFloat(LONGEST_SECONDS), help="Seconds for each solver run. Default: none.")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for instance, plans and figures.")
@click.option("--json", "as_json", is_flag=True, help="All plans as one JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def roll(
    ctx: click.Context,
    scenario: str,
    seed: int | None,
    overrides: tuple[str, ...],
    days: int | None,
    horizon: float,
    every: int,
    notice: float,
    error: float,
    demand_error: float,
    error_seed: int,
    gap: float,
    time_limit: float | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Plan slot by slot with forecasts that err and jobs that arrive, beside perfect foresight.

    SCENARIO is as for `walras microgrid instance`. Job starts and units are committed ahead; all else follows what
    comes. Exit code 3: some plan has no schedule within the gap.
    """
    with nullcontext() if out is None else claimed_folder(out) as claim:
        instance = instance_of_days(scenario, overrides, seed, days)
        horizon_slots, notice_slots = (round(hours / instance.slot_hours) for hours in (horizon, notice))
        sight = Sight(max(horizon_slots, 1), every, notice_slots, ForecastErrors(error, demand_error, error_seed))
        seconds = inf if time_limit is None else time_limit
        found = _rolled(instance, sight, gap, seconds, ctx.obj, quiet=quiet)
        show = partial(print_rolling, found)
        if as_json:
            show = partial(click.echo, json.dumps(found.as_json(), allow_nan=False))
        publish(claim, lambda claim: write_rolling(found, claim, ctx.obj.breakable), show, quiet=quiet)
    if not found.is_whole:
        ctx.exit(EXIT_NOT_WITHIN_GAP)


def _rolled(
    instance: Instance, sight: Sight, gap: float, seconds: float, interrupts: Interrupts, *, quiet: bool
) -> NotKnowing:
    """All three plans, or what is settled by the time that the user breaks it off."""
    with rolling_progress(instance.slots, quiet=quiet) as (on_slot, on_plan):
        try:
            with interrupts.breakable():
                return price_of_not_knowing(instance, sight, Effort(gap, seconds, on_plan), on_slot)
        except NotKnowingInterrupted as error:
            if not error.found.has_settled:
                raise
            return error.found
        finally:
            interrupts.hold()
