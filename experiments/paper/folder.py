"""The folder of a case study: finished chains are kept, and a study that was broken off goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from ..archive.keeping import locked, write_aside
from ..errors import RunFolderError
from ..sweep.identity import run_key
from .chains import Chain

_PLAN = "paper.json"
_CHAINS = "chains"


@dataclass(frozen=True)
class PaperFolder:
    """Where the chains of a case study are kept."""

    path: Path

    def place(self, chain: Chain) -> Path:
        """Where the rows of a finished chain lie."""
        return self.path / _CHAINS / f"{chain.name}.parquet"

    def is_finished(self, chain: Chain) -> bool:
        """Whether the chain need not be computed any more."""
        return self.place(chain).exists()

    def keep(self, chain: Chain, rows: pd.DataFrame) -> None:
        """Write the rows of a chain, complete or not at all."""
        write_aside(self.place(chain), partial(rows.to_parquet, index=False))

    def read(self, chains: Sequence[Chain]) -> pd.DataFrame:
        """The rows of all chains, in their order.

        Raises
        ------
        RunFolderError
            If a file is missing or broken; the message names it.
        """
        parts = []
        for chain in chains:
            source = self.place(chain)
            try:
                parts.append(pd.read_parquet(source))
            except (OSError, ValueError) as error:
                raise RunFolderError(f"{source}: cannot be read: {error}; delete it to compute it again") from error
        return pd.concat(parts, ignore_index=True)


@contextmanager
def open_paper_folder(path: Path, chains: Sequence[Chain]) -> Iterator[PaperFolder]:
    """Make the folder of a case study, or take it up again, and keep other processes out as long as it is open.

    Raises
    ------
    RunFolderError
        If another process works on it, or it holds anything but this case study by this version of walras.
    """
    if path.exists() and not path.is_dir():
        raise RunFolderError(f"{path} exists already and is no folder; name a new folder")
    path.mkdir(parents=True, exist_ok=True)
    with locked(path, "case study"):
        _claim(path, chains)
        (path / _CHAINS).mkdir(exist_ok=True)
        yield PaperFolder(path)


def _claim(path: Path, chains: Sequence[Chain]) -> None:
    """Make sure that the folder is this study's; an empty one becomes it."""
    ours = _identity(chains)
    source = path / _PLAN
    if not source.exists():
        if {entry.name for entry in path.iterdir()} - {f".{_PLAN}.part"}:
            raise RunFolderError(f"{path} exists already and is no folder of a case study; name a new folder")
        write_aside(source, lambda aside: aside.write_text(json.dumps(ours, indent=1), encoding="utf-8"))
    try:
        theirs = json.loads(source.read_text(encoding="utf-8"))
        made_by = theirs["walras"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise RunFolderError(f"{source}: cannot be read: {error}") from error
    if theirs != ours:
        raise RunFolderError(
            f"{path} holds another case study (walras {made_by}; this one is walras {ours['walras']}, {len(chains)} "
            "chains of markets); name a new folder"
        )


def _identity(chains: Sequence[Chain]) -> dict[str, Any]:
    """All that the rows follow from: version, chains, and the scenario with its defaults."""
    return {
        "walras": version("walras"),
        "chains": [
            {
                "name": chain.name,
                "alphas": list(chain.alphas),
                "key": run_key(chain.scenario(chain.alphas[0]), "compiled", monolith=True),
            }
            for chain in chains
        ],
    }
