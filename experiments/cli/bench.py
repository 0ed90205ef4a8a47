"""`walras bench`: the benchmark table."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from ...coordinator import EXECUTORS, MECHANISMS
from ..archive.new_folder import refuse_taken
from ..bench.document import bench_document, write_bench_folder
from ..bench.peers import PeerEnvironment
from ..bench.plan import Plan, all_pairs, quick_pairs
from ..bench.plan import bench as measure
from ..bench.problems import OUTSIDE_GRIDS
from ..errors import PeerError
from .bench_tables import print_bench

_QUICK_PROBLEMS = ("rts24", "exchange")
_QUICK_SECONDS, _FULL_SECONDS = 2.0, 60.0


@click.command()
@click.option("--quick/--full", default=True, show_default=True, help="RTS-24 and the exchange problem, or all grids.")
@click.option(
    "--problem", "problems", multiple=True, type=click.Choice([*_QUICK_PROBLEMS, *OUTSIDE_GRIDS]), help="Only these."
)
@click.option("--mechanism", "mechanisms", multiple=True, type=click.Choice(list(MECHANISMS)), help="Only these.")
@click.option("--executor", "executors", multiple=True, type=click.Choice(list(EXECUTORS)), help="Only these.")
@click.option(
    "--peer-env",
    "peers",
    multiple=True,
    metavar="NAME=PYTHON",
    help="A peer (a2dr, dede) and the Python that has it; measured on the exchange problem.",
)
@click.option(
    "--row-seconds",
    type=click.FloatRange(min=0, min_open=True),
    help=f"Budget of one run.  [default: {_QUICK_SECONDS:g}, {_FULL_SECONDS:g} with --full]",
)
@click.option(
    "--exchange", "exchange_size", type=click.IntRange(min=1), default=50, show_default=True, help="Sellers and buyers."
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the exchange problem.")
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Write table and figure there.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def bench(
    quick: bool,
    problems: tuple[str, ...],
    mechanisms: tuple[str, ...],
    executors: tuple[str, ...],
    peers: tuple[str, ...],
    row_seconds: float | None,
    exchange_size: int,
    seed: int,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure mechanisms, executors, monoliths and peers; every result is certified by regrets.

    All starts are cold and set-up is counted apart. A row has reached its tolerance if relative gap, largest
    relative imbalance and relative infeasibility are within it, whatever the method says of itself. --quick
    takes every mechanism with the first executor and every executor with the first mechanism, --full all pairs.
    Times depend on the machine; the ratios are what to compare.
    """
    if out is not None:
        refuse_taken(out)
    seconds = row_seconds or (_QUICK_SECONDS if quick else _FULL_SECONDS)
    pairs = quick_pairs() if quick and not (mechanisms or executors) else all_pairs()
    plan = Plan(
        problems=problems or (_QUICK_PROBLEMS if quick else (*_QUICK_PROBLEMS, *OUTSIDE_GRIDS)),
        pairs=tuple(pair for pair in pairs if pair[0] in (mechanisms or pair) and pair[1] in (executors or pair)),
        budget_seconds=seconds,
        peers=tuple(_environment(text) for text in peers),
        exchange_size=exchange_size,
        seed=seed,
    )
    stderr = Console(stderr=True)
    with stderr.status("measuring") as status:
        if quiet:
            status.stop()
        outcome = measure(plan, on_step=status.update)
    if as_json:
        click.echo(json.dumps(bench_document(outcome), allow_nan=False))
    else:
        print_bench(outcome)
    if out is not None:
        from ..figures.growth import draw_growth  # matplotlib takes its time to import

        write_bench_folder(outcome, out, draw_growth)


def _environment(text: str) -> PeerEnvironment:
    peer, equals, python = text.partition("=")
    if not equals:
        raise PeerError(f"--peer-env {text}: must read NAME=PYTHON")
    return PeerEnvironment(peer, Path(python))
