"""`walras microgrid couple`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from functools import partial
from math import inf
from pathlib import Path

import click

from ...archive.new_folder import claimed_folder
from ...microgrid.coupling.anticipating_plan import with_anticipation
from ...microgrid.coupling.coupled_outcome import Coupled
from ...microgrid.coupling.coupled_rounds import CouplingInterrupted, CouplingSettings
from ...microgrid.coupling.coupled_rounds import couple as found_together
from ...microgrid.coupling.coupling_folder import write_coupled
from ...microgrid.coupling.grid_signals import Standing
from ...microgrid.instance import Instance
from ...microgrid.instance_reading import read_instance
from ...microgrid.joint_plan import Effort
from ..options import FiniteFloat, NumberWithin
from ..printing.coupling_tables import print_coupled
from ..process.interrupts import Interrupts
from ..progress import plan_progress
from .compare_plans import LONGEST_SECONDS
from .coupling_options import CouplingOptions, coupling_options
from .instance_options import instance_options
from .publishing import publish

EXIT_NOT_CONVERGED = 3
_MOST_ROUNDS = 10_000


@click.command()
@instance_options
@coupling_options
@click.option(
    "--damping",
    type=NumberWithin(0, 1, min_open=True),
    default=0.5,
    show_default=True,
    help="Share of the way from the prices that sites planned by to those that they caused.",
)
@click.option(
    "--max-rounds", type=click.IntRange(1, _MOST_ROUNDS), default=50, show_default=True, help="Budget of rounds."
)
@click.option(
    "--tolerance-mw",
    type=FiniteFloat(1e3),
    default=0.01,
    show_default=True,
    help="Loads of sites that change by no more are at rest.",
)
@click.option("--anticipate", is_flag=True, help="Beside it: sites as one group that knows what it does to prices.")
@click.option("--gap", type=NumberWithin(0, 1), default=1e-4, show_default=True, help="Relative, of benefit and bound.")
@click.option("--time-limit", type=FiniteFloat(LONGEST_SECONDS), help="Seconds for each solver run. Default: none.")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for instance, rounds and figure.")
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def couple(
    ctx: click.Context,
    scenario: str,
    seed: int | None,
    overrides: tuple[str, ...],
    damping: float,
    max_rounds: int,
    tolerance_mw: float,
    anticipate: bool,
    gap: float,
    time_limit: float | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
    market: str,
    market_overrides: tuple[str, ...],
    at: tuple[str, ...],
    margin: float,
    export_share: float,
) -> None:
    """Find sites and a power market together: sites plan by the prices of their buses, which their load moves.

    SCENARIO is as for `walras microgrid instance`, with slots of one hour. Sites are price takers; the grid's prices
    and intensities in the instance give way to nodal prices and the average intensity of the market. Elastic demand is
    calibrated without the sites. Exit code 3: rounds repeat themselves, or are spent.
    """
    with nullcontext() if out is None else claimed_folder(out) as claim:
        instance = read_instance(scenario, overrides, seed)
        options = CouplingOptions(market, market_overrides, at, margin, export_share)
        settings = CouplingSettings(damping, max_rounds, tolerance_mw)
        steps = [with_anticipation] if anticipate else []
        seconds = inf if time_limit is None else time_limit
        coupled = _coupled(instance, options, settings, steps, (gap, seconds), ctx.obj, quiet=quiet)
        show = partial(print_coupled, coupled)
        if as_json:
            show = partial(click.echo, json.dumps(coupled.as_json(), allow_nan=False))
        publish(claim, lambda claim: write_coupled(coupled, claim, ctx.obj.breakable), show, quiet=quiet)
    if not coupled.has_converged:
        ctx.exit(EXIT_NOT_CONVERGED)


def _coupled(
    instance: Instance,
    options: CouplingOptions,
    settings: CouplingSettings,
    further: Sequence[Callable[[Coupled, Standing, Effort], Coupled]],
    search: tuple[float, float],
    interrupts: Interrupts,
    *,
    quiet: bool,
) -> Coupled:
    """All rounds and what is further found of them, or what there is by the time that the user breaks it off."""
    with plan_progress(quiet=quiet) as told:
        try:
            with interrupts.breakable():
                standing, effort = options.standing(instance), Effort(*search, told)
                coupled = found_together(instance, standing, options.connection, settings, effort)
                for step in further if coupled.rounds else ():
                    coupled = step(coupled, standing, effort)
                return coupled
        except CouplingInterrupted as error:
            if error.coupled is None:
                raise
            return error.coupled
        finally:
            interrupts.hold()
