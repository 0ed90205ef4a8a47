"""`walras bench`: the benchmark table."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.table import Table

from ..bench import Bench
from ..bench import bench as measure
from ..scenario.market_builder import build_market
from ..scenario.reading import load_scenario
from .options import faults_of


@click.command()
@click.argument("scenario", default="rts24")
@click.option("--rounds", type=click.IntRange(min=2), default=60, show_default=True, help="Rounds per executor.")
@click.option("--max-rounds", type=click.IntRange(min=1), default=5000, show_default=True, help="Per mechanism.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def bench(scenario: str, rounds: int, max_rounds: int, as_json: bool, quiet: bool) -> None:
    """Measure executors, mechanisms and the monolith on one scenario, in one process.

    Times depend on the machine; the ratios are what to compare.
    """
    with faults_of(scenario):
        market = build_market(load_scenario(scenario))
    stderr = Console(stderr=True)
    with stderr.status("measuring") as status:
        if quiet:
            status.stop()
        table = measure(
            market, rounds=rounds, max_rounds=max_rounds, on_step=lambda step: status.update(f"measuring {step}")
        )
    if as_json:
        click.echo(json.dumps(asdict(table)))
    else:
        _print(table)


def _print(bench_table: Bench) -> None:
    console = Console(highlight=False, width=max(100, Console().width))
    executors = Table(title="one round of all agents", box=None, title_justify="left")
    for column in ("executor", "times faster than serial", "ms a round", "s to compile"):
        executors.add_column(column, justify="left" if column == "executor" else "right", no_wrap=True)
    for row in bench_table.executors:
        executors.add_row(
            row.executor,
            f"{row.times_faster_than_serial:.1f}",
            f"{row.round_milliseconds:.3f}",
            f"{row.compile_seconds:.2f}",
        )
    mechanisms = Table(title="way to a certified tolerance, compiled", box=None, title_justify="left")
    for column in ("mechanism", "tolerance", "reached", "/ monolith", "rounds", "seconds", "gap", "imbalance"):
        mechanisms.add_column(column, justify="left" if column == "mechanism" else "right", no_wrap=True)
    for way in bench_table.mechanisms:
        mechanisms.add_row(
            way.mechanism,
            f"{way.tolerance:g}",
            "yes" if way.reached else "no",
            f"{way.times_slower_than_monolith:.1f}",
            str(way.rounds),
            f"{way.seconds:.2f}",
            f"{way.relative_gap:.1e}",
            f"{way.max_relative_imbalance:.1e}",
        )
    console.print(executors)
    console.print()
    console.print(mechanisms)
    console.print()
    console.print(
        f"monolith: welfare QP {1000 * bench_table.monolith_solve_seconds:.1f} ms, with compiling the agents "
        f"{bench_table.monolith_total_seconds:.2f} s, MLCP residual {bench_table.monolith_residual:.1e}; "
        "mechanisms and ratios are without compiling"
    )
