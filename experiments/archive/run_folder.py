"""Run folders read back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import RunFolderError
from .plain_json import read_json

if TYPE_CHECKING:
    import pandas as pd

# The tables, and the columns that figures and readers need of them.
TABLES = {
    "rounds.parquet": ["round", "max_relative_imbalance", "dual_residual", "relative_gap"],
    "prices.parquet": ["period", "good", "parties", "kind", "unit", "round", "price", "is_final"],
    "trades.parquet": ["period", "good", "kind", "seller", "buyer", "quantity", "price", "unit"],
}
_NUMBERS = {"round", "max_relative_imbalance", "dual_residual", "relative_gap", "price", "period", "quantity"}
_FLAGS = {"is_final"}


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
    # Whoever makes a run and no folder needs neither this nor pandas, which take a third of a second to import.
    from .run_document import document_faults

    try:
        is_folder = path.is_dir()
    except (OSError, ValueError):
        is_folder = False
    if not is_folder:
        raise RunFolderError(f"{path} is no folder; a run folder is written by --out")
    if not (path / "run.json").exists():
        raise RunFolderError(f"{path / 'run.json'}: cannot be read, is missing: the folder holds no run and no sweep")
    document = read_json(path / "run.json")
    faults = document_faults(document)
    if faults:
        more = f" (and {len(faults) - 1} more faults)" if len(faults) > 1 else ""
        raise RunFolderError(f"{path / 'run.json'}: {faults[0]}; this is no run of walras{more}")
    return RunFolder(path, document, *(_read_table(path / name, columns) for name, columns in TABLES.items()))


def _read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    from .parquet import read_parquet

    table = read_parquet(path)
    for name in columns:
        if list(table.columns).count(name) != 1:
            raise RunFolderError(f"{path}: column {name!r} is missing; this is no table of a run")
        table[name] = _typed(path, name, table[name])
    return table


def _typed(path: Path, name: str, column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of the kind that its name promises."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    is_flag = is_bool_dtype(column.dtype)
    if name in _NUMBERS:
        if is_numeric_dtype(column.dtype) and not is_flag:
            return column
        if column.isna().all():  # no certificate was ever asked for
            return column.astype("float64")
        kind = "numbers"
    elif name in _FLAGS:
        if is_flag:
            return column
        kind = "true and false"
    else:
        if {*map(type, column)} <= {str} and all(text.isprintable() for text in column.unique()):
            return column
        kind = "text that can be printed"
    raise RunFolderError(f"{path}: column {name!r} holds something else than {kind}; this is no table of a run")
