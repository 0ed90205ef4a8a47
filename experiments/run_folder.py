"""Run folders: everything of a study on disk, complete or absent."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .document import archive_document
from .errors import RunFolderError
from .frames import prices_frame, rounds_frame, trades_frame
from .study import Study

_TABLES = ("rounds.parquet", "prices.parquet", "trades.parquet")


@dataclass(frozen=True, eq=False)
class RunFolder:
    """What a run folder holds."""

    path: Path
    document: dict[str, Any]
    rounds: pd.DataFrame
    prices: pd.DataFrame
    trades: pd.DataFrame


def refuse_taken(path: Path) -> None:
    """Make sure that a new run folder can be put there.

    Raises
    ------
    RunFolderError
        If something is in the way; nothing is ever overwritten.
    """
    if path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise RunFolderError(f"{path} exists already and is not an empty folder; name a new folder")
    for parent in path.absolute().parents:
        if parent.exists():
            if not parent.is_dir():
                raise RunFolderError(f"{path} cannot be made: {parent} is no folder")
            break


def write_run_folder(study: Study, path: Path) -> RunFolder:
    """Write aside and rename.

    Raises
    ------
    RunFolderError
        If the folder exists or cannot be written.
    """
    refuse_taken(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    except OSError as error:
        raise RunFolderError(f"{path} cannot be written: {error}") from error
    try:
        folder = RunFolder(
            aside, archive_document(study), rounds_frame(study.run), prices_frame(study.run), trades_frame(study.run)
        )
        (aside / "run.json").write_text(json.dumps(folder.document, indent=1, allow_nan=False), encoding="utf-8")
        for name, table in zip(_TABLES, (folder.rounds, folder.prices, folder.trades), strict=True):
            table.to_parquet(aside / name, index=False)
        aside.chmod(0o755)
        aside.rename(path)
    except OSError as error:
        raise RunFolderError(f"{path} cannot be written: {error}") from error
    finally:
        if aside.exists():
            shutil.rmtree(aside)
    return RunFolder(path, folder.document, folder.rounds, folder.prices, folder.trades)


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
    return RunFolder(path, document, *(_read_table(path / name) for name in _TABLES))


def _read_table(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
