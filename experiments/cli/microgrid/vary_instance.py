"""`walras microgrid study`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from contextlib import closing, nullcontext
from functools import partial
from pathlib import Path

import click

from ...archive.new_folder import claimed_folder
from ...microgrid.instance import Instance
from ...microgrid.instance_reading import is_generated, read_instance
from ...microgrid.joint_plan import Effort
from ...microgrid.studies.claim_runs import ClaimRun, claim_tasks
from ...microgrid.studies.study_document import StudyDone
from ...microgrid.studies.study_folder import write_study
from ...microgrid.studies.study_kinds import StudyKind
from ...microgrid.studies.study_runs import StudyPoint, scale_tasks, study_tasks
from ...workers.local_workers import LocalWorkers
from ...workers.task import LostWorkerError, Task
from ..broken_off import EXIT_FAILED
from ..options import MOST_WORKERS, FiniteFloat, NumberWithin
from ..printing.study_tables import print_study
from ..process.interrupts import Interrupts
from ..progress import study_progress
from .compare_plans import EXIT_NOT_WITHIN_GAP, LONGEST_SECONDS
from .instance_options import instance_options
from .publishing import publish

_CLAIMS = "claims"
_DEFAULT_SEEDS = 5
_CHOICES = [*map(str, StudyKind), _CLAIMS]
_DEFAULT_KINDS = [choice for choice in _CHOICES if choice != StudyKind.SCALE]

Found = Sequence[StudyPoint] | Sequence[ClaimRun]


@click.command()
@instance_options
@click.option(
    "--kind",
    "kinds",
    type=click.Choice(_CHOICES),
    multiple=True,
    help="What varies; claims: what the abstract claims, with the split of the gain. Repeatable. Default: all but "
    "scale, which takes long.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 1000),
    help=f"Instances, of consecutive seeds from --seed on.  [default: {_DEFAULT_SEEDS}; of a whole instance 1]",
)
@click.option("--gap", type=NumberWithin(0, 1), default=1e-4, show_default=True, help="Relative, of benefit and bound.")
@click.option(
    "--time-limit",
    type=FiniteFloat(LONGEST_SECONDS),
    default=60.0,
    show_default=True,
    help="Seconds for each solver run.",
)
@click.option("--workers", type=click.IntRange(1, MOST_WORKERS), help="Processes.  [default: the usable cores]")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for numbers and curves.")
@click.option("--json", "as_json", is_flag=True, help="All numbers as one JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def study(
    ctx: click.Context,
    scenario: str,
    seed: int | None,
    overrides: tuple[str, ...],
    kinds: tuple[str, ...],
    seeds: int | None,
    gap: float,
    time_limit: float,
    workers: int | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Vary one thing after the other over many seeds, and judge what is claimed of joint planning.

    At each value stand the joint plan, energy-only and compute-only planning. Exit code 3: time was up for some plan.
    """
    with nullcontext() if out is None else claimed_folder(out) as claim:
        instances: dict[int | None, Instance]
        if seed is None and seeds is None and not is_generated(scenario):
            instances = {None: read_instance(scenario, overrides)}
        else:
            first = seed or 0
            numbers = range(first, first + (seeds or _DEFAULT_SEEDS))
            instances = {number: read_instance(scenario, overrides, number) for number in numbers}
        tasks = _tasks(kinds or _DEFAULT_KINDS, scenario, overrides, instances, Effort(gap, time_limit))
        done = StudyDone(scenario, list(instances))
        _compute(ctx, tasks, done, workers or len(os.sched_getaffinity(0)), quiet=quiet)
        show = partial(print_study, done)
        if as_json:
            show = partial(click.echo, json.dumps(done.as_json(), allow_nan=False))
        publish(claim, lambda claim: write_study(done, claim, ctx.obj.breakable), show, quiet=quiet)
    if done.out_of_time or not done.is_complete:
        ctx.exit(EXIT_NOT_WITHIN_GAP)


def _tasks(
    kinds: Sequence[str],
    scenario: str,
    overrides: Sequence[str],
    instances: dict[int | None, Instance],
    effort: Effort,
) -> list[Callable[[], Found]]:
    def read(sizes: list[str], seed: int) -> Instance:
        return read_instance(scenario, [*overrides, *sizes], seed)

    tasks: list[Callable[[], Found]] = []
    if _CLAIMS in kinds:
        # The longest ones first, so that no worker is left alone with one in the end.
        tasks += claim_tasks(instances, effort)
    if StudyKind.SCALE in kinds:
        tasks += reversed(scale_tasks(read, [seed or 0 for seed in instances], effort))
    return [*tasks, *study_tasks([StudyKind(kind) for kind in kinds if kind != _CLAIMS], instances, effort)]


def _as_it_is(found: Found) -> Found:
    """Nothing is kept before the study ends."""
    return found


def _compute(
    ctx: click.Context, parts: list[Callable[[], Found]], done: StudyDone, workers: int, *, quiet: bool
) -> None:
    """Run all parts, or those that end before the user breaks it off."""
    interrupts: Interrupts = ctx.obj
    tasks = [Task(f"part {number}", part, _as_it_is) for number, part in enumerate(parts, 1)]
    try:
        with (
            interrupts.breakable(),
            study_progress(len(tasks), quiet=quiet) as on_part,
            closing(LocalWorkers(workers).execute(tasks)) as results,
        ):
            for found in results:
                for one in found:
                    if isinstance(one, ClaimRun):
                        done.claims.append(one)
                    else:
                        done.points.append(one)
                on_part()
    except KeyboardInterrupt:
        if not done.points and not done.claims:
            raise
        done.is_complete = False
    except LostWorkerError as error:
        click.echo(f"error: {error}", err=True)
        ctx.exit(EXIT_FAILED)
    finally:
        interrupts.hold()
