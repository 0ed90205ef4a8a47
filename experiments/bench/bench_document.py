"""The benchmark as a JSON document, and as a folder with the table and the figure of growth."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from ..archive.new_folder import Claim
from .measuring import Bench
from .ratios import ratios, times_fastest_qp
from .rows.row import Row
from .rows.whole_command import TimedCommand

_RECORDED = ("walras", "clarabel", "cvxpy", "daqp", "highspy", "numpy", "osqp", "piqp", "scipy", "scs")


def bench_document(bench: Bench) -> dict[str, Any]:
    """Nested dictionaries of plain numbers and strings; what is not finite becomes None."""
    return {
        "rows": row_documents(bench.rows),
        "ratios": [
            {
                "problem": ratio.problem,
                "tolerance": ratio.tolerance,
                "fastest": f"{ratio.fastest.method} {ratio.fastest.executor}",
                "other": ratio.other,
                "times_faster": ratio.times_faster,
                "fastest_from_matrices": f"{ratio.fastest_from_matrices.method} {ratio.fastest_from_matrices.executor}",
                "times_faster_from_matrices": ratio.times_faster_from_matrices,
                "fastest_end_to_end": f"{ratio.fastest_end_to_end.method} {ratio.fastest_end_to_end.executor}",
                "times_faster_end_to_end": ratio.times_faster_end_to_end,
            }
            for ratio in ratios(bench.rows)
        ],
        "commands": [_command_document(command) for command in bench.commands],
        "canonicalise_seconds": bench.canonicalise_seconds,
        "skipped": list(bench.skipped),
        "cores": os.cpu_count(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _RECORDED}},
    }


def row_documents(rows: tuple[Row, ...]) -> list[dict[str, Any]]:
    """One flat dictionary a row."""
    return [_row_document(row, times_fastest_qp(row, rows)) for row in rows]


def fill_bench_folder(bench: Bench, claim: Claim, draw: Callable[[pd.DataFrame, Path], object]) -> None:
    """Write bench.json, bench.parquet and the figure of growth; the folder is complete or absent.

    Parameters
    ----------
    bench : Bench
    claim : Claim
        Of its place.
    draw : callable
        Puts the figure of a table of rows into a folder; see `walras.experiments.figures.growth`.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    document = bench_document(bench)
    with claim.filling() as aside:
        (aside / "bench.json").write_text(json.dumps(document, indent=1, allow_nan=False), encoding="utf-8")
        table = pd.DataFrame(document["rows"])
        table.to_parquet(aside / "bench.parquet", index=False)
        if len(table):
            draw(table, aside)


def _command_document(command: TimedCommand) -> dict[str, Any]:
    return {**asdict(command), "reached": command.reached, "times_rounds": command.times_rounds}


def _row_document(row: Row, times_qp: float | None) -> dict[str, Any]:
    document = asdict(row)
    document |= document.pop("verdict")
    document |= {
        "kind": str(row.kind),
        "reached": row.reached,
        "seconds": row.seconds,
        "end_to_end_seconds": row.end_to_end_seconds,
        "round_milliseconds": row.round_milliseconds,
        "times_fastest_qp": times_qp,
    }
    return {
        key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in document.items()
    }
