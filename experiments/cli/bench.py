"""`walras bench`: the benchmark table."""

from __future__ import annotations

import json
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click
import pandas as pd

from ...coordinator.catalogue import EXECUTORS
from ...coordinator.executor import NeedsSession
from ..archive.new_folder import claimed_folder
from ..bench.bench_document import bench_document, fill_bench_folder
from ..bench.measurements import MONOLITHS, Plan, all_pairs, crossed_pairs
from ..bench.measuring import bench as measure
from ..bench.peers.environments import PEERS, PeerEnvironment
from ..bench.problems.problems import OUTSIDE_GRIDS, POOLED, RINGS
from ..bench.rows.whole_command import EXECUTOR, GRIDS, MECHANISM
from ..errors import OwnPartError, PeerError
from ..own_parts.consent import REFUSAL
from ..own_parts.named_parts import mechanism_named
from ..own_parts.own_code import is_code, look_in, told_of
from .bench_on_ray import measure_on_ray, refuse_other_options, scaling_plan
from .options import MOST_WORKERS, RAY, FiniteFloat, MechanismName, allow_code_option, tell_written
from .printing.bench_tables import print_bench
from .process.interrupts import Interrupts
from .process.prints import prints_aside
from .progress import bench_progress

_QUICK_PROBLEMS = ("rts24", "exchange")
_FULL_PROBLEMS = (*_QUICK_PROBLEMS, *OUTSIDE_GRIDS, "ring-400")
_SCALING_PROBLEMS = ("rts24", *OUTSIDE_GRIDS, *POOLED)
_SCALING_PAIRS = (("slope-bids", "batched"),)
_QUICK_SECONDS, _FULL_SECONDS = 2.0, 10.0
_LARGE_SECONDS = 60.0
# On 10,000 buses a certificate takes seconds, and rounds that could be the last have one each.
_SCALING_SECONDS = 240.0
_QUICK_COMMANDS = ("rts24", "case118", "case300")
_QUICK_COMMAND_SECONDS, _FULL_COMMAND_SECONDS = 30.0, 120.0
_FULL_MINUTES = 25.0
# Those that need no more than this process; others are measured if they are named.
_HERE = [name for name, executor in EXECUTORS.items() if not isinstance(executor, NeedsSession)]


@click.command()
@click.option(
    "--quick/--full",
    default=True,
    show_default=True,
    help="RTS-24 and the exchange problem, or all grids and a ring of 53,600 contracts too.",
)
@click.option(
    "--scaling",
    is_flag=True,
    help="All grids, with contracts and in a pool up to 10,000 buses, by slope bids alone; no monoliths.",
)
@click.option(
    "--on",
    type=click.Choice(["local", RAY]),
    default="local",
    show_default=True,
    help="With --scaling, ray: instead, how the executor ray grows with workers and contracts, on generated markets; "
    "--full has 102,400 contracts.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, MOST_WORKERS),
    help="Of --on ray, at most; best no more than there are cores.  [default: 2]",
)
@click.option(
    "--problem",
    "problems",
    multiple=True,
    type=click.Choice([*_QUICK_PROBLEMS, *OUTSIDE_GRIDS, *RINGS, *POOLED]),
    help="Only these; ring-1230 has 504,300 contracts.",
)
@click.option("--mechanism", "mechanisms", multiple=True, type=MechanismName(), help="Only these; own ones as well.")
@click.option("--executor", "executors", multiple=True, type=click.Choice(list(EXECUTORS)), help="Only these.")
@click.option(
    "--peer-env",
    "peers",
    multiple=True,
    metavar="NAME=PYTHON",
    help=f"A peer ({', '.join(PEERS)}) and the Python that has it; path is measured on every market, others on the "
    "exchange problem.",
)
@click.option(
    "--row-seconds",
    type=FiniteFloat(most=1e6),
    help="Budget of one run.  "
    f"[default: {_QUICK_SECONDS:g}, {_FULL_SECONDS:g} with --full, {_SCALING_SECONDS:g} with --scaling; "
    f"{_LARGE_SECONDS:g} in rings; "
    f"of a whole command {_QUICK_COMMAND_SECONDS:g}, {_FULL_COMMAND_SECONDS:g} with --full]",
)
@click.option(
    "--minutes",
    type=FiniteFloat(most=1e6),
    help=f"No row begins later; what is left out then is named.  [default: no limit, {_FULL_MINUTES:g} with --full]",
)
@click.option(
    "--exchange",
    "exchange_size",
    type=click.IntRange(1, 1000),
    default=50,
    show_default=True,
    help="Sellers and buyers.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of generated numbers.")
@allow_code_option
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write table and figure there.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
@click.pass_context
def bench(
    ctx: click.Context,
    quick: bool,
    scaling: bool,
    on: str,
    workers: int | None,
    problems: tuple[str, ...],
    mechanisms: tuple[str, ...],
    executors: tuple[str, ...],
    peers: tuple[str, ...],
    row_seconds: float | None,
    minutes: float | None,
    exchange_size: int,
    seed: int,
    allow_code: bool,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure mechanisms, executors, monoliths and peers; every result is certified by regrets.

    All starts are cold and set-up is counted apart. A row has reached its tolerance if relative gap, largest
    relative imbalance and relative infeasibility are within it, whatever the method says of itself. Every
    mechanism is measured with the first executor, ADMM and slope bids with all; options that name some get all
    their pairs. Large markets get the first executor alone. What failed on a market is not tried on one of more
    goods, solvers of the QP apart. Times depend on the machine; the ratios are what to compare. Interrupted, it
    prints and writes what it has.

    Of grids, `walras run` and `walras compare` by slope bids and the batched executor are measured whole too, from
    the start of their processes to the exit; the quick benchmark does so on case118 and case300 as well.
    """
    if on == RAY:
        if not scaling:
            raise click.UsageError(f"--on {RAY} needs --scaling.")
        refuse_other_options(ctx)
        on_ray = scaling_plan(quick=quick, workers=workers or 2, seed=seed)
        measure_on_ray(ctx.obj, on_ray, out, as_json=as_json, quiet=quiet)
        return
    if workers is not None:
        raise click.UsageError(f"--workers needs --on {RAY}.")
    own = [name for name in dict.fromkeys(mechanisms) if is_code(name)]
    with prints_aside():
        for name in own:
            _try_own(name, allow_code=allow_code)
    pairs = all_pairs(own) if mechanisms or executors else _SCALING_PAIRS if scaling else crossed_pairs()
    chosen = tuple(pair for pair in pairs if pair[0] in (mechanisms or pair) and pair[1] in (executors or _HERE))
    whole = problems or (() if scaling else _QUICK_COMMANDS if quick else GRIDS)
    plan = Plan(
        problems=problems or (_SCALING_PROBLEMS if scaling else _QUICK_PROBLEMS if quick else _FULL_PROBLEMS),
        pairs=chosen,
        budget_seconds=row_seconds or (_SCALING_SECONDS if scaling else _QUICK_SECONDS if quick else _FULL_SECONDS),
        large_budget_seconds=row_seconds or _LARGE_SECONDS,
        total_seconds=60 * (minutes or (float("inf") if quick else _FULL_MINUTES)),
        peers=tuple(_environment(text) for text in peers),
        exchange_size=exchange_size,
        seed=seed,
        commands=tuple(name for name in whole if name in GRIDS and (MECHANISM, EXECUTOR) in chosen),
        command_seconds=row_seconds or (_QUICK_COMMAND_SECONDS if quick else _FULL_COMMAND_SECONDS),
        monoliths=() if scaling else MONOLITHS,
    )
    with nullcontext() if out is None else claimed_folder(out) as claim:
        # Each row may be broken off, and nothing between them.
        ctx.obj.hold()
        with bench_progress(plan.measurements, quiet=quiet) as on_step, prints_aside(), told_of(own):
            outcome = measure(plan, on_step, ctx.obj.breakable)
        if ctx.obj.first is not None and not outcome.rows and not outcome.commands:
            raise KeyboardInterrupt
        try:
            if claim is not None:
                fill_bench_folder(outcome, claim, partial(_draw, ctx.obj))
                tell_written(out, quiet=quiet)
        finally:
            if as_json:
                click.echo(json.dumps(bench_document(outcome), allow_nan=False))
            else:
                print_bench(outcome)


def _draw(interrupts: Interrupts, table: pd.DataFrame, folder: Path) -> None:
    try:
        with interrupts.breakable():
            from ..figures.growth import draw_growth
            from ..figures.scaling import draw_scaling

            draw_growth(table, folder)
            if table["is_pooled"].any():
                draw_scaling(table, folder)
    except KeyboardInterrupt:
        click.echo("warning: interrupted; the figure is missing", err=True)


def _try_own(name: str, *, allow_code: bool) -> None:
    """Refuse an own mechanism before anything is measured."""
    if not allow_code:
        raise OwnPartError(f"--mechanism {name} {REFUSAL}")
    look_in(Path())
    mechanism_named(name, {})


def _environment(text: str) -> PeerEnvironment:
    peer, equals, python = text.partition("=")
    if not equals:
        raise PeerError(f"--peer-env {text}: must read NAME=PYTHON")
    return PeerEnvironment(peer, Path(python))
