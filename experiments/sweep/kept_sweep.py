"""Sweep folders read back: what varied, and the table of runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from ...network.plain import shown
from ..archive.parquet import read_parquet
from ..archive.plain_json import read_json
from ..errors import RunFolderError

IDENTITY_FILE = "sweep.json"
_TABLE = "runs.parquet"
_TEXTS = ("key", "status", "reason")
_NUMBERS = (
    "run",
    "rounds",
    "relative_gap",
    "max_relative_imbalance",
    "welfare_usd",
    "congestion_rent_usd",
    "co2_t.system",
    "mlcp_residual",
    "seconds",
)


@dataclass(frozen=True, eq=False)
class KeptSweep:
    """What a sweep folder holds.

    Parameters
    ----------
    path : Path
    parameters : tuple of str
        Dotted paths of what varied.
    runs : DataFrame
        One row a run.
    """

    path: Path
    parameters: tuple[str, ...]
    runs: pd.DataFrame


def is_sweep_folder(path: Path) -> bool:
    """Whether a folder is one that `walras sweep` made."""
    try:
        return (path / IDENTITY_FILE).is_file()
    except (OSError, ValueError):
        return False


def read_sweep_folder(path: Path) -> KeptSweep:
    """Read a sweep folder back.

    Raises
    ------
    RunFolderError
        If the sweep was broken off, or a file is broken; the message names it.
    """
    source = path / IDENTITY_FILE
    identity = read_json(source)
    try:
        parameters = tuple(dict.fromkeys(name for run in identity["runs"] for name in run["parameters"]))
    except (LookupError, TypeError) as error:
        raise RunFolderError(f"{source}: cannot be read: it lists no runs with parameters") from error
    if not (path / _TABLE).exists():
        raise RunFolderError(
            f"{path}: the sweep has not come to its end; `walras sweep` with the same file and --out {path} goes on"
        )
    runs = read_parquet(path / _TABLE)
    if fault := _fault(runs, parameters):
        raise RunFolderError(f"{path / _TABLE}: {fault}; this is no table of a sweep")
    return KeptSweep(path, parameters, runs.map(_as_written))


def _fault(runs: pd.DataFrame, parameters: tuple[str, ...]) -> str | None:
    for name in (*_TEXTS, *parameters, "run", "seconds"):
        if list(runs.columns).count(name) != 1:
            return f"column {shown(name)} is missing"
    for name in runs.columns.intersection([*_NUMBERS]):
        if not (is_numeric_dtype(runs[name].dtype) or runs[name].isna().all()):
            return f"column {name!r} holds something else than numbers"
    for name in map(str, runs.columns):
        column = runs[name]
        if name in _TEXTS and not {*map(type, column)} <= {str}:
            return f"column {name!r} holds something else than text"
        texts = (value for value in (name, *column) if isinstance(value, str))
        if not all(text.replace("\n", "").isprintable() for text in texts):
            return f"column {shown(name)} holds control characters"
    return None


def _as_written(value: Any) -> Any:
    """Lists that Parquet gives back as arrays."""
    if isinstance(value, np.ndarray):
        return [_as_written(item) for item in value]
    if isinstance(value, np.generic):
        return _as_written(value.item())
    return None if isinstance(value, float) and np.isnan(value) else value
