"""`walras sweep`: many runs of one scenario."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pandas as pd

from ..sweep.plan import Plan, plan_sweep
from ..sweep.run_tables import sweep_tables, write_tables
from ..sweep.sweep_folder import SweepFolder, open_sweep_folder
from ..sweep.sweep_reading import load_sweep
from ..sweep.work import run_tasks
from .broken_off import EXIT_FAILED, JobPlace, broken_off_is_told, job_place
from .options import MOST_WORKERS, SolveOptions, solve_options, tell_written
from .printing.sweep_tables import count_statuses, print_sweep, sweep_document
from .process.prints import prints_aside
from .progress import sweep_progress
from .side_by_side import SideBySide, on_option, side_by_side

EXIT_NOT_CONVERGED = 3
_WORKERS = "Runs side by side; with --executor ray processes of each run.  [default: usable cores, or all of Ray]"


@dataclass(frozen=True)
class SweepOptions(SolveOptions):
    """What the options of sweep say."""

    sweep: Path
    on: str

    @property
    def side_by_side(self) -> SideBySide:
        """Who computes the runs, and what answers in each."""
        return side_by_side(self.on, self.executor, self.inner, self.workers, self.ray_address)


@click.command()
@click.argument("sweep", metavar="SWEEP.yaml", type=click.Path(path_type=Path))
@solve_options
@on_option
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help=_WORKERS)
@click.pass_context
def sweep(ctx: click.Context, /, **options: Any) -> None:
    """Run a scenario many times, with other values each time.

    With --out a sweep that was broken off goes on where it stopped: call it again.
    """
    given = SweepOptions(**options)
    computing = given.side_by_side
    with prints_aside():
        plan = plan_sweep(
            load_sweep(given.sweep),
            given.sweep,
            executor=given.executor if given.inner is None else f"{given.executor} {given.inner}",
            overrides=given.scenario_overrides,
            allow_code=given.allow_code,
        )
    with job_place(given.out) as place, open_sweep_folder(place.path, plan) as folder:
        _compute(ctx, given, computing, plan, folder, place)
        ctx.obj.hold()
        runs, iterations = sweep_tables(plan, folder)
        write_tables(folder, runs, iterations)
    tell_written(given.out, quiet=given.quiet)
    _report(given, plan, runs)
    counts = count_statuses(runs)
    if counts["failed"]:
        ctx.exit(EXIT_FAILED)
    if counts["not_converged"]:
        ctx.exit(EXIT_NOT_CONVERGED)
    if "monolith_failure" in runs:
        ctx.exit(EXIT_FAILED)


def _compute(
    ctx: click.Context,
    options: SweepOptions,
    computing: SideBySide,
    plan: Plan,
    folder: SweepFolder,
    place: JobPlace,
) -> None:
    def finished() -> int:
        return len(plan.runs) - len(folder.pending(plan.runs))

    with (
        computing.reachable() as executor,
        broken_off_is_told(ctx, finished, f"{len(plan.runs)} runs", place, of=options.sweep),
        sweep_progress(len(plan.runs), finished(), quiet=options.quiet) as on_run,
        closing(computing.workers.execute(run_tasks(plan, folder, executor))) as statuses,
    ):
        for status in statuses:
            on_run(status)


def _report(options: SweepOptions, plan: Plan, runs: pd.DataFrame) -> None:
    if options.as_json:
        click.echo(json.dumps(sweep_document(options.sweep, options.out, runs), allow_nan=False))
    else:
        print_sweep(options.sweep, list(plan.runs[0].parameters), runs, verbose=options.verbose)
