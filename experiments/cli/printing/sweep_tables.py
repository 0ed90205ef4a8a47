"""A sweep's runs for a reader at the terminal, and as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console

from ....coordinator.run import Status
from ....network.plain import printable
from ...sweep.work import FAILED
from .columns import Column, print_columns, terminal

MANY_RUNS = 40
# Column of `runs.parquet`: heading and format.
_FIGURES = {
    "rounds": ("rounds", "{:.0f}"),
    "relative_gap": ("gap", "{:.1e}"),
    "max_relative_imbalance": ("imbalance", "{:.1e}"),
    "welfare_usd": ("welfare $", "{:,.2f}"),
    "congestion_rent_usd": ("congestion rent $", "{:,.2f}"),
    "co2_t.system": ("system CO2 t", "{:,.2f}"),
    "mlcp_residual": ("MLCP residual", "{:.1e}"),
    "seconds": ("seconds", "{:.2f}"),
}


def count_statuses(runs: pd.DataFrame) -> dict[str, int]:
    """How many runs ended how."""
    return {status: int((runs["status"] == status).sum()) for status in (*map(str, Status), FAILED)}


def sweep_document(source: Path, out: Path | None, runs: pd.DataFrame) -> dict[str, Any]:
    """Counts, and the rows of `runs.parquet`; None where a row has no such figure."""
    rows = runs.astype(object).where(runs.notna(), None).to_dict("records")
    return {
        "sweep": str(source),
        "out": None if out is None else str(out),
        "counts": {"runs": len(runs), **count_statuses(runs)},
        "runs": rows,
    }


def print_sweep(source: Path, parameters: Sequence[str], runs: pd.DataFrame, *, verbose: bool) -> None:
    """Print the counts, a row for each run, and why runs failed; of many runs those that did not converge.

    Verbose: all runs, with the keys that name their folders.
    """
    console = terminal()
    counts = count_statuses(runs)
    words = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items())
    console.print(f"{printable(str(source))}: {len(runs)} runs: {words}", soft_wrap=True)
    shown = runs if verbose or len(runs) <= MANY_RUNS else runs[runs["status"] != str(Status.CONVERGED)]
    if len(shown):
        _print_table(console, parameters, shown)
        if verbose:
            keys = [Column("key", list(shown["key"]), "left")]
            console.print("the folder of a run is runs/KEY in that of the sweep:")
            print_columns(console, [Column("run", list(map(str, shown["run"])))], keys)
    if len(shown) < len(runs):
        console.print(f"{len(runs) - len(shown)} runs that converged are not shown (see -v)")
    for number, reason in shown.loc[shown["status"] == FAILED, ["run", "reason"]].itertuples(index=False):
        console.print(f"run {number} failed: {reason}", soft_wrap=True)
    if "monolith_failure" in runs:
        failures = runs.loc[runs["monolith_failure"].notna(), ["run", "monolith_failure"]]
        for number, reason in failures.itertuples(index=False):
            console.print(f"run {number} has no monolith beside it: {reason}", soft_wrap=True)


def _print_table(console: Console, parameters: Sequence[str], runs: pd.DataFrame) -> None:
    columns = [Column(name, ["" if value is None else f"{value!s:.40}" for value in runs[name]]) for name in parameters]
    columns.append(Column("status", [status.replace("_", " ") for status in runs["status"]], "left"))
    for name, (heading, form) in _FIGURES.items():
        if name in runs:
            columns.append(Column(heading, ["" if pd.isna(value) else form.format(value) for value in runs[name]]))
    print_columns(console, [Column("run", list(map(str, runs["run"])))], columns)
