"""Run folders read back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import RunFolderError

TABLES = ("rounds.parquet", "prices.parquet", "trades.parquet")


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
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{source}: cannot be read: {error}") from error
    missing = {"scenario", "status", "rounds", "certificate", "result"} - set(
        document if isinstance(document, dict) else ()
    )
    if missing:
        raise RunFolderError(f"{source}: key {sorted(missing)[0]!r} is missing; this is no run of walras")
    return RunFolder(path, document, *(_read_table(path / name) for name in TABLES))


def _read_table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
