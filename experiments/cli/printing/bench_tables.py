"""The benchmark for a reader at the terminal: ratios first, then one table for each problem."""

from __future__ import annotations

from rich.console import Console

from ...bench.measuring import Bench
from ...bench.ratios import Ratio, ratios, times_fastest_qp
from ...bench.rows.row import Kind, Row
from ...bench.rows.whole_command import EXECUTOR, MECHANISM, TOLERANCE, TimedCommand
from .columns import Column, print_columns, terminal

# What is asked first stands first: at 80 columns the rest moves below.
_COLUMNS = (
    "x QP",
    "rounds",
    "s",
    "reached",
    "MiB",
    "gap",
    "imbalance",
    "violation",
    "cpu s",
    "set-up",
    "ms",
    "kB",
    "sent",
)


def print_bench(bench: Bench) -> None:
    """Print ratios, tables, and what was left out."""
    console = terminal()
    for ratio in ratios(bench.rows):
        console.print(_sentence(ratio))
    for problem in dict.fromkeys(row.problem for row in bench.rows):
        console.print()
        _print_table(console, problem, bench)
    if bench.commands:
        console.print()
        _print_commands(console, bench.commands)
    console.print()
    for sentence in bench.skipped:
        console.print(sentence)
    console.print(
        "to: tolerance. x QP: seconds over those of the fastest monolithic QP. s: rounds or iterations, and the "
        "certificates asked for on the way, without set-up. MiB: rise of resident memory, or all that a peer holds. "
        "cpu s: processor time. set-up: seconds. ms, kB, sent: milliseconds, kilobytes and messages a round. "
        "`walras explain` tells more."
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


def _print_table(console: Console, problem: str, bench: Bench) -> None:
    rows = [row for row in bench.rows if row.problem == problem]
    console.print(
        f"{problem}: {rows[0].agents} agents, {rows[0].goods} goods, "
        f"{bench.canonicalise_seconds[problem]:.2f} s to canonical matrices"
    )
    methods = [f"{row.method} (peer)" if row.kind == Kind.PEER else row.method for row in rows]
    executors = [_executor(row) for row in rows]
    labels = [
        Column("method", methods, "left"),
        Column("executor", executors, "left"),
        Column("to", [f"{row.tolerance:.0e}" for row in rows]),
    ]
    cells = zip(*(_cells(row, times_fastest_qp(row, rows)) for row in rows), strict=True)
    print_columns(console, labels, [Column(*column) for column in zip(_COLUMNS, cells, strict=True)])
    missed = [position for position, row in enumerate(rows) if not row.reached]
    for position in missed:
        console.print(
            f"{methods[position]}, {executors[position]}, {rows[position].tolerance:.0e}: {rows[position].outcome}"
        )


def _executor(row: Row) -> str:
    return row.executor or ("monolith" if row.kind in (Kind.QP, Kind.COMPLEMENTARITY) else "own processes")


def _cells(row: Row, times_qp: float | None) -> list[str]:
    verdict = row.verdict
    return [
        _number(times_qp, ".1f"),
        _number(row.rounds, "d"),
        _number(row.seconds or None, ".4f"),
        "yes" if row.reached else "no",
        _number(row.peak_memory_mib, ".1f"),
        f"{verdict.relative_gap:.1e}",
        f"{verdict.max_relative_imbalance:.1e}",
        f"{verdict.infeasibility:.1e}",
        _number(row.cpu_seconds, ".4f"),
        f"{row.compile_seconds:.4f}",
        _number(row.round_milliseconds, ".2f"),
        _number(None if row.bytes_per_round is None else row.bytes_per_round / 1000, ".1f"),
        _number(row.messages_per_round, ".0f"),
    ]


def _print_commands(console: Console, commands: tuple[TimedCommand, ...]) -> None:
    console.print(
        f"whole commands: {MECHANISM}, {EXECUTOR}, to {TOLERANCE:g}, from the start of the process to its exit; "
        "grids as they come; x rounds: s over those of its rounds"
    )
    columns = {
        "s": [_number(one.seconds or None, ".2f") for one in commands],
        "x rounds": [_number(one.times_rounds, ".1f") for one in commands],
        "MiB": [_number(one.peak_memory_mib, ".0f") for one in commands],
        "rounds": [_number(one.rounds, "d") for one in commands],
        "rounds s": [_number(one.rounds_seconds, ".3f") for one in commands],
        "cpu s": [_number(one.cpu_seconds or None, ".2f") for one in commands],
        "reached": ["yes" if one.reached else "no" for one in commands],
    }
    label = Column("command", [f"walras {one.verb} {one.grid}" for one in commands], "left")
    print_columns(console, [label], [Column(*column) for column in columns.items()])
    for one in commands:
        if not one.reached:
            console.print(f"walras {one.verb} {one.grid}: {one.outcome}")


def _number(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
