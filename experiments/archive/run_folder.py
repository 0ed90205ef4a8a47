"""Run folders read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import RunFolderError

# The tables and the columns that figures and readers need of them.
TABLES = {
    "rounds.parquet": ["round", "max_relative_imbalance", "dual_residual", "relative_gap"],
    "prices.parquet": ["good", "parties", "kind", "unit", "round", "price", "is_final"],
    "trades.parquet": ["period", "good", "kind", "seller", "buyer", "quantity", "price", "unit"],
}
# What tables at the terminal and figures need of the document.
_NEEDED = {
    "": ["scenario", "status", "reason", "mechanism", "rounds", "best_round"],
    "certificate": ["relative_gap", "repaired_gap", "max_relative_imbalance", "max_relative_violation"],
    "seconds": ["build", "compile", "iterate", "certify"],
    "result": [
        "welfare_usd",
        "price_usd_per_mwh",
        "demand_mwh",
        "generation_mwh",
        "flow_mw",
        "line_price_usd_per_mw",
        "lease",
        "co2_t",
        "congestion_rent_usd",
        "workload_price_usd_per_mwh",
        "surplus_usd",
    ],
    "scenario_document": ["grid"],
}


@dataclass(frozen=True, eq=False)
class RunFolder:
    """What a run folder holds."""

    path: Path
    document: dict[str, Any]
    rounds: pd.DataFrame
    prices: pd.DataFrame
    trades: pd.DataFrame


def read_run_folder(path: Path) -> RunFolder:
    """Read a run folder back.

    Raises
    ------
    RunFolderError
        If a file is missing or broken; the message names it.
    """
    if not path.is_dir():
        raise RunFolderError(f"{path} is no folder; a run folder is written by --out")
    source = path / "run.json"
    try:
        document = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RunFolderError(f"{source}: cannot be read: {error}") from error
    _refuse_incomplete(document, source)
    return RunFolder(path, document, *(_read_table(path / name, columns) for name, columns in TABLES.items()))


def _refuse_incomplete(document: Any, source: Path) -> None:
    for section, keys in _NEEDED.items():
        holder = document.get(section) if section and isinstance(document, dict) else document
        for key in keys:
            if not isinstance(holder, dict) or key not in holder:
                path = f"{section}.{key}" if section else key
                raise RunFolderError(f"{source}: key {path!r} is missing; this is no run of walras")


def _read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    for column in columns:
        if column not in table.columns:
            raise RunFolderError(f"{path}: column {column!r} is missing; this is no table of a run")
    return table
