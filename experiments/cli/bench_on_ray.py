"""`walras bench --scaling --on ray`: weak and strong scaling of the executor on Ray."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from ..archive.new_folder import claimed_folder
from ..bench.ray_scaling.measuring_workers import ScalingPlan, ray_scaling
from ..bench.ray_scaling.scaling_document import fill_scaling_folder, scaling_document
from .options import tell_written
from .printing.scaling_tables import print_scaling
from .process.interrupts import Interrupts
from .process.prints import prints_aside
from .progress import bench_progress

# About so many; from the last but one to the last they double.
_QUICK_CONTRACTS = (12_800, 25_600)
_FULL_CONTRACTS = (12_800, 25_600, 51_200, 102_400)
_ROUNDS = 12
_TAKEN = {"on", "scaling", "quick", "workers", "seed", "out", "as_json", "quiet"}


def scaling_plan(*, quick: bool, workers: int, seed: int) -> ScalingPlan:
    """All numbers of workers that double up to the largest one, in every size."""
    counts = [1]
    while counts[-1] < workers:
        counts.append(min(2 * counts[-1], workers))
    return ScalingPlan(_QUICK_CONTRACTS if quick else _FULL_CONTRACTS, tuple(counts), _ROUNDS, seed)


def refuse_other_options(ctx: click.Context) -> None:
    """Make sure that no option is named that says nothing of this measurement.

    Raises
    ------
    click.UsageError
        Names it.
    """
    for option in ctx.command.params:
        name = option.name or ""
        if name not in _TAKEN and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option.opts[0]} says nothing with --on ray, which measures its own markets.")


def measure_on_ray(interrupts: Interrupts, plan: ScalingPlan, out: Path | None, *, as_json: bool, quiet: bool) -> None:
    """Measure, write and print; interrupted, what there is.

    Raises
    ------
    UnavailableError
        If there is no Ray.
    """
    with nullcontext() if out is None else claimed_folder(out) as claim:
        interrupts.hold()
        with bench_progress(plan.measurements, quiet=quiet) as on_step, prints_aside():
            measured = ray_scaling(plan, on_step, interrupts.breakable)
        if interrupts.first is not None and not measured.rounds:
            raise KeyboardInterrupt
        document = scaling_document(measured)
        try:
            if claim is not None:
                fill_scaling_folder(document, claim, partial(_draw, interrupts))
                tell_written(out, quiet=quiet)
        finally:
            if as_json:
                click.echo(json.dumps(document, allow_nan=False))
            else:
                print_scaling(document)


def _draw(interrupts: Interrupts, document: dict[str, Any], folder: Path) -> None:
    try:
        with interrupts.breakable():
            from ..figures.strong_and_weak import draw_strong_and_weak

            draw_strong_and_weak(document, folder)
    except KeyboardInterrupt:
        click.echo("warning: interrupted; the figure is missing", err=True)
