"""The benchmark for a reader at the terminal: ratios first, then one table for each problem."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from ..bench.measuring import Bench
from ..bench.ratios import Ratio, ratios, times_fastest_qp
from ..bench.rows.row import Kind, Row
from ..bench.rows.whole_command import EXECUTOR, MECHANISM, TOLERANCE, TimedCommand

_WIDTH = 190
_TEXT = ("method", "executor", "reached")
_COLUMNS = (
    "method",
    "executor",
    "tolerance",
    "x QP",
    "rounds",
    "s",
    "cpu s",
    "set-up s",
    "ms/round",
    "kB/round",
    "messages",
    "MiB",
    "gap",
    "imbalance",
    "infeasible",
    "reached",
)


def print_bench(bench: Bench) -> None:
    """Print ratios, tables, and what was left out."""
    console = Console(highlight=False, markup=False, width=max(_WIDTH, Console().width))
    for ratio in ratios(bench.rows):
        console.print(_sentence(ratio))
    for problem in dict.fromkeys(row.problem for row in bench.rows):
        console.print()
        console.print(_table(problem, bench))
    if bench.commands:
        console.print()
        console.print(_commands_table(bench.commands))
    console.print()
    for sentence in bench.skipped:
        console.print(sentence)
    console.print(
        "x QP: seconds over those of the fastest monolithic QP. s: rounds or iterations, and the certificates asked "
        "for on the way, without set-up. kB and messages: a round. MiB: rise of resident memory, or all "
        "that a peer holds."
    )


def _sentence(ratio: Ratio) -> str:
    fastest, set_up, end_to_end = ratio.fastest, ratio.fastest_from_matrices, ratio.fastest_end_to_end
    return (
        f"{ratio.problem} to {ratio.tolerance:g}: {fastest.method}, {fastest.executor}, is "
        f"{_compared(ratio.times_faster)} {ratio.other}; with its set-up, and the other without any, {set_up.method}, "
        f"{set_up.executor}, {_compared(ratio.times_faster_from_matrices)} it; end to end, both with all set-up, "
        f"{end_to_end.method}, {end_to_end.executor}, {_compared(ratio.times_faster_end_to_end)} it"
    )


def _compared(times_faster: float) -> str:
    return f"{times_faster:.1f} times faster than" if times_faster >= 1 else f"{1 / times_faster:.1f} times slower than"


def _table(problem: str, bench: Bench) -> Table:
    rows = [row for row in bench.rows if row.problem == problem]
    title = (
        f"{problem}: {rows[0].agents} agents, {rows[0].goods} goods, "
        f"{bench.canonicalise_seconds[problem]:.2f} s to canonical matrices"
    )
    table = Table(title=title, box=None, title_justify="left", pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="left" if column in _TEXT else "right", no_wrap=column != "reached")
    for row in rows:
        table.add_row(*_cells(row, times_fastest_qp(row, rows)))
    return table


def _cells(row: Row, times_qp: float | None) -> list[str]:
    method = f"{row.method} (peer)" if row.kind == Kind.PEER else row.method
    verdict = row.verdict
    return [
        method,
        row.executor or ("monolith" if row.kind in (Kind.QP, Kind.COMPLEMENTARITY) else "own processes"),
        f"{row.tolerance:.0e}",
        _number(times_qp, ".1f"),
        _number(row.rounds, "d"),
        _number(row.seconds or None, ".4f"),
        _number(row.cpu_seconds, ".4f"),
        f"{row.compile_seconds:.4f}",
        _number(row.round_milliseconds, ".3f"),
        _number(None if row.bytes_per_round is None else row.bytes_per_round / 1000, ".1f"),
        _number(row.messages_per_round, ".0f"),
        _number(row.peak_memory_mib, ".1f"),
        f"{verdict.relative_gap:.1e}",
        f"{verdict.max_relative_imbalance:.1e}",
        f"{verdict.infeasibility:.1e}",
        "yes" if row.reached else f"no: {row.outcome}",
    ]


def _commands_table(commands: tuple[TimedCommand, ...]) -> Table:
    title = (
        f"whole commands: {MECHANISM}, {EXECUTOR}, to {TOLERANCE:g}, from the start of the process to its exit; "
        "grids as they come; x rounds: s over those of its rounds"
    )
    table = Table(title=title, box=None, title_justify="left", pad_edge=False)
    for column in ("command", "s", "cpu s", "MiB", "rounds", "rounds s", "x rounds", "reached"):
        is_text = column in ("command", "reached")
        table.add_column(column, justify="left" if is_text else "right", no_wrap=column != "reached")
    for one in commands:
        table.add_row(
            f"walras {one.verb} {one.grid}",
            _number(one.seconds or None, ".2f"),
            _number(one.cpu_seconds or None, ".2f"),
            _number(one.peak_memory_mib, ".0f"),
            _number(one.rounds, "d"),
            _number(one.rounds_seconds, ".3f"),
            _number(one.times_rounds, ".1f"),
            "yes" if one.reached else f"no: {one.outcome}",
        )
    return table


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
