"""`walras microgrid study`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from ...microgrid.instance import Instance
from ...microgrid.instance_reading import is_generated, read_instance
from ...microgrid.joint_plan import Effort
from ...microgrid.report.study_writing import write_study
from ...microgrid.studies.study_document import StudyDone
from ...microgrid.studies.study_folder import StudyFolder, open_study_folder
from ...microgrid.studies.study_kinds import StudyKind
from ...microgrid.studies.study_parts import CLAIMS, StudyPart, study_parts
from ...workers.task import Workers
from ..broken_off import broken_off_is_told, job_place
from ..options import MOST_WORKERS, FiniteFloat, NumberWithin, tell_written
from ..printing.study_tables import print_study
from ..progress import phase_progress, study_progress
from ..side_by_side import on_option, workers_of_options
from .compare_plans import EXIT_NOT_WITHIN_GAP, LONGEST_SECONDS
from .instance_options import instance_options

DEFAULT_SEEDS = 5
_CHOICES = [*map(str, StudyKind), CLAIMS]
_DEFAULT_KINDS = [choice for choice in _CHOICES if choice != StudyKind.SCALE]


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
    help=f"Instances, of consecutive seeds from --seed on.  [default: {DEFAULT_SEEDS}; of a whole instance 1]",
)
@click.option("--gap", type=NumberWithin(0, 1), default=1e-4, show_default=True, help="Relative, of benefit and bound.")
@click.option(
    "--time-limit",
    type=FiniteFloat(LONGEST_SECONDS),
    default=60.0,
    show_default=True,
    help="Seconds for each solver run.",
)
@on_option
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    help="Parts side by side.  [default: usable cores, or all of Ray]",
)
@click.option(
    "--ray-address", metavar="HOST:PORT", help="With Ray: one that runs there.  [default: one is started here]"
)
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Write parts, numbers, curves, report there."
)
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
    on: str,
    workers: int | None,
    ray_address: str | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Vary one thing after the other over many seeds, and judge what is claimed of joint planning.

    At each value stand the joint plan, energy-only and compute-only planning. With --out a study that was broken off
    goes on where it stopped: call it again. Exit code 3: time was up for some plan.
    """
    computing = workers_of_options(on, workers, ray_address)

    def of_size(sizes: list[str], number: int) -> Instance:
        return read_instance(scenario, [*overrides, *sizes], number)

    instances = instances_of_seeds(scenario, overrides, seed, seeds)
    parts = study_parts(kinds or _DEFAULT_KINDS, instances, Effort(gap, time_limit), of_size)
    with job_place(out) as place, open_study_folder(place.path, parts) as folder:
        try:
            with broken_off_is_told(ctx, partial(_finished, folder, parts), f"{len(parts)} parts", place):
                _compute(computing, parts, folder, quiet=quiet)
                if out is not None:
                    with phase_progress("writing report and figures", quiet=quiet):
                        write_study(folder.read(scenario, parts), out)
                    tell_written(out, quiet=quiet)
        finally:
            # Neither a signal nor a full disk takes along what has ended.
            ctx.obj.hold()
            done = folder.read(scenario, parts)
            if done.points or done.claims:
                _show(done, as_json=as_json)
    if done.out_of_time:
        ctx.exit(EXIT_NOT_WITHIN_GAP)


def instances_of_seeds(
    scenario: str, overrides: Sequence[str], seed: int | None, seeds: int | None
) -> dict[int | None, Instance]:
    """Instances of consecutive seeds; a whole instance alone where nobody asks for seeds, without one."""
    if seed is None and seeds is None and not is_generated(scenario):
        return {None: read_instance(scenario, overrides)}
    first = seed or 0
    numbers = range(first, first + (seeds or DEFAULT_SEEDS))
    return {number: read_instance(scenario, overrides, number) for number in numbers}


def _finished(folder: StudyFolder, parts: Sequence[StudyPart]) -> int:
    return len(parts) - len(folder.pending(parts))


def _compute(workers: Workers, parts: Sequence[StudyPart], folder: StudyFolder, *, quiet: bool) -> None:
    with (
        study_progress(len(parts), _finished(folder, parts), quiet=quiet) as on_part,
        closing(workers.execute(folder.tasks(parts))) as ended,
    ):
        for _ in ended:
            on_part()


def _show(done: StudyDone, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(done.as_json(), allow_nan=False))
    else:
        print_study(done)
