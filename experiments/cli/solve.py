"""`walras run` and `walras compare`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from ..archive.document import study_document
from ..archive.new_folder import refuse_taken
from ..archive.writer import write_run_folder
from ..study import Study, StudyInterrupted, decompose, with_monolith
from .options import RunOptions, faults_of, run_options
from .progress import progress_line
from .tables import print_document

EXIT_NOT_CONVERGED, EXIT_INTERRUPTED = 3, 130


@click.command()
@run_options
@click.pass_context
def run(ctx: click.Context, /, **options: Any) -> None:
    """Iterate a scenario to clearing."""
    _solve(ctx, RunOptions(**options), lambda study: study)


@click.command()
@run_options
@click.pass_context
def compare(ctx: click.Context, /, **options: Any) -> None:
    """Iterate a scenario to clearing, with the monolith beside it."""
    _solve(ctx, RunOptions(**options), with_monolith)


def _solve(ctx: click.Context, options: RunOptions, finish: Callable[[Study], Study]) -> None:
    if options.out is not None:
        refuse_taken(options.out)
    loaded = options.load()
    is_interrupted = False
    with (
        faults_of(options.scenario),
        progress_line(loaded.scenario.coordinator.max_rounds, quiet=options.quiet) as on_round,
    ):
        try:
            study = finish(decompose(loaded.scenario, case=loaded.case, executor=options.executor, on_round=on_round))
        except StudyInterrupted as error:
            study, is_interrupted = error.study, True
    document = study_document(study)
    # Neither a full disk nor a reader that has gone away may take the result along.
    try:
        if options.as_json:
            click.echo(json.dumps(document, allow_nan=False))
        else:
            print_document(document, verbose=options.verbose)
    finally:
        if options.out is not None:
            from ..figures.drawing import draw_on

            write_run_folder(study, options.out, partial(draw_on, loaded.case))
    if is_interrupted:
        ctx.exit(EXIT_INTERRUPTED)
    if document["status"] != "converged":
        ctx.exit(EXIT_NOT_CONVERGED)
    if "monolith_failure" in document:
        ctx.exit(1)
