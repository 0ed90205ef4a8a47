"""`walras run` and `walras compare`."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import click

from ...coordinator.rounds import Round
from ...network.case import Case
from ..archive.document import study_document
from ..archive.new_folder import claimed_folder
from ..archive.run_folder import RunFolder
from ..archive.writer import fill_run_folder
from ..own_parts.consent import named_code
from ..own_parts.own_code import told_of
from ..scenario.reading import ScenarioOnCase
from ..study import Study, StudyInterrupted, decompose, with_monolith
from .checkpointing import kept_checkpoints, refuse_checkpoints_without_a_place
from .options import RunOptions, faults_of, run_options, tell_written
from .printing.tables import print_document
from .process.interrupts import Interrupts
from .process.prints import prints_aside
from .progress import progress_line

EXIT_NOT_CONVERGED = 3


@click.command()
@run_options
@click.pass_context
def run(ctx: click.Context, /, **options: Any) -> None:
    """Iterate a scenario to clearing."""
    _solve(ctx, RunOptions(**options), None)


@click.command()
@run_options
@click.pass_context
def compare(ctx: click.Context, /, **options: Any) -> None:
    """Iterate a scenario to clearing, with the monolith beside it."""
    _solve(ctx, RunOptions(**options), with_monolith)


def _solve(ctx: click.Context, options: RunOptions, finish: Callable[[Study], Study] | None) -> None:
    refuse_checkpoints_without_a_place(options.checkpoint, options.out, every=options.every, resume=options.resume)
    with nullcontext() if options.out is None else claimed_folder(options.out) as claim:
        with prints_aside():
            loaded = options.load()
            with told_of(named_code(loaded.scenario)):
                study = _study(options, loaded, finish, ctx.obj)
        document = study_document(study)
        # Neither a full disk nor a reader that has gone away may take the result along.
        try:
            if claim is not None:
                fill_run_folder(study, claim, partial(_draw, loaded.case, options, ctx.obj), options.hour)
                tell_written(options.out, quiet=options.quiet)
        finally:
            if options.as_json:
                click.echo(json.dumps(document, allow_nan=False))
            else:
                print_document(document, verbose=options.verbose, hour=options.hour)
    if document["status"] != "converged":
        ctx.exit(EXIT_NOT_CONVERGED)
    if "monolith_failure" in document:
        ctx.exit(1)


def _study(
    options: RunOptions, loaded: ScenarioOnCase, finish: Callable[[Study], Study] | None, interrupts: Interrupts
) -> Study:
    """What there is, if the user interrupts it after the first round."""
    with (
        faults_of(options.scenario),
        progress_line(loaded.scenario.coordinator.max_rounds, quiet=options.quiet) as progress,
    ):

        def keep(current: Round) -> None:
            progress.on_round(current)
            interrupts.after_round()

        def settling() -> AbstractContextManager[None]:
            progress.on_phase("settling")
            return interrupts.breakable()

        try:
            with kept_checkpoints(
                options.checkpoint, loaded.scenario, options.executor, every=options.every, resume=options.resume
            ) as keeper:
                study = decompose(
                    loaded.scenario,
                    case=loaded.case,
                    executor=options.answering,
                    on_step=progress.on_step,
                    on_round=keep,
                    breakable=settling,
                    keeper=keeper,
                )
        except StudyInterrupted as error:
            return error.study
        if finish is None:
            return study
        try:
            with interrupts.breakable():
                progress.on_phase("solving the monolith")
                return finish(study)
        except StudyInterrupted as error:
            return error.study
        except KeyboardInterrupt:
            return study


def _draw(case: Case, options: RunOptions, interrupts: Interrupts, folder: RunFolder, aside: Path) -> None:
    """Draw, or say how to do so later if a signal comes meanwhile."""
    try:
        with interrupts.breakable():
            from ..figures.drawing import draw_on

            draw_on(case, folder, aside, options.hour)
    except KeyboardInterrupt:
        click.echo(f"warning: interrupted; figures are missing: `walras plot {options.out}` draws them", err=True)
